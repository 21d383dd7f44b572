"""The warning ladder of an open case: reminders before its due day, one fact for each working day after it."""

from __future__ import annotations

from services.intake.domain import deadlines
from services.intake.domain.case import Case
from services.intake.domain.happenings import DueSoon, Overdue
from services.intake.domain.rules import Now


def warn(case: Case, now: Now) -> None:
    """Send every warning whose day has come, in order, each once."""
    for rung in case.calculation().rungs:
        if rung.on <= now.today and rung.level not in case.rungs_sent:
            _send_rung(case, rung, now)
    send_overdue(case, now)


def _send_rung(case: Case, rung: deadlines.Rung, now: Now) -> None:
    assert case.promised_due is not None
    left = now.calendar.workdays_between(rung.on, case.promised_due)
    case.rungs_sent = [*case.rungs_sent, rung.level]
    case.happened(DueSoon, now.at, level=rung.level, due=case.promised_due, remaining_days=left)


def send_overdue(case: Case, now: Now) -> None:
    """Tell every working day over the promise that has not been told yet."""
    assert case.promised_due is not None
    over = now.calendar.workdays_between(case.promised_due, now.today)
    while case.overdue_sent < over:
        days = case.overdue_sent + 1
        level = "double_red" if days >= now.rules.double_red_days else "red"
        as_of = now.calendar.add_workdays(case.promised_due, days).date
        case.overdue_sent = days
        case.happened(Overdue, now.at, level=level, due=case.promised_due, overdue_days=days, as_of=as_of)
