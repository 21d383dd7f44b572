"""When has a terminal delivered everything? The rule behind devices.device.reported.

Nobody may be called absent before every terminal of the shift has reported past its end, so the rule errs towards "not yet":

* while rows with impossible times wait for a person, no watermark: their owners' punches are missing;
* while an upload was refused and not yet repeated successfully, none;
* with INFO (protocol section 5, field 4 = punches in the terminal): none while the terminal holds more than arrived; else everything up to the
  previous poll is here, even when rows came in between. Not up to this one: the terminal counted at some moment since the previous poll, and a poll may
  travel for minutes on a bad line while people go on punching. A log that was ever cleared makes the count too small to prove anything: then the next
  rule decides;
* without INFO: everything up to the previous poll is here when no upload came in between, because a terminal with rows left sends before it polls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Poll:
    """One getrequest and what was known before it. `stored` counts distinct rows that ever arrived, quarantined ones included."""

    previous_at: datetime | None
    last_upload_at: datetime | None
    refused: bool
    stored: int
    on_device: int | None
    log_cleared: bool
    clock_held: bool

    @property
    def quiet(self) -> bool:
        """No upload since the previous poll."""
        return self.previous_at is not None and (self.last_upload_at is None or self.last_upload_at <= self.previous_at)

    @property
    def gap(self) -> bool:
        """The terminal says that it holds more than arrived."""
        return self.on_device is not None and self.on_device > self.stored


def delivered_through(poll: Poll) -> datetime | None:
    """The moment up to which everything has arrived, or None while that is not known."""
    if poll.clock_held or poll.refused or poll.gap:
        return None
    if poll.on_device is not None and not poll.log_cleared:
        return poll.previous_at
    return poll.previous_at if poll.quiet else None


def is_due(
    through: datetime, *, last_through: datetime | None, last_sent_at: datetime | None, was_behind: bool, at: datetime, every: timedelta
) -> bool:
    """Whether to send it now: at once when it first passes after having been behind, else at most once per `every`."""
    if last_through is not None and through <= last_through:
        return False
    return was_behind or last_sent_at is None or at - last_sent_at >= every
