"""When may a day be judged? Not before every terminal that counts has delivered everything, and everything it delivered has arrived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.attendance.domain.day import ABNORMAL, DayResult
from services.attendance.domain.shift import ShiftDay


@dataclass(frozen=True)
class Terminal:
    """A terminal of the hall. `through` is its watermark; `expected` how many punches it had delivered by then, `arrived` how many are here:
    the watermark may overtake punches on the bus."""

    device_sn: str
    approved_at: datetime
    through: datetime | None
    expected: int | None
    arrived: int

    def reaches(self, moment: datetime) -> bool:
        """Whether everything up to `moment` is here."""
        return self.through is not None and self.through >= moment and (self.expected is None or self.arrived >= self.expected)


def counting(terminals: Sequence[Terminal], shift: ShiftDay) -> list[Terminal]:
    """Those that were approved before the day was over; one approved later proves nothing about it, and nobody waits for it."""
    return [terminal for terminal in terminals if terminal.approved_at <= shift.final_at]


def pending_reasons(terminals: Sequence[Terminal], shift: ShiftDay, result: DayResult, now: datetime) -> list[str]:
    """Why the result may not be said yet; empty when it may.

    A clean day is settled at the end of the shift plus grace; one with findings waits for `final_at`, because a departure punched in the minutes
    after the end would still undo them. SHIFT_RUNNING, DEPARTURE_OPEN, NO_TERMINAL, TERMINAL_BEHIND:<serial number>.
    """
    needed = shift.final_at if result.status == ABNORMAL else shift.closes_at
    reasons = []
    if now < shift.closes_at:
        reasons.append("SHIFT_RUNNING")
    elif now < needed:
        reasons.append("DEPARTURE_OPEN")
    waited_for = counting(terminals, shift)
    if not waited_for:
        reasons.append("NO_TERMINAL")
    reasons += [f"TERMINAL_BEHIND:{terminal.device_sn}" for terminal in waited_for if not terminal.reaches(needed)]
    return reasons


def next_look(shift: ShiftDay, now: datetime) -> datetime | None:
    """The next moment at which time alone may settle somebody."""
    return next((moment for moment in (shift.closes_at, shift.final_at) if moment > now), None)
