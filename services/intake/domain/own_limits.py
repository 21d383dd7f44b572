"""Limits that an entry of a register has beside its case: which working days are over, which of them have been told, when to look again.

What was told of days over is kept as their dates. A later calendar notice, or a special procedure, may turn a told day into one that is not over; then
it is withdrawn by an event of its own together with everything told after it, and the days that are over are told anew, so that the numbers of what
stands are always 1, 2, 3 … in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

import workdays
from services.intake.domain.counting import Stops, running_workdays


@dataclass(frozen=True)
class DayOver:
    """The n-th working day over a limit, and which day that is."""

    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class Settled:
    """What has to be said so that what was told is the truth: first `wrong` is withdrawn, then `fresh` is told; `stands` is told afterwards."""

    stands: list[str]
    wrong: tuple[DayOver, ...]
    fresh: tuple[DayOver, ...]


def days_over(calendar: workdays.Calendar, due: dt.date | None, today: dt.date, stops: Stops = ()) -> list[dt.date]:
    """The working days after `due` up to `today` on which the limit runs; none while it stands still before its end."""
    if due is None:
        return []
    return list(takewhile(lambda day: day <= today, running_workdays(calendar, due, stops)))


def settle(told: Sequence[str], over: Sequence[dt.date]) -> Settled:
    """Compare the days told (ISO dates, in order) with the days that are over."""
    true = [day.isoformat() for day in over]
    stands = [day for day, _ in takewhile(lambda pair: pair[0] == pair[1], zip(told, true, strict=False))]
    kept = len(stands)
    wrong = tuple(DayOver(number, dt.date.fromisoformat(day)) for number, day in enumerate(told[kept:], start=kept + 1))
    fresh = tuple(DayOver(number, day) for number, day in enumerate(over[kept:], start=kept + 1))
    return Settled(true, wrong, fresh)


def next_day_over(calendar: workdays.Calendar, due: dt.date | None, told: int, stops: Stops = ()) -> dt.date | None:
    """The first working day over that has not been told; None while the limit stands still."""
    return None if due is None else next(islice(running_workdays(calendar, due, stops), told, None), None)
