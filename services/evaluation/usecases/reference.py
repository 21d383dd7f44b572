"""Local copies of directory's reference data, each row with the version of the event it came from; older events are ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.evaluation import orm


def store_reference(db: Db, event: ReceivedEvent) -> None:
    """Take up a hall, a person or an item unless a newer event of it is here already."""
    with db.transaction() as tx:
        _STORERS[event.type](tx, event)


def _newer(tx: Transaction, table: sa.Table, key: str, values: dict[str, Any]) -> bool:
    """Upsert that only goes forward; whether it went."""
    statement = insert(table).values(**values)
    written = statement.on_conflict_do_update(
        index_elements=[key],
        set_={name: statement.excluded[name] for name in values if name != key},
        where=table.c.version < statement.excluded.version,
    ).returning(table.c[key])
    return tx.execute(written).first() is not None


def _hall(tx: Transaction, event: ReceivedEvent) -> None:
    data = event.data
    hall = {"hall_id": data["hall_id"], "region": data["region"], "name": data["name"], "version": event.version}
    if not _newer(tx, orm.halls, "hall_id", hall):
        return
    tx.execute(sa.delete(orm.windows).where(orm.windows.c.hall_id == data["hall_id"]))
    columns = ("window_id", "code", "name", "unit_id")
    rows = [{"hall_id": data["hall_id"], **{name: window[name] for name in columns}} for window in data["windows"]]
    if rows:
        statement = insert(orm.windows).values(rows)
        # A window that moved here may still be filed under its former hall until that hall's own event arrives.
        moved = {name: statement.excluded[name] for name in ("hall_id", "code", "name", "unit_id")}
        tx.execute(statement.on_conflict_do_update(index_elements=["window_id"], set_=moved))


def _staff(tx: Transaction, event: ReceivedEvent) -> None:
    columns = ("staff_id", "hall_id", "unit_id", "status")
    values = {name: event.data[name] for name in columns} | {"window_id": event.data.get("window_id"), "version": event.version}
    _newer(tx, orm.staff, "staff_id", values)


def _item(tx: Transaction, event: ReceivedEvent) -> None:
    values = {"item_id": event.data["item_id"], "name": event.data["name"], "version": event.version}
    _newer(tx, orm.items, "item_id", values)


_STORERS: dict[str, Callable[[Transaction, ReceivedEvent], None]] = {
    "directory.hall.changed": _hall,
    "directory.staff.changed": _staff,
    "directory.item.published": _item,
}
