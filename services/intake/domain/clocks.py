"""When time has to look at a case again: the end of every limit that runs in its present state."""

from __future__ import annotations

import datetime as dt

import workdays
from services.intake.domain.case import OPEN, REGISTERED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.ladder import next_day_over, waiting
from services.intake.domain.rules import Now
from services.intake.domain.stage_limits import next_watch


def silent_past_limit(case: Case, now: Now) -> bool:
    """Whether nobody said a word within the notice limit, so that the case counts as accepted."""
    return case.state == REGISTERED and now.calendar.workdays_between(case.clock_start, now.today) > now.rules.notice_days


def next_look(case: Case, now: Now) -> dt.datetime | None:
    """The moment the scheduler has to look at the case again; None when nothing runs."""
    if case.state == REGISTERED:
        return silence_ends(case.clock_start, now)
    if case.state == SUPPLEMENT:
        return supply_ends(case, now)
    if case.state == SUSPENDED:
        return _next_overrun(case, now)
    over_on = next_watch(case, now)
    ends = [None if over_on is None else morning(over_on), _next_warning(case, now) if case.state in OPEN else None]
    return min((moment for moment in ends if moment is not None), default=None)


def silence_ends(start: dt.date, now: Now) -> dt.datetime:
    """When a receipt that nobody spoke about counts as accepted."""
    return morning(now.calendar.add_workdays(start, now.rules.notice_days + 1).date)


def supply_ends(case: Case, now: Now) -> dt.datetime | None:
    """When the time to supply is over and that has to be told; a last day that is a rest day moves on (Civil Code Art. 203)."""
    if case.state != SUPPLEMENT or case.notices[-1]["supply_by"] is None or case.notices[-1]["state"] == "expired":
        return None
    return morning(last_day_to_supply(case, now) + dt.timedelta(days=1))


def last_day_to_supply(case: Case, now: Now) -> dt.date:
    """The day until whose end the running notice can be met."""
    return now.calendar.on_or_after(dt.date.fromisoformat(case.notices[-1]["supply_by"])).date


def _next_warning(case: Case, now: Now) -> dt.datetime | None:
    days = [rung.on for rung in waiting(case)]
    over = next_day_over(case, now)
    days += [over] if over is not None else []
    return morning(min(days)) if days else None


def _next_overrun(case: Case, now: Now) -> dt.datetime | None:
    running = case.suspensions[-1]
    due = dt.date.fromisoformat(running["limit_due"])
    rungs = {"red": 1, "double_red": now.rules.double_red_days}
    days = [now.calendar.add_workdays(due, after).date for level, after in rungs.items() if level not in running["told"]]
    return morning(min(days)) if days else None


def morning(day: dt.date) -> dt.datetime:
    """Midnight at the beginning of a day in China."""
    return dt.datetime.combine(day, dt.time(0), workdays.BEIJING)
