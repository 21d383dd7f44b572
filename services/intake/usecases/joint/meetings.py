"""Commands on a meeting: call, add to its agenda, move, cancel, write down who came and what was resolved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, Violation
from services.intake import joint_views, reference
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.meetings import PLANNED, REGULAR, JointMeeting, Point
from services.intake.domain.joint.slots import next_slot
from services.intake.domain.rules import Now, Rules
from services.intake.orm.joint import joint_meetings
from services.intake.usecases.joint import finding

Answer = dict[str, Any]


def schedule_meeting(
    db: Db, rules: Rules, *, hall_id: str, kind: str, starts_at: dt.datetime | None, staff_id: str | None, **said: Any
) -> Answer:
    """Call a meeting: at the next regular slot, or ad hoc at a given time with a reason (`handling_ids`, `unit_ids`, `place`, `reason`)."""
    with db.transaction() as tx:
        now = finding.circumstances(tx, rules)
        region = reference.region_of_hall(tx, hall_id)
        tx.caller.require(region, hall_id)
        by, _unit = reference.unit_of(tx, staff_id, hall_id, "staff_id")
        at = _time(tx, hall_id, kind, starts_at, now)
        meeting = JointMeeting(
            meeting_id=tx.new_id(), region=region, hall_id=hall_id, kind=kind, starts_at=at, place=said["place"], reason=said["reason"],
            called_by=by, called_at=tx.now,
        )  # fmt: skip
        handlings = _agenda(tx, meeting, said["handling_ids"], now)
        _check_units(tx, meeting, said["unit_ids"])
        tx.add(meeting.schedule(map(_point, handlings), said["unit_ids"], now=now))
        _tell(meeting, handlings, now)
        return joint_views.meeting_view(meeting)


def _time(tx: Transaction, hall_id: str, kind: str, starts_at: dt.datetime | None, now: Now) -> dt.datetime:
    if kind != REGULAR:
        if starts_at is None:
            raise InvalidArgument("MEETING_TIME_REQUIRED", "starts_at: when", violations=[Violation("starts_at", "required when ad hoc")])
        return starts_at.astimezone(dt.UTC)
    if starts_at is not None:
        text = "the regular slot follows from the settings"
        raise InvalidArgument("MEETING_TIME_GIVEN", f"starts_at: {text}", violations=[Violation("starts_at", text)])
    slot = next_slot(now)
    # Two who call the same regular meeting wait for each other, and the second learns of the first's.
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"joint_meeting/{hall_id}", 0))))
    table = joint_meetings.c
    same = sa.and_(table.hall_id == hall_id, table.kind == REGULAR, table.starts_at == slot, table.state == PLANNED)
    known = tx.execute(sa.select(table.meeting_id).where(same)).scalar()
    if known is not None:
        raise AlreadyExists("MEETING_EXISTS", f"the regular meeting of {slot.isoformat()} is called: add to its agenda", meeting_id=known)
    return slot


def put_on_agenda(db: Db, rules: Rules, *, meeting_id: str, handling_ids: list[str], unit_ids: list[str]) -> Answer:
    """Add handlings and units to a planned meeting."""
    with db.transaction() as tx:
        meeting, now = _locked(tx, meeting_id, rules)
        handlings = _agenda(tx, meeting, handling_ids, now)
        _check_units(tx, meeting, unit_ids)
        meeting.put_on_agenda(map(_point, handlings), unit_ids, now=now)
        _tell(meeting, handlings, now)
        return joint_views.meeting_view(meeting)


def move_meeting(db: Db, rules: Rules, *, meeting_id: str, starts_at: dt.datetime, staff_id: str | None, **said: Any) -> Answer:
    """Another time or room (`place`, `reason`)."""
    with db.transaction() as tx:
        meeting, now = _locked(tx, meeting_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, meeting.hall_id, "staff_id")
        meeting.move(starts_at.astimezone(dt.UTC), by=by, now=now, **said)
        return _told(tx, meeting, now)


def cancel_meeting(db: Db, rules: Rules, *, meeting_id: str, reason: str, staff_id: str | None) -> Answer:
    """It does not take place; members that wait for it wait for the next, or are asked without one."""
    with db.transaction() as tx:
        meeting, now = _locked(tx, meeting_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, meeting.hall_id, "staff_id")
        meeting.cancel(reason, by=by, now=now)
        return _told(tx, meeting, now)


def record_attendance(db: Db, rules: Rules, *, meeting_id: str, attendance: list[Answer]) -> Answer:
    """Who came, by unit."""
    with db.transaction() as tx:
        meeting, now = _locked(tx, meeting_id, rules)
        meeting.attend(finding.seats(tx, attendance, "attendance"), now=now)
        return _told(tx, meeting, now)


def record_minutes(db: Db, rules: Rules, *, meeting_id: str, resolutions: list[Answer], staff_id: str | None, **written: str) -> Answer:
    """The minutes (`minutes_no`, `minutes`), with a resolution for each handling; members that waited for the meeting are asked with them."""
    with db.transaction() as tx:
        meeting, now = _locked(tx, meeting_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, meeting.hall_id, "staff_id")
        resolved = {one["handling_id"]: one["resolution"] for one in resolutions}
        meeting.minute(written["minutes_no"], written["minutes"], resolved, by=by, now=now)
        return _told(tx, meeting, now)


def _locked(tx: Transaction, meeting_id: str, rules: Rules) -> tuple[JointMeeting, Now]:
    meeting = tx.get(JointMeeting, meeting_id, for_update=True)
    tx.caller.require(meeting.region, meeting.hall_id)
    return meeting, finding.circumstances(tx, rules)


def _agenda(tx: Transaction, meeting: JointMeeting, handling_ids: list[str], now: Now) -> list[JointHandling]:
    """Running handlings of the meeting's hall, locked in one order."""
    found = [finding.locked(tx, handling_id, now) for handling_id in sorted(set(handling_ids))]
    for handling in found:
        handling.require_running()
        if handling.hall_id != meeting.hall_id:
            raise FailedPrecondition(
                "HANDLING_OF_OTHER_HALL",
                f"{handling.handling_id} is of another hall",
                handling_id=handling.handling_id,
                hall_id=handling.hall_id,
            )
    return found


def _check_units(tx: Transaction, meeting: JointMeeting, unit_ids: list[str]) -> None:
    for unit_id in unit_ids:
        finding.place_of(tx, unit_id, meeting.region, meeting.hall_id)


def _point(handling: JointHandling) -> Point:
    units = (handling.lead_unit_id, *(member.unit_id for member in handling.members))
    return Point(handling.handling_id, handling.case_id, handling.case_no, units)


def _told(tx: Transaction, meeting: JointMeeting, now: Now) -> Answer:
    _tell(meeting, finding.on_agenda(tx, meeting, now), now)
    return joint_views.meeting_view(meeting)


def _tell(meeting: JointMeeting, handlings: list[JointHandling], now: Now) -> None:
    for handling in handlings:
        handling.meet(meeting.meeting_id, meeting.state, meeting.starts_at, now)
