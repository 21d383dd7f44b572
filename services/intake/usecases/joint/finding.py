"""Finding and locking what commands on joint handling are about, and whom they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Transaction
from chassis.errors import FailedPrecondition
from services.intake import reference
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.meetings import JointMeeting, Seat
from services.intake.domain.rules import Now, Rules
from services.intake.orm import stationings


def circumstances(tx: Transaction, rules: Rules) -> Now:
    """The circumstances of a command."""
    return Now(tx.now, reference.book(tx), rules)


def locked(tx: Transaction, handling_id: str, now: Now) -> JointHandling:
    """The handling, locked, in the caller's scope and in line with the calendar."""
    handling = tx.get(JointHandling, handling_id, for_update=True)
    tx.caller.require(handling.region, handling.hall_id)
    handling.catch_up(now)
    return handling


def locked_for(tx: Transaction, handling_id: str, unit_id: str, now: Now) -> JointHandling:
    """The same for a member, whose own hall is enough: the lead's hall may be another one than that of the people who are asked."""
    handling = tx.get(JointHandling, handling_id, for_update=True)
    if not any(m.unit_id == unit_id and tx.caller.allows(m.region, m.hall_id) for m in handling.members):
        tx.caller.require(handling.region, handling.hall_id)
    handling.catch_up(now)
    return handling


def on_agenda(tx: Transaction, meeting: JointMeeting, now: Now) -> list[JointHandling]:
    """The handlings of a locked meeting, locked in one order."""
    return [_caught_up(tx.get(JointHandling, handling_id, for_update=True), now) for handling_id in meeting.handling_ids]


def _caught_up(handling: JointHandling, now: Now) -> JointHandling:
    handling.catch_up(now)
    return handling


def place_of(tx: Transaction, unit_id: str, region: str, hall_id: str) -> tuple[str, str]:
    """(region, hall) where people of the unit are stationed today: this hall if any are here, else one of the region.

    Raises NotFound UNIT_NOT_FOUND, FailedPrecondition UNIT_NOT_STATIONED.
    """
    table, today = stationings.c, workdays.beijing_date(tx.now)
    today_there = sa.and_(table.valid_from <= today, sa.or_(table.valid_to.is_(None), table.valid_to >= today))
    near = sa.or_(table.hall_id == hall_id, table.region == region, table.region.startswith(region + ".", autoescape=True))
    query = sa.select(table.region, table.hall_id).where(table.unit_id == unit_id, today_there, near)
    row = tx.execute(query.order_by(table.hall_id != hall_id, table.hall_id).limit(1)).one_or_none()
    if row is not None:
        return row.region, row.hall_id
    reference.require_unit(tx, unit_id)
    raise FailedPrecondition("UNIT_NOT_STATIONED", f"{unit_id} has nobody in this hall or region", unit_id=unit_id)


def require_person_of(tx: Transaction, staff_id: str, unit_id: str, field: str) -> None:
    """Raises NotFound STAFF_NOT_FOUND, FailedPrecondition HANDLER_OF_OTHER_UNIT."""
    if reference.unit_anywhere(tx, staff_id, field, unit_id) != unit_id:
        raise FailedPrecondition("HANDLER_OF_OTHER_UNIT", f"{field}: {staff_id} is of another unit", handler_id=staff_id, unit_id=unit_id)


def seats(tx: Transaction, said: Iterable[dict[str, Any]], field: str) -> list[Seat]:
    """Who was there, each a person of the unit."""
    found = [Seat(**one) for one in said]
    for seat in found:
        if seat.staff_id is not None:
            require_person_of(tx, seat.staff_id, seat.unit_id, f"{field}.staff_id")
    return found
