"""What time brings to an entry of the agency register: its limit counted out, reminders, days over, each told once and in order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.intake.domain import own_limits
from services.intake.domain.agency_happenings import AgencyOverdueWithdrawn, MatterDueSoon, MatterOverdue, UpperOverdue
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import PREPARING, SUBMISSION, SUBMITTED, UPPER, WATCHED
from services.intake.domain.clocks import morning
from services.intake.domain.counting import walk
from services.intake.domain.reminders import workdays_before
from services.intake.domain.rules import DAY_KINDS, Now


def run_timer(matter: AgencyMatter, now: Now) -> None:
    """Every reminder and every day over whose day has come."""
    catch_up(matter, now)
    if matter.state in WATCHED:
        _remind(matter, now)
        settle(matter, now)
        reset(matter, now)


def catch_up(matter: AgencyMatter, now: Now) -> None:
    """Bring an open entry in line with the calendar in force before anything else happens to it."""
    if matter.state not in WATCHED or matter.calendar_edition >= now.book.edition:
        return
    _moved(matter, now)


def stand_still(matter: AgencyMatter, stops: list[dict[str, Any]], now: Now) -> None:
    """The case's special procedures, as they are now: their days are not counted."""
    # A calendar that changed meanwhile is another cause of what it moves, and comes first.
    catch_up(matter, now)
    matter.stops = stops
    if matter.state in PREPARING:
        _moved(matter, now)


def _moved(matter: AgencyMatter, now: Now) -> None:
    matter.calendar_edition = now.book.edition
    if matter.state in PREPARING:
        project(matter, now)
        _carry_over(matter, now)
    _remind(matter, now)
    settle(matter, now)
    reset(matter, now)


def project(matter: AgencyMatter, now: Now) -> None:
    """Count the submission limit out, under both kinds of days; the settings' snapshot says which one counts."""
    start = now.start(matter.start_at, matter.channel)
    dues = {kind: walk(now.calendar, start, matter.limit_days, kind, matter.stopped).due for kind in DAY_KINDS}
    matter.due, matter.due_working, matter.due_natural = dues[matter.day_kind], dues["working"], dues["natural"]
    matter.calendar_edition = now.book.edition
    if matter.round == 1:
        matter.first_due = matter.due


def settle(matter: AgencyMatter, now: Now) -> None:
    """Tell every working day over that has not been told, and take back what does not hold any more."""
    if matter.state in PREPARING:
        over = own_limits.days_over(now.calendar, matter.due, now.today, matter.stopped)
        matter.told = _tell(matter, own_limits.settle(matter.told, over), SUBMISSION, now)
    elif matter.state == SUBMITTED:
        over = own_limits.days_over(now.calendar, matter.upper_due, now.today)
        matter.upper_told = _tell(matter, own_limits.settle(matter.upper_told, over), UPPER, now)


def _tell(matter: AgencyMatter, settled: own_limits.Settled, limit_kind: str, now: Now) -> list[str]:
    if settled.wrong:
        matter.happened(AgencyOverdueWithdrawn, now.at, limit_kind=limit_kind, days=settled.wrong)
    kind, due = (MatterOverdue, matter.due) if limit_kind == SUBMISSION else (UpperOverdue, matter.upper_due)
    for day in settled.fresh:
        matter.happened(kind, now.at, due=due, day=day)
    return settled.stands


def reset(matter: AgencyMatter, now: Now) -> None:
    """The moment the scheduler has to look again; None when nothing runs."""
    days = []
    if matter.state in PREPARING:
        days = [_reminder(matter, now), own_limits.next_day_over(now.calendar, matter.due, len(matter.told), matter.stopped)]
    elif matter.state == SUBMITTED:
        days = [_reminder(matter, now), own_limits.next_day_over(now.calendar, matter.upper_due, len(matter.upper_told))]
    matter.timer_at = min((morning(day) for day in days if day is not None), default=None)


def _remind(matter: AgencyMatter, now: Now) -> None:
    on = _reminder(matter, now)
    if on is None or on > now.today:
        return
    preparing = matter.state in PREPARING
    due = matter.due if preparing else matter.upper_due
    assert due is not None
    if preparing:
        matter.reminded = due
    else:
        matter.upper_reminded = due
    left = now.calendar.workdays_between(on, due)
    matter.happened(MatterDueSoon, now.at, limit_kind=SUBMISSION if preparing else UPPER, due=due, remaining_days=left)


def _reminder(matter: AgencyMatter, now: Now) -> dt.date | None:
    """The day of the reminder still to be sent; none when there is no working day for it between the beginning and the end, or a day over was told."""
    if matter.state in PREPARING:
        due, reminded, told, since = matter.due, matter.reminded, matter.told, now.day_of(matter.start_at)
    else:
        assert matter.submitted_at is not None
        due, reminded, told, since = matter.upper_due, matter.upper_reminded, matter.upper_told, now.day_of(matter.submitted_at)
    if due is None or due == reminded or told or due <= since:
        return None
    day = workdays_before(now.calendar, due, matter.warn_days, since)
    return day if day > since else None


def _carry_over(matter: AgencyMatter, now: Now) -> None:
    """A reminder that was sent for another due day is not sent again, unless its day lies ahead again."""
    if matter.reminded is None or matter.due is None:
        return
    on = _reminder(matter, now)
    if on is not None and on <= now.today:
        matter.reminded = matter.due
