"""Charging against the rules (违规收费, XZK-5B): seen by the system or by a person, true only once a second person has verified it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Invalid, Refused

KINDS = ("wrong_standard", "wrong_procedure", "off_counter", "tie_in", "cash")
"""XZK-5B-1 wrong standard or procedure, 5B-2 off the bank's counter, 5B-3 tie-in; cash in staff's hands is M-D4."""
SOURCES = ("attempt", "reconciliation", "report")
STATES = ("recorded", "verified", "rejected")


@dataclass(frozen=True)
class Recorded:
    """Somebody or something saw it."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Decided:
    """A second person's verdict."""

    version: int
    at: dt.datetime


@dataclass
class FeeViolation:
    """One act. `source` says who saw it: a refused attempt, a treasury statement, or a person; `recorded_by` is then the account or `system`.

    `staff_id` is whose act it was, None when nobody can be named. Amounts are fen: what was asked or taken, and what the standard says.
    """

    violation_id: str
    key: str
    kind: str
    source: str
    region: str
    hall_id: str
    unit_id: str | None
    window_id: str | None
    staff_id: str | None
    case_id: str | None
    charge_id: str | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    recorded_by: str
    recorded_identity: str
    evidence: str
    asked_fen: int | None = None
    standard_fen: int | None = None
    state: str = "recorded"
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    note: str = ""
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def record(self) -> FeeViolation:
        """Say that it was seen. Raises Invalid OCCURRED_IN_FUTURE, SUBJECT_MISSING."""
        if self.occurred_at > self.recorded_at:
            raise Invalid("OCCURRED_IN_FUTURE", "occurred_at: lies in the future", field="occurred_at")
        if self.unit_id is None and self.window_id is None and self.staff_id is None:
            raise Invalid("SUBJECT_MISSING", "staff_id: name the person, the window or the unit", field="staff_id")
        self._happened(Recorded, self.recorded_at)
        return self

    def decide(self, *, true: bool, by: str, note: str, at: dt.datetime) -> None:
        """Verify or reject; a verified one may still be rejected, which takes it back. A rejected one is final.

        Raises Refused VIOLATION_DECIDED, SAME_PERSON (who recorded it, or whose act it was).
        """
        if self.state == "rejected" or (true and self.state == "verified"):
            raise Refused("VIOLATION_DECIDED", f"it is {self.state}", violation_id=self.violation_id)
        if by in (self.recorded_by, self.recorded_identity, self.staff_id):
            raise Refused("SAME_PERSON", "who recorded or did it cannot decide on it", violation_id=self.violation_id)
        self.state, self.decided_by, self.decided_at, self.note = "verified" if true else "rejected", by, at, note
        self._happened(Decided, at)

    def _happened(self, what: type, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(what(self.version, at))
