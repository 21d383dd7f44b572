"""Local copies of directory's halls with their windows, and of staff; newest wins (`chassis.copies`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.copies import keep_newest, keep_parts, of_type
from chassis.database import Db
from chassis.events import ReceivedEvent
from services.supervision import orm

Row = dict[str, Any]


def store_reference(db: Db, batch: Sequence[ReceivedEvent]) -> None:
    """Take up halls and people; the order within the batch does not matter."""
    with db.transaction() as tx:
        halls = keep_newest(tx, orm.halls, of_type(batch, "directory.hall.changed"), hall_row)
        keep_parts(tx, orm.windows, halls, window_rows, owner="hall_id")
        keep_newest(tx, orm.staff, of_type(batch, "directory.staff.changed"), staff_row)


def hall_row(event: ReceivedEvent) -> Row:
    """Where and what it is."""
    return {name: event.data[name] for name in ("hall_id", "region", "name")}


def window_rows(event: ReceivedEvent) -> list[Row]:
    """Every window of a hall."""
    return [{name: window[name] for name in ("window_id", "unit_id", "name")} for window in event.data["windows"]]


def staff_row(event: ReceivedEvent) -> Row:
    """Where a person is stationed."""
    return {name: event.data[name] for name in ("staff_id", "hall_id", "unit_id")} | {"window_id": event.data.get("window_id")}
