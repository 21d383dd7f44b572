"""Where the limits of a case end: fixed at acceptance, calculated anew when a suspension, an extension or the calendar moves them. Nothing else does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import workdays
from services.intake.domain import deadlines
from services.intake.domain.case import DECIDED, OPEN, REGISTERED, SUPPLEMENT, SUSPENDED, Case, Replaced
from services.intake.domain.clocks import next_look
from services.intake.domain.counting import DAY
from services.intake.domain.deadlines import Deadline, Limit, Terms
from services.intake.domain.happenings import DeadlineMoved
from services.intake.domain.ladder import carry_over, settle_overdue
from services.intake.domain.rules import Item, Now

COUNTED = (*OPEN, SUSPENDED)
"""States with limits that run or stand still."""
UNFINISHED = (REGISTERED, SUPPLEMENT, *COUNTED, DECIDED)
"""States in which a calendar still matters."""


def begin(case: Case, item: Item, now: Now) -> None:
    """Fix the limits of a case just accepted, from the item version it was received under."""
    _write(case, Terms.of(item), now)


def move(case: Case, now: Now, *, cause: str, actor: str | None = None, notice_nos: tuple[str, ...] = ()) -> None:
    """Calculate the limits anew; reminders and working days over follow.

    Told as an event when a due day moved or a provisional one was confirmed; that a suspension leaves them open is told by the suspension itself.
    """
    stored, before = case.deadline, case.calculation()
    assert stored is not None
    after = _write(case, _terms(case, before), now)
    because = notice_nos or _notices(before, after, now.calendar)
    _keep(case, stored, Replaced(cause, actor, because, stored, case.deadline or {}))
    carry_over(case, after, now.today)
    if _seen(before) != _seen(after) and cause != "suspended":
        case.happened(
            DeadlineMoved, now.at, cause=cause, actor=actor, notice_nos=because, promised_before=before.promised.due, promised_due=after.promised.due,
            legal_before=before.legal.due, legal_due=after.legal.due, provisional=after.provisional, calendar_revision=after.calendar_revision,
        )  # fmt: skip
    settle_overdue(case, now, cause=cause)
    case.timer_at = next_look(case, now)


def _keep(case: Case, stored: dict[str, Any], replaced: Replaced) -> None:
    if {**stored, "calendar": None} != {**replaced.after, "calendar": None}:
        case.replaced = (*case.replaced, replaced)


def catch_up(case: Case, now: Now) -> None:
    """Bring an open case in line with the calendar in force before anything else happens to it.

    A deemed acceptance is never taken back: the applicant may rely on it.
    """
    if case.state not in UNFINISHED or case.calendar_edition >= now.book.edition:
        return
    case.calendar_edition = now.book.edition
    if case.state == REGISTERED:
        case.clock_start = now.start(case.clock_at, case.channel)
    if case.state == SUSPENDED:
        running = case.suspensions[-1]
        limit = now.calendar.add_workdays(dt.date.fromisoformat(running["started_on"]), running["limit_days"]).date
        case.suspensions = [*case.suspensions[:-1], {**running, "limit_due": limit.isoformat()}]
    if case.state in COUNTED:
        move(case, now, cause="calendar")
    # The limits of the notice, of the supply and of the stages are not stored: only when to look at them next.
    case.timer_at = next_look(case, now)


def _write(case: Case, terms: Terms, now: Now) -> Deadline:
    assert case.accepted_at is not None
    deadline = deadlines.reckon(terms, case.accepted_at, case.channel, now)
    case.deadline, case.provisional = deadlines.to_plain(deadline), deadline.provisional
    case.promised_due, case.legal_due = deadline.promised.due, deadline.legal.due
    case.calendar_edition = now.book.edition
    return deadline


def _terms(case: Case, stored: Deadline) -> Terms:
    kept = Terms(stored.promised.days, stored.legal.days, stored.promised.day_kind)
    return replace(kept, extension=case.extension["days"] if case.extension else 0, stops=case.stops)


def _seen(deadline: Deadline) -> tuple[object, ...]:
    return deadline.promised.due, deadline.legal.due, deadline.provisional


def _notices(before: Deadline, after: Deadline, calendar: workdays.Calendar) -> tuple[str, ...]:
    """The notices behind the days that are no longer what they were."""
    was, is_now = _letters(before), _letters(after)
    of_day = {override.date: override.notice_no for override in calendar.overrides}
    of_year = {notice.year: notice.notice_no for notice in calendar.notices}
    changed = [day for day in sorted(was.keys() & is_now.keys()) if was[day] != is_now[day]]
    found = [of_day.get(day) or of_year.get(day.year) for day in changed]
    return tuple(dict.fromkeys(number for number in found if number))


def _letters(deadline: Deadline) -> dict[dt.date, str]:
    longer: Limit = max(deadline.promised, deadline.legal, key=lambda limit: len(limit.trace))
    return {deadline.start + offset * DAY: letter for offset, letter in enumerate(longer.trace) if offset}
