"""Local copies of what another service owns: upserted from its events, newest first, whatever the order in which they arrive.

A copy never goes back: each row keeps the version that it was last written with, and only a higher one overwrites it. Rows are therefore never deleted, an
ended subject is marked as ended: the row that is left is what keeps a late, older event from bringing it back to life. Only parts that an event lists in
full (the windows of a hall) may go, see `keep_parts`.

A batch may hold several versions of one row: it costs one statement a table, and rows are written in the order of their keys, so that two batches wait for
each other and never deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Transaction
from chassis.events import ReceivedEvent

Row = dict[str, Any]
Key = tuple[Any, ...]
_LOG_BITS = 44  # 10^13 events an epoch; the rest of a bigint is enough for half a million epochs


def version_column(name: str = "version") -> sa.Column[int]:
    """The column that says how new a row is."""
    return sa.Column(name, sa.BigInteger, nullable=False)


def write_newest(tx: Transaction, table: sa.Table, rows: Iterable[Row], *, by: str = "version") -> set[Key]:
    """Write each row unless the table has its primary key with a `by` at least as high; the keys that were written."""
    keys = [column.name for column in table.primary_key.columns]
    newest: dict[Key, Row] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in newest or newest[key][by] < row[by]:
            newest[key] = row
    if not newest:
        return set()
    statement = insert(table).values([newest[key] for key in sorted(newest)])
    changes = {name: statement.excluded[name] for name in next(iter(newest.values())) if name not in keys}
    forward = statement.on_conflict_do_update(index_elements=keys, set_=changes, where=table.c[by] < statement.excluded[by])
    written = {tuple(key) for key in tx.execute(forward.returning(*table.primary_key.columns))}
    if not written <= newest.keys():
        raise TypeError(f"{table.name}: give keys in the types of their columns, else nobody can tell which rows were written")
    return written


def keep_newest(
    tx: Transaction, table: sa.Table, events: Sequence[ReceivedEvent], row_of: Callable[[ReceivedEvent], Row], *, by: str = "version"
) -> list[ReceivedEvent]:
    """One row for each event, `row_of(event)` plus its version; the events whose row was written, the newest of each subject."""
    told = [(event, row_of(event) | {by: event.version}) for event in events]
    written = write_newest(tx, table, [row for _, row in told], by=by)
    keys = [column.name for column in table.primary_key.columns]
    newest = {
        key: event for event, row in sorted(told, key=lambda pair: pair[0].version) if (key := tuple(row[k] for k in keys)) in written
    }
    return list(newest.values())


def said_at(event: ReceivedEvent) -> int:
    """A version for parts that pass from one whole to another, whose own versions cannot be compared: the event's place in its source's log.

    Not its time: a sandbox clock may stand still, and of two events of one moment the later one must still win.
    """
    return event.epoch << _LOG_BITS | event.sequence


def keep_parts(
    tx: Transaction, table: sa.Table, events: Sequence[ReceivedEvent], rows_of: Callable[[ReceivedEvent], Iterable[Row]], *, owner: str
) -> None:
    """The parts that each event lists in full, `owner` naming the column of the whole; parts that a whole no longer lists go.

    Call it with what `keep_newest` wrote of the wholes. A part that has moved belongs to the whole that named it last, also when the news of its former
    place comes after that of its new one.
    """
    if not events:
        return
    tx.execute(sa.delete(table).where(table.c[owner].in_(sorted({event.data[owner] for event in events}))))
    write_newest(tx, table, [row | {owner: event.data[owner], "version": said_at(event)} for event in events for row in rows_of(event)])


def of_type(events: Iterable[ReceivedEvent], type_: str) -> list[ReceivedEvent]:
    """Those of one type, out of a queue that holds several."""
    return [event for event in events if event.type == type_]
