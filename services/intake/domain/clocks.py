"""When time has to look at a case again: the end of every limit that runs in its present state."""

from __future__ import annotations

import datetime as dt

import workdays
from services.intake.domain.case import OPEN, REGISTERED, Case
from services.intake.domain.rules import Now


def silent_past_limit(case: Case, now: Now) -> bool:
    """Whether nobody said a word within the notice limit, so that the case counts as accepted."""
    return case.state == REGISTERED and now.calendar.workdays_between(case.clock_start, now.today) > now.rules.notice_days


def next_look(case: Case, now: Now) -> dt.datetime | None:
    """The moment the scheduler has to look at the case again; None when nothing runs."""
    if case.state == REGISTERED:
        return silence_ends(case.clock_start, now)
    return _next_warning(case, now) if case.state in OPEN else None


def silence_ends(start: dt.date, now: Now) -> dt.datetime:
    """When a receipt that nobody spoke about counts as accepted."""
    return morning(now.calendar.add_workdays(start, now.rules.notice_days + 1).date)


def _next_warning(case: Case, now: Now) -> dt.datetime:
    waiting = [rung.on for rung in case.calculation().rungs if rung.level not in case.rungs_sent]
    assert case.promised_due is not None
    return morning(min([*waiting, now.calendar.add_workdays(case.promised_due, case.overdue_sent + 1).date]))


def morning(day: dt.date) -> dt.datetime:
    """Midnight at the beginning of a day in China."""
    return dt.datetime.combine(day, dt.time(0), workdays.BEIJING)
