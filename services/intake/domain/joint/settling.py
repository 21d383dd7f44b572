"""Bringing what was told of working days over in line with the truth: of each member, and of the limit that the centre set for the whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from services.intake.domain.joint import clock
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.members import Member
from services.intake.domain.rules import Now

if TYPE_CHECKING:
    from services.intake.domain.joint.handling import JointHandling

Told = list[dict[str, Any]]


def settle_member(handling: JointHandling, member: Member, now: Now, cause: str) -> None:
    """Withdraw what does not hold of a member's days over, tell what nobody told."""
    wrong, missing = clock.compare(member.told, clock.days_over(member.due, handling.standing, now))
    told = _withdraw(handling, member.told, wrong, member.unit_id, now, cause)
    for number, day in missing:
        handling.happened(h.MemberOverdue, now.at, unit_id=member.unit_id, due=member.due, overdue_days=number, as_of=day)
        told = _kept(told, number, day, handling.version)
    member.told, member.overdue_days = told, len(told)


def settle_limit(handling: JointHandling, now: Now, cause: str) -> None:
    """The same for the limit of the whole, if the centre has set one."""
    limit = handling.limit
    if limit is None:
        return
    handling.limit_due = clock.due_day(dt.datetime.fromisoformat(limit["began"]), limit["days"], handling.standing, now).day
    wrong, missing = clock.compare(limit["told"], clock.days_over(handling.limit_due, handling.standing, now))
    told = _withdraw(handling, limit["told"], wrong, None, now, cause)
    for number, day in missing:
        handling.happened(h.LimitOverdue, now.at, number=limit["number"], due=handling.limit_due, overdue_days=number, as_of=day)
        told = _kept(told, number, day, handling.version)
    handling.limit, handling.limit_overdue_days = {**limit, "told": told}, len(told)


def next_look(handling: JointHandling, asked: list[Member], now: Now) -> dt.datetime | None:
    """When the next day over of any of them begins."""
    looks = [member.next_look(handling.standing, now) for member in asked]
    if handling.limit is not None:
        looks.append(clock.next_look(handling.limit_due, handling.standing, len(handling.limit["told"]), now))
    return min((moment for moment in looks if moment is not None), default=None)


def _withdraw(handling: JointHandling, told: Told, wrong: Told, unit_id: str | None, now: Now, cause: str) -> Told:
    if wrong:
        handling.happened(h.OverdueWithdrawn, now.at, unit_id=unit_id, cause=cause, facts=tuple(wrong))
    return [fact for fact in told if fact not in wrong]


def _kept(told: Told, number: int, day: dt.date, version: int) -> Told:
    fact = {"overdue_days": number, "as_of": day.isoformat(), "version": version}
    return sorted([*told, fact], key=lambda one: int(one["overdue_days"]))
