"""A shift (班次): the four clock times of a hall's day, and what they mean on one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.attendance.domain.errors import ShiftError

OPENS_BEFORE = timedelta(hours=3)
"""Punches up to this long before the morning's start belong to the morning."""
CLOSES_AFTER = timedelta(hours=6)
"""Punches up to this long after the afternoon's end belong to the afternoon."""


@dataclass(frozen=True)
class Shift:
    """Local clock times; `grace_minutes` are forgiven at either end (A-27: none in the seeds, so 0), `closing_minutes` is how long after the end a
    missing departure is still waited for before it is held against anybody."""

    am_start: time
    am_end: time
    pm_start: time
    pm_end: time
    grace_minutes: int = 0
    closing_minutes: int = 10

    def __post_init__(self) -> None:
        """Refuse what no day can follow: SHIFT_TIMES_ORDER, SHIFT_GRACE, SHIFT_CLOSING."""
        if not self.am_start < self.am_end <= self.pm_start < self.pm_end:
            raise ShiftError("SHIFT_TIMES_ORDER", "am_start < am_end <= pm_start < pm_end is needed, on one day")
        if not 0 <= self.grace_minutes <= 60:
            raise ShiftError("SHIFT_GRACE", "grace_minutes must be 0 to 60")
        if not 0 <= self.closing_minutes <= 240:
            raise ShiftError("SHIFT_CLOSING", "closing_minutes must be 0 to 240")

    def on(self, day: date, zone: tzinfo) -> ShiftDay:
        """The shift's moments on one date of a zone."""

        def moment(clock: time) -> datetime:
            return datetime.combine(day, clock, zone).astimezone(UTC)

        am_end, pm_start, pm_end = moment(self.am_end), moment(self.pm_start), moment(self.pm_end)
        grace, closing = timedelta(minutes=self.grace_minutes), timedelta(minutes=max(self.closing_minutes, self.grace_minutes))
        return ShiftDay(
            day=day,
            opens_at=moment(self.am_start) - OPENS_BEFORE,
            am_start=moment(self.am_start),
            am_end=am_end,
            noon=am_end + (pm_start - am_end) / 2,
            pm_start=pm_start,
            pm_end=pm_end,
            closes_at=pm_end + grace,
            final_at=pm_end + closing,
            shuts_at=pm_end + CLOSES_AFTER,
            grace_minutes=self.grace_minutes,
        )


@dataclass(frozen=True)
class ShiftDay:
    """One date under a shift, all in UTC. The morning takes punches in [opens_at, noon), the afternoon in [noon, shuts_at).

    From `closes_at` on (end + grace) a clean day is settled; from `final_at` on everything is.
    """

    day: date
    opens_at: datetime
    am_start: datetime
    am_end: datetime
    noon: datetime
    pm_start: datetime
    pm_end: datetime
    closes_at: datetime
    final_at: datetime
    shuts_at: datetime
    grace_minutes: int
