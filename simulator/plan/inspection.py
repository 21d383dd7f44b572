"""What the inspectors see, what citizens complain about, and one letter of thanks; each with its verdict."""

from __future__ import annotations

from dataclasses import dataclass

TRUE, REJECTED, OPEN = "verified", "rejected", "found"


@dataclass(frozen=True)
class Finding:
    """An inspector's finding and what a second person makes of it."""

    at: str
    hall_id: str
    kind: str
    verdict: str
    staff_id: str = ""
    window_id: str = ""
    minutes: int = 0
    decided: str = "16:10"


@dataclass(frozen=True)
class Complaint:
    """A complaint at the window and the verdict on it."""

    at: str
    hall_id: str
    category: str
    window_id: str
    staff_id: str
    true: bool
    decided: str


FINDINGS = (
    Finding("14:20", "h0001", "OFF_POST", TRUE, staff_id="s0002", minutes=40),
    Finding("10:15", "h0001", "SMOKE_EAT", TRUE, staff_id="s0001"),
    Finding("10:40", "h0002", "GAME", REJECTED, staff_id="s0015", decided="15:10"),
    Finding("11:05", "h0002", "OFF_POST", TRUE, staff_id="s0012", minutes=25, decided="15:20"),
    Finding("09:50", "h0003", "UNTIDY", TRUE, window_id="w0011", decided="14:50"),
    Finding("15:15", "h0005", "CHAT", OPEN, staff_id="s0047"),
    Finding("14:35", "h0006", "WINDOW_EMPTY", TRUE, window_id="w0021", decided="16:30"),
)

COMPLAINTS = (
    Complaint("14:50", "h0001", "attitude", "w0001", "s0002", true=True, decided="16:40"),
    Complaint("10:30", "h0003", "attitude", "w0009", "s0021", true=False, decided="15:30"),
)

# Written thanks, recorded by the assessment office and verified by a second account.
THANKS_AT, THANKS_VERIFIED_AT, THANKS_HALL, THANKS_STAFF, THANKS_WINDOW = "15:00", "16:20", "h0004", "s0031", "w0013"
