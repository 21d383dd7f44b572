"""Where the reminders before a due day fall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import workdays
from services.intake.domain.counting import DAY, NATURAL, STOPPED
from services.intake.domain.rules import Rules

_WORKING = frozenset("wmo")


@dataclass(frozen=True)
class Rung:
    """A step of the warning ladder and the day on which it is sent."""

    level: str
    on: dt.date


class Counted(Protocol):
    """A limit that has been counted out."""

    @property
    def budget(self) -> int: ...
    @property
    def day_kind(self) -> str: ...
    @property
    def due(self) -> dt.date | None: ...
    @property
    def trace(self) -> str: ...


def rungs_of(calendar: workdays.Calendar, start: dt.date, since: dt.date, limit: Counted, rules: Rules) -> tuple[Rung, ...]:
    """Blue at the given share of the budget, yellow at the given working days left, but not before the clock last started on `since`.

    A rung that would not come before a graver one is not sent.
    """
    assert limit.due is not None
    share = -(-limit.budget * rules.blue_percent // 100)
    blue = _counted_day(start, limit, share)
    yellow = workdays_before(calendar, limit.due, rules.yellow_days, min(since, limit.due))
    return (Rung("blue", blue), Rung("yellow", yellow)) if blue < yellow else (Rung("yellow", yellow),)


def _counted_day(start: dt.date, limit: Counted, number: int) -> dt.date:
    counted = 0
    for offset, letter in enumerate(limit.trace[1:], start=1):
        kind = letter.lower()
        counted += int(kind != STOPPED and (limit.day_kind == NATURAL or kind in _WORKING))
        if counted == number:
            return start + offset * DAY
    return start


def workdays_before(calendar: workdays.Calendar, due: dt.date, days: int, floor: dt.date) -> dt.date:
    """The working day that lies `days` working days before `due`, but never before `floor`."""
    day = due
    while day > floor and calendar.workdays_between(day, due) < days:
        day -= DAY
    while day > floor and not calendar.is_workday(day):
        day -= DAY
    return day
