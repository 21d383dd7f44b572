"""Local copies of directory's halls, units, windows and staff; newest wins (`chassis.copies`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis.copies import keep_newest, of_type, said_at, write_newest
from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.scoring import orm
from services.scoring.domain.values import SubjectKind

Row = dict[str, Any]
GONE = -1  # older than anything that a hall may say of a unit or window that it does not list at present


def store_reference(db: Db, batch: Sequence[ReceivedEvent]) -> None:
    """Take up halls with their units and windows, and people; the order within the batch does not matter."""
    with db.transaction() as tx:
        halls = keep_newest(tx, orm.halls, of_type(batch, "directory.hall.changed"), hall_row)
        if halls:
            _places(tx, halls)
        keep_newest(tx, orm.subjects, of_type(batch, "directory.staff.changed"), person_row)


def _places(tx: Transaction, halls: Sequence[ReceivedEvent]) -> None:
    """Units and windows: what a hall no longer lists stays, because facts name it, and is ranked no more."""
    subjects = orm.subjects.c
    in_halls = subjects.hall_id.in_([event.data["hall_id"] for event in halls])
    tx.execute(sa.update(orm.subjects).where(in_halls, subjects.kind != SubjectKind.PERSON).values(active=False, version=GONE))
    write_newest(tx, orm.subjects, [row for event in halls for row in place_rows(event)])
    moved = sa.and_(in_halls, subjects.kind == SubjectKind.PERSON, orm.halls.c.hall_id == subjects.hall_id)
    tx.execute(sa.update(orm.subjects).where(moved, subjects.region != orm.halls.c.region).values(region=orm.halls.c.region))


def hall_row(event: ReceivedEvent) -> Row:
    """Where it is, what it is called and which clock it goes by."""
    return {name: event.data[name] for name in ("hall_id", "region", "name", "zone")}


def place_rows(event: ReceivedEvent) -> list[Row]:
    """Every unit and window of a hall."""
    data = event.data
    place = {"region": data["region"], "hall_id": data["hall_id"], "active": data["status"] == "active", "version": said_at(event)}
    units = [_subject(SubjectKind.UNIT, unit["unit_id"], unit["name"]) for unit in data["units"]]
    windows = [
        _subject(SubjectKind.WINDOW, window["window_id"], f"{window['code']} {window['name']}", unit_id=window["unit_id"])
        for window in data["windows"]
    ]
    return [row | place for row in units + windows]


def person_row(event: ReceivedEvent) -> Row:
    """A person where he is stationed."""
    data = event.data
    place = {"region": event.region, "hall_id": data["hall_id"], "active": data["status"] == "active"}
    return _subject(SubjectKind.PERSON, data["staff_id"], data["name"], unit_id=data["unit_id"], window_id=data.get("window_id")) | place


def _subject(kind: SubjectKind, subject_id: str, name: str, **links: str | None) -> Row:
    return {"kind": str(kind), "subject_id": subject_id, "name": name, "unit_id": None, "window_id": None, **links}
