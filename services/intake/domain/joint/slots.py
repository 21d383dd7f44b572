"""The regular meeting (联审例会): one afternoon a week, by the city's settings."""

from __future__ import annotations

import datetime as dt

import workdays
from services.intake.domain.errors import Refused
from services.intake.domain.rules import Now

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = dt.timedelta(days=7)
_LONGEST_AHEAD = 26


def next_slot(now: Now) -> dt.datetime:
    """The next regular meeting after now, in UTC as every time is; a week whose day is a rest day has none, and the next one that has counts.

    Raises Refused NO_REGULAR_SLOT when no such day of half a year is a working day (a meeting day on a weekend).
    """
    rules = now.rules
    ahead = (rules.joint_weekday - now.today.weekday()) % 7
    day = now.today + dt.timedelta(days=ahead)
    for _ in range(_LONGEST_AHEAD):
        at = dt.datetime.combine(day, rules.joint_time, workdays.BEIJING)
        if at > now.at and now.calendar.is_workday(day):
            return at.astimezone(dt.UTC)
        day += _WEEK
    raise Refused("NO_REGULAR_SLOT", f"no {WEEKDAYS[rules.joint_weekday]} of the next half-year is a working day")
