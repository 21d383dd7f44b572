"""Local copies of directory's reference data, each row with the version of the event it came from; older events are ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.notifications import orm


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
    values = {name: data[name] for name in ("hall_id", "region", "name", "zone")} | {"version": event.version}
    if not _newer(tx, orm.halls, "hall_id", values):
        return
    tx.execute(sa.delete(orm.windows).where(orm.windows.c.hall_id == data["hall_id"]))
    rows = [{"hall_id": data["hall_id"], "window_id": w["window_id"], "name": w["name"]} for w in data["windows"]]
    if rows:
        statement = insert(orm.windows).values(rows)
        moved = {name: statement.excluded[name] for name in ("hall_id", "name")}
        tx.execute(statement.on_conflict_do_update(index_elements=["window_id"], set_=moved))


def _staff(tx: Transaction, event: ReceivedEvent) -> None:
    columns = ("staff_id", "name", "hall_id", "unit_id", "post", "status")
    own = {"window_id": event.data.get("window_id"), "region": event.region, "version": event.version}
    _newer(tx, orm.staff, "staff_id", {name: event.data[name] for name in columns} | own)


def _item(tx: Transaction, event: ReceivedEvent) -> None:
    values = {"item_id": event.data["item_id"], "name": event.data["name"], "version": event.version}
    _newer(tx, orm.items, "item_id", values)


_STORERS: dict[str, Callable[[Transaction, ReceivedEvent], None]] = {
    "directory.hall.changed": _hall,
    "directory.staff.changed": _staff,
    "directory.item.published": _item,
}
