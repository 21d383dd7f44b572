"""Halls, windows and guides as an enquiry needs them, from the local copies of directory's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Transaction
from chassis.errors import FailedPrecondition, NotFound
from services.intake import orm, reference
from services.intake.domain.enquiry_happenings import Desk
from services.intake.domain.told import ItemGuide

_GUIDE = ("item_id", "item_version", "name", "status", "immediate", "legal_days", "promised_days", "day_kind")


@dataclass(frozen=True)
class Hall:
    """A hall and the unit of each of its windows."""

    hall_id: str
    region: str
    name: str
    status: str
    windows: dict[str, Any]

    def unit_of(self, window_id: str, field: str) -> str:
        """Raises NotFound WINDOW_NOT_FOUND."""
        if window_id not in self.windows:
            raise NotFound("WINDOW_NOT_FOUND", f"{field}: no window {window_id} in this hall", window_id=window_id)
        return str(self.windows[window_id]["unit_id"])


def hall_of(tx: Transaction, hall_id: str) -> Hall:
    """The hall, open or closed, in the caller's scope. Raises NotFound HALL_NOT_FOUND."""
    table = orm.halls.c
    row = tx.execute(sa.select(table.region, table.name, table.status, table.windows).where(table.hall_id == hall_id)).one_or_none()
    if row is None:
        raise NotFound("HALL_NOT_FOUND", f"hall_id: no hall {hall_id}", hall_id=hall_id)
    tx.caller.require(row.region, hall_id)
    return Hall(hall_id, row.region, row.name, row.status, row.windows)


def open_hall(tx: Transaction, hall_id: str) -> Hall:
    """The same of a hall that takes questions. Raises FailedPrecondition HALL_CLOSED."""
    hall = hall_of(tx, hall_id)
    if hall.status != "active":
        raise FailedPrecondition("HALL_CLOSED", "the hall is closed", hall_id=hall_id)
    return hall


def name_of(tx: Transaction, hall_id: str) -> str:
    """The hall's name, for people."""
    return tx.execute(sa.select(orm.halls.c.name).where(orm.halls.c.hall_id == hall_id)).scalar() or hall_id


def addressed(tx: Transaction, hall: Hall, *, to_staff_id: str | None, to_window_id: str | None, to_unit_id: str | None) -> Desk:
    """Whom a ticket is passed on to: a person or a window of the hall, or a unit wherever it works.

    Raises NotFound STAFF_NOT_FOUND, WINDOW_NOT_FOUND, UNIT_NOT_FOUND.
    """
    window_unit = None if to_window_id is None else hall.unit_of(to_window_id, "to_window_id")
    if to_staff_id is not None:
        who, unit = reference.unit_of(tx, to_staff_id, hall.hall_id, "to_staff_id")
        return Desk(who, unit, to_window_id)
    if window_unit is not None:
        return Desk(None, window_unit, to_window_id)
    reference.require_unit(tx, str(to_unit_id))
    return Desk(None, str(to_unit_id), None)


def colleagues(tx: Transaction, hall_id: str, unit_id: str, *, besides: str) -> bool:
    """Whether a unit has anybody else in the hall today."""
    table, today = orm.stationings.c, workdays.beijing_date(tx.now)
    running = sa.and_(table.valid_from <= today, sa.or_(table.valid_to.is_(None), table.valid_to >= today))
    others = sa.exists().where(table.hall_id == hall_id, table.unit_id == unit_id, table.staff_id != besides, running)
    return bool(tx.execute(sa.select(others)).scalar())


def guide_of(tx: Transaction, item_id: str) -> ItemGuide:
    """The newest version of an item. Raises NotFound ITEM_NOT_FOUND."""
    table = orm.item_versions
    newest = sa.select(table).where(table.c.item_id == item_id).order_by(table.c.event_version.desc()).limit(1)
    row = tx.execute(newest).mappings().one_or_none()
    if row is None:
        raise NotFound("ITEM_NOT_FOUND", f"item_id: no item {item_id}", item_id=item_id)
    guide = row["guide"]
    return ItemGuide(
        **{name: row[name] for name in _GUIDE}, materials=tuple(row["materials"]), fees=tuple(row["fees"]), legal_basis=guide.get("legal_basis", ""),
        conditions=guide.get("conditions", ""), procedure=tuple(guide.get("procedure", ())),
    )  # fmt: skip
