"""Entries of the agency register and hand-overs as the dicts that the answers show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import workdays
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import OPEN, PREPARING, SUBMITTED
from services.intake.domain.handovers import HandOver
from services.intake.domain.own_limits import days_over
from services.intake.domain.rules import Now
from services.intake.orm.agency import agency_matters, handovers

_KEPT_BACK = frozenset(
    (
        "stops",
        "told",
        "upper_told",
        "reminded",
        "upper_reminded",
        "timer_at",
        "calendar_edition",
        "start_at",
        "channel",
        "first_overdue_days",
    )
)


def matter_view(matter: AgencyMatter, now: Now) -> dict[str, Any]:
    """The entry; days over as they are now, told or not."""
    plain = {column.name: getattr(matter, column.name) for column in agency_matters.c if column.name not in _KEPT_BACK}
    submitting, waiting = matter.state in PREPARING, matter.state == SUBMITTED
    own, upper = len(matter.told), len(matter.upper_told)
    return {
        **plain,
        "overdue_days": max(own, len(days_over(now.calendar, matter.due, now.today, matter.stopped))) if submitting else own,
        "upper_overdue_days": max(upper, len(days_over(now.calendar, matter.upper_due, now.today))) if waiting else upper,
        "stopped": submitting and matter.due is None,
        "age_days": age(matter.registered_on, now) if matter.state in OPEN else None,
        "notice_minutes": _minutes(matter.returned_at, matter.notified_at),
        "promise_kept": _kept(matter),
    }


def age(registered_on: dt.date, now: Now) -> int:
    """Working days since the registration, its own day not counted."""
    return now.calendar.workdays_between(registered_on, now.today)


def _minutes(since: dt.datetime | None, until: dt.datetime | None) -> int | None:
    return None if since is None or until is None else int((until - since).total_seconds() // 60)


def _kept(matter: AgencyMatter) -> bool | None:
    if matter.submitted_at is None or matter.promised_on is None:
        return None
    return workdays.beijing_date(matter.submitted_at) <= matter.promised_on


def handover_view(handover: HandOver) -> dict[str, Any]:
    """The hand-over; `overdue_days` are those told."""
    kept_back = ("told", "timer_at", "calendar_edition", "channel")
    plain = {column.name: getattr(handover, column.name) for column in handovers.c if column.name not in kept_back}
    return {**plain, "overdue_days": len(handover.told), "urging_count": len(handover.urgings)}
