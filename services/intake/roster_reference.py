"""What rosters, appointments and visits have to know of directory's data: windows, items and people on a day to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from chassis.errors import FailedPrecondition, NotFound
from services.intake import orm


@dataclass(frozen=True)
class Hall:
    """An open hall with its windows by id."""

    hall_id: str
    region: str
    name: str
    windows: Mapping[str, Mapping[str, Any]]

    def window(self, window_id: str) -> Mapping[str, Any]:
        """Raises NotFound WINDOW_NOT_FOUND."""
        found = self.windows.get(window_id)
        if found is None:
            raise NotFound("WINDOW_NOT_FOUND", f"window_id: no window {window_id} in this hall", window_id=window_id)
        return found

    def windows_of(self, unit_id: str) -> list[str]:
        """The windows that take items of a unit: its own and the comprehensive ones (综合窗口)."""
        return [name for name, window in self.windows.items() if window["kind"] != "unit" or window["unit_id"] == unit_id]


def open_hall(tx: Transaction, hall_id: str) -> Hall:
    """The hall, in the caller's scope. Raises NotFound HALL_NOT_FOUND, FailedPrecondition HALL_CLOSED."""
    table = orm.halls.c
    columns = (table.hall_id, table.region, table.name, table.windows, table.status)
    row = tx.execute(sa.select(*columns).where(table.hall_id == hall_id)).one_or_none()
    if row is None:
        raise NotFound("HALL_NOT_FOUND", f"hall_id: no hall {hall_id}", hall_id=hall_id)
    tx.caller.require(row.region, hall_id)
    if row.status != "active":
        raise FailedPrecondition("HALL_CLOSED", "the hall is closed", hall_id=hall_id)
    return Hall(row.hall_id, row.region, row.name, row.windows)


@dataclass(frozen=True)
class Handled:
    """Which unit handles an item, and the last day on which it does if that is known."""

    unit_id: str
    until: dt.date | None


def handled(tx: Transaction, hall_id: str, item_id: str, day: dt.date) -> Handled:
    """Who handles an item in a hall on a day to come.

    Raises NotFound ITEM_NOT_FOUND; FailedPrecondition ITEM_NOT_IN_HALL, ITEM_OF_OTHER_HALL.
    """
    table = orm.item_versions
    newest = sa.select(table).where(table.c.item_id == item_id).order_by(table.c.event_version.desc()).limit(1)
    row = tx.execute(newest).one_or_none()
    if row is None:
        raise NotFound("ITEM_NOT_FOUND", f"item_id: no item {item_id}", item_id=item_id)
    cancelled = row.cancelled_on is not None and row.cancelled_on <= day
    if cancelled or row.status != "in_hall":
        status = "cancelled" if cancelled else row.status
        raise FailedPrecondition("ITEM_NOT_IN_HALL", f"the item is {status}", item_id=item_id, status=status)
    if row.hall_id not in (None, hall_id):
        raise FailedPrecondition("ITEM_OF_OTHER_HALL", f"the item is handled in {row.hall_id}", item_id=item_id, hall_id=row.hall_id)
    return Handled(row.unit_id, None if row.cancelled_on is None else row.cancelled_on - dt.timedelta(days=1))


def require_stationed(tx: Transaction, hall_id: str, staff_ids: Sequence[str], day: dt.date) -> None:
    """Raise NotFound STAFF_NOT_FOUND unless everybody is stationed in the hall on the day."""
    table = orm.stationings.c
    running = sa.and_(table.valid_from <= day, sa.or_(table.valid_to.is_(None), table.valid_to >= day))
    query = sa.select(table.staff_id).where(table.hall_id == hall_id, table.staff_id.in_(staff_ids), running)
    missing = sorted(set(staff_ids) - set(tx.execute(query).scalars()))
    if missing:
        raise NotFound("STAFF_NOT_FOUND", f"staff_ids: {', '.join(missing)} not stationed in this hall on {day}", staff_id=missing[0])
