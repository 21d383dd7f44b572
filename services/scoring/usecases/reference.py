"""Local copies of halls, units, windows and staff from directory's events; older events are ignored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.scoring import orm
from services.scoring.domain.values import SubjectKind

STUB = -1  # a subject that a fact named before directory did


def store_reference(db: Db, event: ReceivedEvent) -> None:
    """Take up a hall with its units and windows, or a person."""
    with db.transaction() as tx:
        (_hall if event.type == "directory.hall.changed" else _staff)(tx, event)


def _hall(tx: Transaction, event: ReceivedEvent) -> None:
    data = event.data
    hall = {name: data[name] for name in ("hall_id", "region", "name", "zone")} | {"version": event.version}
    statement = insert(orm.halls).values(**hall)
    newer = statement.on_conflict_do_update(
        index_elements=["hall_id"],
        set_={name: statement.excluded[name] for name in hall if name != "hall_id"},
        where=orm.halls.c.version < statement.excluded.version,
    )
    if tx.execute(newer.returning(orm.halls.c.hall_id)).first() is None:
        return
    open_ = data["status"] == "active"
    place = {"region": data["region"], "hall_id": data["hall_id"], "active": open_, "version": event.version}
    units = [_subject(SubjectKind.UNIT, unit["unit_id"], unit["name"], place) for unit in data["units"]]
    windows = [
        _subject(SubjectKind.WINDOW, window["window_id"], f"{window['code']} {window['name']}", place, unit_id=window["unit_id"])
        for window in data["windows"]
    ]
    subjects = orm.subjects.c
    gone = sa.and_(subjects.hall_id == data["hall_id"], subjects.kind != SubjectKind.PERSON)
    tx.execute(sa.update(orm.subjects).where(gone).values(active=False))
    # Versions of different halls cannot be compared: the hall that names a unit or window last has it.
    _write(tx, units + windows, only_newer=False)
    tx.execute(
        sa.update(orm.subjects)
        .where(subjects.hall_id == data["hall_id"], subjects.kind == SubjectKind.PERSON)
        .values(region=data["region"])
    )


def _staff(tx: Transaction, event: ReceivedEvent) -> None:
    data = event.data
    place = {"region": event.region, "hall_id": data["hall_id"], "active": data["status"] == "active", "version": event.version}
    person = _subject(SubjectKind.PERSON, data["staff_id"], data["name"], place, unit_id=data["unit_id"], window_id=data.get("window_id"))
    _write(tx, [person], only_newer=True)


def _subject(kind: SubjectKind, subject_id: str, name: str, place: dict[str, Any], **links: str | None) -> dict[str, Any]:
    return {"kind": str(kind), "subject_id": subject_id, "name": name, "unit_id": None, "window_id": None, **links, **place}


def _write(tx: Transaction, rows: list[dict[str, Any]], *, only_newer: bool) -> None:
    if not rows:
        return
    statement = insert(orm.subjects).values(sorted(rows, key=lambda row: (row["kind"], row["subject_id"])))
    changes = {c.name: statement.excluded[c.name] for c in orm.subjects.c if c.name not in ("kind", "subject_id")}
    newer = orm.subjects.c.version < statement.excluded.version if only_newer else None
    tx.execute(statement.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=changes, where=newer))
