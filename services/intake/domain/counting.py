"""Counting the days of a limit that may be stopped: pure arithmetic on the calendar.

The starting day is not counted (Civil Code Art. 201). Neither is any day of a stop (Administrative Licensing Law Art. 45): not the day on which it
begins, not the day on which it ends. Nothing is added at the end for a stop; its days are passed over, so that an overrun costs no day of the budget.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import workdays

DAY = dt.timedelta(days=1)
NATURAL = "natural"
STOPPED = "p"
LETTERS = {
    workdays.WhyCode.START_DAY: "0",
    workdays.WhyCode.WORKDAY: "w",
    workdays.WhyCode.WEEKEND: "r",
    workdays.WhyCode.STATUTORY_HOLIDAY: "h",
    workdays.WhyCode.HOLIDAY_IN_LIEU: "l",
    workdays.WhyCode.SUBSTITUTE_HOLIDAY: "s",
    workdays.WhyCode.MAKEUP_WORKDAY: "m",
    workdays.WhyCode.OVERRIDE_WORKDAY: "o",
    workdays.WhyCode.OVERRIDE_REST_DAY: "x",
}
"""One letter per day of a trace; a capital letter marks a day that no notice has fixed yet."""


@dataclass(frozen=True)
class Stop:
    """Days on which the limit does not run, both ends included; `until` is None while it lasts."""

    since: dt.date
    until: dt.date | None

    def covers(self, day: dt.date) -> bool:
        """Whether the limit stands still on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


Stops = tuple[Stop, ...]


@dataclass(frozen=True)
class Walk:
    """A budget counted out: `due` is its last day (None when a lasting stop comes first), `trace` has a letter for each day from the start,
    `rolled_from` the rest day that a natural-day limit ended on before it moved on, `provisional_days` what the due day rests on."""

    due: dt.date | None
    trace: str
    rolled_from: dt.date | None
    provisional_days: tuple[dt.date, ...]


def walk(calendar: workdays.Calendar, start: dt.date, budget: int, kind: str, stops: Stops) -> Walk:
    """Count `budget` days of `kind` from `start`, day by day; a limit that ends on a rest day ends on the next working day (Civil Code Art. 203)."""
    provisional: list[dt.date] = []
    day, counted, letters = start, 0, ["0"]
    while counted < budget:
        day += DAY
        letter = _letter(calendar, day, stops)
        letters.append(letter)
        if letter == STOPPED:
            if _lasting(stops, day):
                return Walk(None, "".join(letters), None, tuple(provisional))
            continue
        if letter.isupper() and kind != NATURAL:
            provisional.append(day)
        counted += int(kind == NATURAL or calendar.is_workday(day))
    return _rolled(calendar, day, letters, provisional, stops)


def _rolled(calendar: workdays.Calendar, last: dt.date, letters: list[str], provisional: list[dt.date], stops: Stops) -> Walk:
    day = last
    while True:
        stopped = any(stop.covers(day) for stop in stops)
        if stopped and _lasting(stops, day):
            return Walk(None, "".join(letters), None, tuple(provisional))
        seen = calendar.day(day)
        if seen.provisional and not stopped and day not in provisional:
            provisional.append(day)
        if seen.is_workday and not stopped:
            return Walk(day, "".join(letters), last if day != last else None, tuple(provisional))
        day += DAY
        letters.append(_letter(calendar, day, stops))


def _lasting(stops: Stops, day: dt.date) -> bool:
    return any(stop.until is None and stop.covers(day) for stop in stops)


def _letter(calendar: workdays.Calendar, day: dt.date, stops: Stops) -> str:
    if any(stop.covers(day) for stop in stops):
        return STOPPED
    seen = calendar.day(day)
    letter = LETTERS[seen.why.code]
    return letter.upper() if seen.provisional else letter


def counted_between(calendar: workdays.Calendar, after: dt.date, through: dt.date, kind: str, stops: Stops = ()) -> int:
    """Days of `kind` that run after `after` up to and including `through`; 0 when there are none."""
    if through <= after:
        return 0
    total = _days(calendar, after, through, kind)
    for stop in stops:
        first, last = max(stop.since - DAY, after), through if stop.until is None else min(stop.until, through)
        if last > first:
            total -= _days(calendar, first, last, kind)
    return total


def _days(calendar: workdays.Calendar, after: dt.date, through: dt.date, kind: str) -> int:
    return (through - after).days if kind == NATURAL else calendar.workdays_between(after, through)


def running_workdays(calendar: workdays.Calendar, after: dt.date, stops: Stops) -> Iterator[dt.date]:
    """The working days after `after` on which the limit runs, in order; ends where a lasting stop begins."""
    day = after
    while True:
        day = calendar.next_workday(day)
        if _lasting(stops, day):
            return
        if not any(stop.covers(day) for stop in stops):
            yield day
