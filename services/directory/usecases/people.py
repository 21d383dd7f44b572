"""Staff, their stationing, and delegations of chief representatives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition
from services.directory import orm
from services.directory.domain.delegations import Delegation
from services.directory.domain.items import Item
from services.directory.domain.places import Unit, Window
from services.directory.domain.staff import Post, Staff
from services.directory.usecases.places import locked_hall
from services.directory.views import delegation_view, today_in


def upsert_staff(db: Db, *, staff_id: str, name: str, valid_from: dt.date, valid_to: dt.date | None, **post: Any) -> Staff:
    """Station a person; see `Staff.station` for correction and transfer."""
    with db.transaction() as tx:
        hall = locked_hall(tx, post["hall_id"])
        where = Post(region=hall.region, **post)
        _check_post(tx, where)
        person = tx.find(Staff, staff_id, for_update=True)
        if person is None:
            person = Staff(staff_id, name, hall.region, hall.hall_id)
            tx.add(person)
        else:
            tx.caller.require(person.region, person.hall_id)
        _check_pin(tx, staff_id, where, valid_from, valid_to)
        before = person.version
        person.station(where, valid_from=valid_from, valid_to=valid_to, stationing_id=tx.new_id(), at=tx.now)
        if person.version == before:
            person.rename(name, at=tx.now)
        else:
            person.name = name
        return person


def _check_post(tx: Transaction, post: Post) -> None:
    unit = tx.get(Unit, post.unit_id)
    if unit.hall_id != post.hall_id:
        raise FailedPrecondition("UNIT_OF_OTHER_HALL", f"unit_id: the unit belongs to {unit.hall_id}", unit_id=unit.unit_id)
    if post.window_id is not None and tx.get(Window, post.window_id).hall_id != post.hall_id:
        raise FailedPrecondition("WINDOW_OF_OTHER_HALL", "window_id: stands in another hall", window_id=post.window_id)


def _check_pin(tx: Transaction, staff_id: str, post: Post, first: dt.date, last: dt.date | None) -> None:
    # The hall's row is locked: nobody else can take the number between this look and the commit.
    table = orm.stationings.c
    overlaps = sa.or_(table.valid_to.is_(None), table.valid_to >= first)
    if last is not None:
        overlaps = sa.and_(overlaps, table.valid_from <= last)
    query = sa.select(table.staff_id).where(table.hall_id == post.hall_id, table.pin == post.pin, table.staff_id != staff_id, overlaps)
    taken = tx.execute(query.limit(1)).scalar()
    if taken is not None:
        raise AlreadyExists("PIN_TAKEN", f"pin: {post.pin} is {taken}'s number in this hall", staff_id=taken)


def end_stationing(db: Db, *, staff_id: str, valid_to: dt.date) -> Staff:
    """The person leaves the hall after `valid_to`."""
    with db.transaction() as tx:
        person = tx.get(Staff, staff_id, for_update=True)
        tx.caller.require(person.region, person.hall_id)
        person.end(valid_to, at=tx.now)
        return person


def upsert_delegation(db: Db, *, delegation_id: str, unit_id: str, staff_id: str, **values: Any) -> dict[str, Any]:
    """Record a signed delegation, or correct one that is not revoked."""
    with db.transaction() as tx:
        unit = tx.get(Unit, unit_id)
        tx.caller.require(unit.region, unit.hall_id)
        _check_delegate(tx, unit, staff_id, values["item_ids"])
        given = {"unit_id": unit_id, "staff_id": staff_id, "region": unit.region, "hall_id": unit.hall_id, **values}
        found = tx.find(Delegation, delegation_id, for_update=True)
        if found is None:
            found = Delegation(delegation_id, **given)
            tx.add(found)
        else:
            tx.caller.require(found.region, found.hall_id)
            if found.revoked_on is not None:
                raise FailedPrecondition("DELEGATION_REVOKED", f"revoked on {found.revoked_on}", delegation_id=delegation_id)
            if all(getattr(found, name) == value for name, value in given.items()):
                return delegation_view(tx, found)
            for name, value in given.items():
                setattr(found, name, value)
        found.sign(at=tx.now)
        return delegation_view(tx, found)


def _check_delegate(tx: Transaction, unit: Unit, staff_id: str, item_ids: list[str]) -> None:
    current = tx.get(Staff, staff_id).current()
    if current is None or current.unit_id != unit.unit_id:
        raise FailedPrecondition("STAFF_OF_OTHER_UNIT", "staff_id: not stationed by this unit", staff_id=staff_id)
    for item_id in item_ids:
        if tx.get(Item, item_id).unit_id != unit.unit_id:
            raise FailedPrecondition("ITEM_OF_OTHER_UNIT", f"item_ids: {item_id} is another unit's", item_id=item_id)


def revoke_delegation(db: Db, *, delegation_id: str, reason: str) -> dict[str, Any]:
    """Take a delegation back from today."""
    with db.transaction() as tx:
        found = tx.get(Delegation, delegation_id, for_update=True)
        tx.caller.require(found.region, found.hall_id)
        found.revoke(on=today_in(tx, found.hall_id), reason=reason, at=tx.now)
        return delegation_view(tx, found)
