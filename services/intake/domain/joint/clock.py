"""A limit in working days that is watched: of one member, or of the whole.

The day on which it begins is not counted (Civil Code Art. 201, A-22), no day of a special procedure is (Licensing Law Art. 45): the members' clocks stand
still with the case's and lose or gain no day by it. What was told of days over is a list that always equals the truth as far as anybody looked: a day that
a later notice made a rest day is withdrawn, one that nobody told yet is told, each once and in order.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from services.intake.domain.clocks import morning
from services.intake.domain.counting import Stops, running_workdays, walk
from services.intake.domain.errors import Invalid
from services.intake.domain.rules import Now

LONGEST = 90
_REST_DAYS_AS = "window"
"""Who is asked on a rest day counts as asked on the next working day, as with everything that comes in at a window (A-28)."""


@dataclass(frozen=True)
class Due:
    """The last day in time, None while the clock stands still; `provisional` when it rests on days that no notice has fixed yet."""

    day: dt.date | None
    provisional: bool


def check_days(days: int | None, field: str) -> int:
    """Raise Invalid JOINT_LIMIT_INVALID unless it is a limit that can be."""
    if days is None or not 1 <= days <= LONGEST:
        raise Invalid("JOINT_LIMIT_INVALID", f"{field}: between 1 and {LONGEST} working days", field=field)
    return days


def due_day(began: dt.datetime, days: int, stops: Stops, now: Now) -> Due:
    """Where a limit of `days` working days that began then ends."""
    found = walk(now.calendar, now.start(began, _REST_DAYS_AS), days, "working", stops)
    return Due(found.due, bool(found.provisional_days))


def days_over(due: dt.date | None, stops: Stops, now: Now) -> list[dt.date]:
    """The working days over so far."""
    if due is None:
        return []
    return list(takewhile(lambda day: day <= now.today, running_workdays(now.calendar, due, stops)))


def next_look(due: dt.date | None, stops: Stops, told: int, now: Now) -> dt.datetime | None:
    """When the next working day over begins; None while the clock stands still."""
    if due is None:
        return None
    day = next(islice(running_workdays(now.calendar, due, stops), told, None), None)
    return None if day is None else morning(day)


def compare(told: list[dict[str, Any]], over: list[dt.date]) -> tuple[list[dict[str, Any]], list[tuple[int, dt.date]]]:
    """What was told and is not true, and what is true and was not told (number, day)."""
    wrong = [fact for fact in told if fact["overdue_days"] > len(over) or fact["as_of"] != over[fact["overdue_days"] - 1].isoformat()]
    known = {fact["overdue_days"] for fact in told if fact not in wrong}
    return wrong, [(number, day) for number, day in enumerate(over, start=1) if number not in known]
