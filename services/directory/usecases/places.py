"""Regions, halls, units and windows. A change of a unit or window is a change of its hall and is told as such."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from services.directory import orm
from services.directory.domain.places import Hall, Region, Unit, Window, check_parent
from services.directory.domain.regions import check_path, code_of, level_of, parent_of
from services.directory.usecases import history


def upsert_region(db: Db, *, region: str, name: str) -> Region:
    """Name a node of the tree; the first node is the root, every other hangs below one that exists."""
    check_path(region)
    with db.transaction() as tx:
        tx.caller.require(region, None)
        found = tx.find(Region, region, for_update=True)
        if found is None:
            parent = _parent_region(tx, region)
            found = Region(region, name, code_of(region), level_of(region), parent)
            tx.add(found)
        elif not history.apply(found, {"name": name}):
            return found
        found.version += 1
        history.record(tx, "region", region, found)
        return found


def _parent_region(tx: Transaction, region: str) -> str | None:
    parent = parent_of(region)
    if parent is not None and tx.find(Region, parent) is not None:
        return parent
    if tx.execute(sa.select(sa.exists().where(orm.regions.c.region.is_not(None)))).scalar():
        raise NotFound("REGION_PARENT_NOT_FOUND", f"region: nothing above {region} exists", region=region)
    return None


def upsert_hall(db: Db, *, hall_id: str, **values: Any) -> Hall:
    """Describe a hall; its region is fixed once, because everything in it is placed by it."""
    with db.transaction() as tx:
        tx.caller.require(values["region"], hall_id)
        if tx.find(Region, values["region"]) is None:
            raise NotFound("REGION_NOT_FOUND", f"region: {values['region']} is not in the tree", region=values["region"])
        found = tx.find(Hall, hall_id, for_update=True)
        if found is None:
            found = Hall(hall_id=hall_id, **values)
            _check_hall(tx, found)
            tx.add(found)
        else:
            if found.region != values["region"]:
                raise FailedPrecondition("HALL_REGION_FIXED", f"region: the hall lies in {found.region}", hall_id=hall_id)
            if not history.apply(found, values):
                return found
            _check_hall(tx, found)
        return announce(tx, found, "hall", hall_id, found)


def _check_hall(tx: Transaction, hall: Hall) -> None:
    hall.check()
    if hall.parent_id is not None:
        parent = tx.find(Hall, hall.parent_id)
        if parent is None:
            raise NotFound("HALL_PARENT_NOT_FOUND", f"parent_id: no hall {hall.parent_id}", hall_id=hall.parent_id)
        check_parent(hall, parent)


def upsert_unit(db: Db, *, unit_id: str, hall_id: str, **values: Any) -> Unit:
    """Describe a window unit of a hall."""
    with db.transaction() as tx:
        hall = locked_hall(tx, hall_id)
        found = tx.find(Unit, unit_id)
        if found is None:
            found = Unit(unit_id=unit_id, region=hall.region, hall_id=hall_id, **values)
            tx.add(found)
        else:
            if found.hall_id != hall_id:
                raise FailedPrecondition("UNIT_HALL_FIXED", f"hall_id: the unit belongs to {found.hall_id}", unit_id=unit_id)
            if not history.apply(found, values):
                return found
        found.version += 1
        announce(tx, hall, "unit", unit_id, found)
        return found


def upsert_window(db: Db, *, window_id: str, hall_id: str, **values: Any) -> Window:
    """Describe a window of a hall, operated by a unit of the same hall."""
    with db.transaction() as tx:
        hall = locked_hall(tx, hall_id)
        unit = tx.get(Unit, values["unit_id"])
        if unit.hall_id != hall_id:
            raise FailedPrecondition("UNIT_OF_OTHER_HALL", f"unit_id: the unit belongs to {unit.hall_id}", unit_id=unit.unit_id)
        found = tx.find(Window, window_id)
        if found is not None and found.hall_id != hall_id:
            raise FailedPrecondition("WINDOW_HALL_FIXED", f"hall_id: the window stands in {found.hall_id}", window_id=window_id)
        _check_code(tx, hall_id, window_id, values["code"])
        if found is None:
            found = Window(window_id=window_id, region=hall.region, hall_id=hall_id, **values)
            tx.add(found)
        elif not history.apply(found, values):
            return found
        found.version += 1
        announce(tx, hall, "window", window_id, found)
        return found


def _check_code(tx: Transaction, hall_id: str, window_id: str, code: str) -> None:
    table = orm.windows.c
    query = sa.select(table.window_id).where(table.hall_id == hall_id, table.code == code, table.window_id != window_id)
    taken = tx.execute(query).scalar()
    if taken is not None:
        raise AlreadyExists("WINDOW_CODE_TAKEN", f"code: {code} is window {taken}", window_id=taken)


def locked_hall(tx: Transaction, hall_id: str) -> Hall:
    """The hall, locked: changes within one hall happen one after the other. Checks the caller's scope."""
    hall = tx.get(Hall, hall_id, for_update=True)
    tx.caller.require(hall.region, hall.hall_id)
    return hall


def announce(tx: Transaction, hall: Hall, kind: str, subject_id: str, changed: Any) -> Hall:
    """Tell the hall as it is now, and write the history of what changed in it."""
    tx.session.flush()
    units = tx.session.execute(
        sa.select(Unit).where(orm.units.c.hall_id == hall.hall_id, orm.units.c.status == "active").order_by(orm.units.c.unit_id)
    ).scalars()
    windows = tx.session.execute(
        sa.select(Window).where(orm.windows.c.hall_id == hall.hall_id, orm.windows.c.status == "active").order_by(orm.windows.c.window_id)
    ).scalars()
    hall.announce(
        tuple({"unit_id": unit.unit_id, "name": unit.name} for unit in units),
        tuple({name: getattr(window, name) for name in ("window_id", "code", "name", "unit_id", "kind")} for window in windows),
        at=tx.now,
    )
    history.record(tx, kind, subject_id, changed)
    return hall
