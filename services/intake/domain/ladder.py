"""The warning ladder of an open case: reminders before its due day, one fact for each working day after it.

A reminder is one for a level and a due day. When the due day moves, a level that was sent and whose day is past is not sent again; one whose day lies
ahead again is sent anew on that day, because it is about another due day. A working day over that was told and is over no more (a later notice
made it a rest day, a special procedure began on it) is withdrawn by an event of its own.
"""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import Any

from services.intake.domain.case import Case
from services.intake.domain.counting import counted_between, running_workdays
from services.intake.domain.deadlines import Deadline
from services.intake.domain.happenings import DueSoon, Overdue, OverdueWithdrawn
from services.intake.domain.reminders import Rung
from services.intake.domain.rules import Now

OVERDUE, NOTICE = "overdue", "notice_missed"


def warn(case: Case, now: Now) -> None:
    """Send every warning whose day has come, in order, each once."""
    for rung in waiting(case):
        if rung.on <= now.today:
            _send_rung(case, rung, now)
    settle_overdue(case, now, cause="calendar")


def waiting(case: Case) -> list[Rung]:
    """The reminders not sent yet for the present due day."""
    return [rung for rung in case.calculation().rungs if _key(rung.level, case.promised_due) not in case.rungs_sent]


def carry_over(case: Case, deadline: Deadline, today: dt.date) -> None:
    """Take what was sent for another due day as sent for the present one, unless its day lies ahead again."""
    told = {key.split(":")[0] for key in case.rungs_sent}
    passed = [_key(rung.level, deadline.promised.due) for rung in deadline.rungs if rung.level in told and rung.on <= today]
    case.rungs_sent = list(dict.fromkeys([*case.rungs_sent, *passed]))


def _key(level: str, due: dt.date | None) -> str:
    return f"{level}:{due}"


def _send_rung(case: Case, rung: Rung, now: Now) -> None:
    assert case.promised_due is not None
    left = counted_between(now.calendar, rung.on, case.promised_due, "working", case.stops)
    case.rungs_sent = [*case.rungs_sent, _key(rung.level, case.promised_due)]
    case.happened(DueSoon, now.at, level=rung.level, due=case.promised_due, remaining_days=left)


def days_over(case: Case, now: Now) -> list[dt.date]:
    """The working days over the promise so far, days of a suspension left out."""
    if case.promised_due is None:
        return []
    return list(takewhile(lambda day: day <= now.today, running_workdays(now.calendar, case.promised_due, case.stops)))


def told_overdue(case: Case) -> list[dict[str, Any]]:
    """The working days over that have been told and stand, in order."""
    return [breach for breach in case.breaches if breach["kind"] == OVERDUE]


def next_day_over(case: Case, now: Now) -> dt.date | None:
    """The first working day over that has not been told; None while the clock stands still."""
    if case.promised_due is None:
        return None
    told = len(told_overdue(case))
    for number, day in enumerate(running_workdays(now.calendar, case.promised_due, case.stops)):
        if number == told:
            return day
    return None


def settle_overdue(case: Case, now: Now, *, cause: str) -> None:
    """Bring what was told of working days over in line with the truth: withdraw what does not hold, tell what has not been told."""
    over, told = days_over(case, now), told_overdue(case)
    wrong = [fact for index, fact in enumerate(told) if index >= len(over) or fact["as_of"] != over[index].isoformat()]
    if wrong:
        case.breaches = [breach for breach in case.breaches if breach not in wrong]
        case.happened(OverdueWithdrawn, now.at, cause=cause, facts=tuple(wrong))
    known = {fact["overdue_days"] for fact in told if fact not in wrong}
    for number, day in enumerate(over, start=1):
        if number not in known:
            _tell(case, number, day, now)
    # The numbers stand in order again after a fact in the middle was told anew.
    case.breaches = sorted(case.breaches, key=lambda breach: (breach["kind"], breach["overdue_days"] or 0))


def _tell(case: Case, number: int, day: dt.date, now: Now) -> None:
    assert case.promised_due is not None
    level = "double_red" if number >= now.rules.double_red_days else "red"
    case.happened(Overdue, now.at, level=level, due=case.promised_due, overdue_days=number, as_of=day)
    fact = {
        "kind": OVERDUE,
        "overdue_days": number,
        "as_of": day.isoformat(),
        "version": case.version,
        "staff_fault": None,
        "judged_by": None,
    }
    case.breaches = [*case.breaches, fact]


def note_missed(case: Case, now: Now) -> None:
    """Keep the missed notice that was just told, so that it can be judged."""
    fact = {
        "kind": NOTICE,
        "overdue_days": None,
        "as_of": now.today.isoformat(),
        "version": case.version,
        "staff_fault": None,
        "judged_by": None,
    }
    case.breaches = [*case.breaches, fact]
