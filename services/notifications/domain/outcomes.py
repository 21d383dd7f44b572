"""What became of an attempt to send, and when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

INBOX, SMTP, NO_CHANNEL = "inbox", "smtp", "none"
DUE, SENT, FAILED = "due", "sent", "failed"
# Reasons of a delivery that will not be tried again.
NO_SMTP, NO_ADDRESS, NO_RECIPIENT, REFUSED, GAVE_UP, INVALID = (
    "NO_SMTP", "NO_ADDRESS", "NO_RECIPIENT", "SMTP_REFUSED", "SMTP_GAVE_UP", "MESSAGE_INVALID",
)  # fmt: skip
# Reasons to try again. The last two mean that no message would get through now.
TEMPORARY, AUTHENTICATION, UNREACHABLE, TIMEOUT = "SMTP_TEMPORARY", "SMTP_AUTHENTICATION", "SMTP_UNREACHABLE", "SMTP_TIMEOUT"
SERVER_AWAY = frozenset({UNREACHABLE, TIMEOUT, AUTHENTICATION})


@dataclass(frozen=True)
class Outcome:
    """`state` sent, failed (final) or due (try again); `detail` is the server's number, never its text: that may hold the address."""

    state: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Next:
    """How a delivery stands after an attempt."""

    state: str
    reason: str
    next_attempt_at: datetime | None


def after(outcome: Outcome, attempts: int, now: datetime, delays: Sequence[float]) -> Next:
    """`attempts` counts this one; after the last delay is used up the delivery has failed (SMTP_GAVE_UP)."""
    if outcome.state != DUE:
        return Next(outcome.state, outcome.reason, None)
    if attempts > len(delays):
        return Next(FAILED, GAVE_UP, None)
    return Next(DUE, outcome.reason, now + timedelta(seconds=delays[attempts - 1]))
