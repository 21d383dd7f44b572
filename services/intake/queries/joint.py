"""Reads of joint handling: within the caller's scope, which for a member is the hall it sits in; paged by key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.listing import equal, one_page
from chassis.paging import Page
from chassis.sealing import Vault
from services.intake import joint_views, reference
from services.intake.domain.case import Case
from services.intake.domain.joint.conduct import JointConduct
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.inspections import JointInspection
from services.intake.domain.joint.meetings import JointMeeting
from services.intake.domain.joint.members import ASKED
from services.intake.domain.joint.notes import Note, note
from services.intake.domain.joint.slots import next_slot
from services.intake.domain.projection import COUNTED
from services.intake.domain.rules import Now, Rules
from services.intake.orm import halls
from services.intake.orm.joint import joint_conduct, joint_handlings, joint_inspections, joint_meetings, joint_members

Answer = dict[str, Any]
_H, _M = joint_handlings.c, joint_members.c


def get_handling(db: Db, rules: Rules, vault: Vault, *, handling_id: str | None, case_id: str | None) -> Answer:
    """One handling with its meetings' and inspections' records, by id, or the newest of a case. Raises NotFound JOINT_HANDLING_NOT_FOUND."""
    wanted = _H.handling_id == handling_id if handling_id else _H.case_id == case_id
    with db.read() as tx:
        found = newest(tx, wanted)
        if found is None:
            raise NotFound("JOINT_HANDLING_NOT_FOUND", "no such joint handling")
        if not any(tx.caller.allows(member.region, member.hall_id) for member in found.members):
            tx.caller.require(found.region, found.hall_id)
        mine = joint_inspections.c.handling_id == found.handling_id
        seen = tx.session.execute(sa.select(JointInspection).where(mine).order_by(joint_inspections.c.inspection_id)).scalars()
        return {
            **joint_views.handling_view(found, Now(tx.now, reference.book(tx), rules)),
            "inspections": [joint_views.inspection_view(inspection, vault) for inspection in seen],
        }


def newest(tx: Transaction, wanted: sa.ColumnElement[bool]) -> JointHandling | None:
    """The newest handling that fits."""
    query = sa.select(JointHandling).where(wanted).order_by(_H.handling_id.desc()).limit(1)
    return tx.session.execute(query).scalar_one_or_none()


def summary_of(tx: Transaction, case: Case) -> Answer | None:
    """What a case's answer says of its joint handling; None when it is not handled jointly."""
    handling = newest(tx, _H.case_id == case.case_id) if case.routing == "joint" else None
    if handling is None:
        return None
    said = note_of(tx, handling)
    return {
        "handling_id": handling.handling_id, "state": handling.state, "awaited_units": [member.unit_id for member in handling.awaited],
        "centre_verdict": handling.verdict, "next_step_zh": said.zh, "next_step_en": said.en,
    }  # fmt: skip


def awaited_in(tx: Transaction, case: Case) -> Note | None:
    """What a joint case that is not decided yet waits for, for its applicant."""
    handling = newest(tx, _H.case_id == case.case_id) if case.routing == "joint" and case.state in COUNTED else None
    return None if handling is None else note_of(tx, handling)


def note_of(tx: Transaction, handling: JointHandling) -> Note:
    """What it waits for, with units by name."""
    places = {handling.hall_id, *(member.hall_id for member in handling.members)}
    rows = tx.execute(sa.select(halls.c.units).where(halls.c.hall_id.in_(places)))
    return note(handling, {unit: name for (units,) in rows for unit, name in units.items()})


def list_handlings(db: Db, rules: Rules, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """Newest first."""
    with db.read() as tx:
        now = Now(tx.now, reference.book(tx), rules)
        member = sa.select(_M.handling_id).where(tx.caller.where(_M.region, _M.hall_id))
        scope = sa.or_(tx.caller.where(_H.region, _H.hall_id), _H.handling_id.in_(member))
        seen = sa.and_(scope, *_handling_filters(filters))
        found = one_page(tx, sa.select(JointHandling).where(seen), [_H.handling_id], _page(page_size, page_token), newest_first=True)
        return found.answer("handlings", lambda handling: joint_views.handling_view(handling, now))


def _handling_filters(filters: Answer) -> list[sa.ColumnElement[bool]]:
    found = equal(joint_handlings, {name: filters[name] for name in ("hall_id", "state", "lead_unit_id", "case_id")})
    of_member = [_M.unit_id == filters["member_unit_id"]] if filters["member_unit_id"] is not None else []
    if filters["overdue_only"]:
        of_member += [_M.state == ASKED, _M.overdue_days > 0]
    if filters["due_from"] is not None:
        of_member += [_M.state == ASKED, _M.due >= filters["due_from"]]
    if filters["due_to"] is not None:
        of_member += [_M.state == ASKED, _M.due <= filters["due_to"]]
    if of_member:
        # One member has to fit all of it: "this unit, and late".
        found.append(_H.handling_id.in_(sa.select(_M.handling_id).where(*of_member)))
    return found


def list_meetings(db: Db, rules: Rules, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """The newest call first, with the next regular slot."""
    table = joint_meetings.c
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(table.region, table.hall_id), *_meeting_filters(filters))
        found = one_page(tx, sa.select(JointMeeting).where(seen), [table.meeting_id], _page(page_size, page_token), newest_first=True)
        return {**found.answer("meetings", joint_views.meeting_view), "next_regular_at": next_slot(Now(tx.now, reference.book(tx), rules))}


def _meeting_filters(filters: Answer) -> list[sa.ColumnElement[bool]]:
    table = joint_meetings.c
    found = equal(joint_meetings, {name: filters[name] for name in ("hall_id", "state", "kind")})
    if filters["handling_id"] is not None:
        found.append(table.agenda.contains([{"handling_id": filters["handling_id"]}]))
    if filters["unit_id"] is not None:
        found.append(table.units.contains([filters["unit_id"]]))
    if filters["day_from"] is not None:
        found.append(table.starts_at >= _morning(filters["day_from"]))
    if filters["day_to"] is not None:
        found.append(table.starts_at < _morning(filters["day_to"] + dt.timedelta(days=1)))
    return found


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), workdays.BEIJING)


def list_conduct(db: Db, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """Reports of conduct, newest first."""
    table = joint_conduct.c
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(table.region, table.hall_id), *equal(joint_conduct, filters))
        found = one_page(tx, sa.select(JointConduct).where(seen), [table.conduct_id], _page(page_size, page_token), newest_first=True)
        return found.answer("conduct", joint_views.conduct_view)


def _page(page_size: int | None, page_token: str | None) -> Page:
    return Page.of(page_size, page_token, types=(str,))
