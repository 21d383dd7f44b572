"""Local copies of directory's data: stored from its events (newest wins, `chassis.copies`), read by the use cases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.copies import keep_newest, of_type
from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation
from chassis.events import ReceivedEvent
from services.intake import orm
from services.intake.domain.charges import Standard
from services.intake.domain.delegations import Delegation
from services.intake.domain.rules import Book, Item
from services.intake.events import reference as heard

_ITEM_FIELDS = ("item_id", "item_version", "name", "unit_id", "immediate", "legal_days", "promised_days", "day_kind", "units_involved")

_ITEM_AND_BOOK = """
SELECT i.item_id, i.item_version, i.name, i.unit_id, i.immediate, i.legal_days, i.promised_days, i.day_kind, i.units_involved, i.materials, i.key_stages,
    jsonb_array_length(i.fees) > 0 AS has_fee, c.revision, c.digest
FROM intake.item_versions i LEFT JOIN LATERAL (SELECT revision, digest FROM intake.calendars ORDER BY revision DESC LIMIT 1) c ON true
WHERE i.item_id = %(item_id)s AND i.item_version = %(number)s
"""

# One round trip for everything a receipt needs: hall, item, person, newest calendar.
_COUNTER = """
SELECT h.region, h.status AS hall_status, h.windows -> %(window_id)s AS "window", i.item_id, i.item_version, i.name, i.unit_id, i.immediate,
    i.legal_days, i.promised_days, i.day_kind, i.units_involved, i.key_stages, i.materials, i.status AS item_status, i.cancelled_on,
    i.hall_id AS item_hall,
    s.staff_id, c.revision, c.digest, coalesce((SELECT seq FROM intake.reference_state), 0) AS seq
FROM intake.halls h
LEFT JOIN LATERAL (SELECT * FROM intake.item_versions WHERE item_id = %(item_id)s ORDER BY event_version DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT staff_id FROM intake.stationings WHERE staff_id = %(staff_id)s AND hall_id = h.hall_id
    AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s) LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT revision, digest FROM intake.calendars ORDER BY revision DESC LIMIT 1) c ON true
WHERE h.hall_id = %(hall_id)s
"""


@dataclass(frozen=True)
class Counter:
    """What a receipt at one window needs to know; it stands while the local copies' number is still `seq`."""

    region: str
    item: Item
    book: Book
    seq: int


class ItemCancelled(FailedPrecondition):
    """Nobody may receive this item any more."""

    def __init__(self, region: str, unit_id: str, item_id: str, item_version: int) -> None:
        """Keep where and whose it is, for whoever tells the attempt."""
        super().__init__("ITEM_NOT_IN_HALL", "the item is cancelled", item_id=item_id, status="cancelled")
        self.region, self.unit_id, self.item_version = region, unit_id, item_version


def store(db: Db, batch: list[ReceivedEvent]) -> None:
    """Take in a batch of directory's events; the order within it does not matter."""
    with db.transaction() as tx:
        # First, so that two processes take in their batches one after the other instead of meeting in a deadlock.
        table = orm.reference_state
        bump = insert(table).values(id=1, seq=1).on_conflict_do_update(index_elements=["id"], set_={"seq": table.c.seq + 1})
        tx.execute(bump)
        for type_, table, row_of in _COPIES:
            keep_newest(tx, table, of_type(batch, type_), row_of, by="event_version")
        for event in of_type(batch, "directory.calendar.changed"):
            _store_calendar(tx, event)


def _store_calendar(tx: Transaction, event: ReceivedEvent) -> None:
    row = heard.calendar_row(event)
    # A revision never changes; the newest number is the one in force, whatever came last.
    tx.execute(insert(orm.calendars).values(**row).on_conflict_do_nothing())


_COPIES: tuple[tuple[str, sa.Table, Callable[[ReceivedEvent], dict[str, Any]]], ...] = (
    ("directory.hall.changed", orm.halls, heard.hall_row),
    ("directory.staff.changed", orm.stationings, heard.stationing_row),
    ("directory.item.published", orm.item_versions, heard.item_row),
    ("directory.delegation.changed", orm.delegations, heard.delegation_row),
)


class Counters:
    """Counters as this process last read them. Whoever uses one proves in his own statement that its `seq` still stands."""

    def __init__(self, limit: int = 20_000) -> None:
        # By engine: the numbers of one database say nothing about another's, not even about a later one at the same address.
        self._known: WeakKeyDictionary[sa.Engine, dict[tuple[Any, ...], Counter]] = WeakKeyDictionary()
        self._limit = limit

    def get(self, tx: Transaction, key: tuple[Any, ...], *, again: bool, **place: str) -> Counter:
        """The counter of a place, from memory unless `again`; see `counter` for what it raises."""
        known = self._known.setdefault(tx.connection.engine, {})
        found = None if again else known.get(key)
        if found is None:
            found = counter(tx, **place)
            if len(known) >= self._limit:
                known.clear()
            known[key] = found
        return found


def counter(tx: Transaction, *, hall_id: str, window_id: str, item_id: str, staff_id: str) -> Counter:
    """Hall, item and calendar for a receipt, every reference checked.

    Raises NotFound HALL_, WINDOW_, ITEM_, STAFF_NOT_FOUND; FailedPrecondition HALL_CLOSED, ITEM_NOT_IN_HALL, ITEM_OF_OTHER_HALL, WINDOW_NOT_FOR_ITEM.
    """
    asked = {"hall_id": hall_id, "window_id": window_id, "item_id": item_id, "staff_id": staff_id, "day": workdays.beijing_date(tx.now)}
    row = tx.connection.exec_driver_sql(_COUNTER, asked).mappings().one_or_none()
    if row is None:
        raise NotFound("HALL_NOT_FOUND", f"hall_id: no hall {hall_id}", hall_id=hall_id)
    tx.caller.require(row["region"], hall_id)
    _check_found(row, window_id, staff_id, item_id)
    _check_fit(row, hall_id, window_id, workdays.beijing_date(tx.now))
    return Counter(row["region"], _item(row), _book(tx, row["revision"], row["digest"]), row["seq"])


def _check_found(row: Any, window_id: str, staff_id: str, item_id: str) -> None:
    if row["window"] is None:
        raise NotFound("WINDOW_NOT_FOUND", f"window_id: no window {window_id} in this hall", window_id=window_id)
    if row["item_id"] is None:
        raise NotFound("ITEM_NOT_FOUND", f"item_id: no item {item_id}", item_id=item_id)
    if row["staff_id"] is None:
        raise NotFound("STAFF_NOT_FOUND", f"staff_id: {staff_id} is not stationed in this hall today", staff_id=staff_id)


def _check_fit(row: Any, hall_id: str, window_id: str, day: dt.date) -> None:
    item_id = row["item_id"]
    if row["hall_status"] != "active":
        raise FailedPrecondition("HALL_CLOSED", "the hall is closed", hall_id=hall_id)
    # An item that exited or was delegated down is received no more either, but nobody has cancelled it: no breach (M-A4).
    left_otherwise = row["item_status"] in ("exited", "delegated_down")
    if row["item_status"] == "cancelled" or (not left_otherwise and row["cancelled_on"] is not None and row["cancelled_on"] <= day):
        raise ItemCancelled(row["region"], row["unit_id"], item_id, row["item_version"])
    if row["item_status"] != "in_hall":
        raise FailedPrecondition("ITEM_NOT_IN_HALL", f"the item is {row['item_status']}", item_id=item_id, status=row["item_status"])
    if row["item_hall"] not in (None, hall_id):
        raise FailedPrecondition(
            "ITEM_OF_OTHER_HALL", f"the item is handled in {row['item_hall']}", item_id=item_id, hall_id=row["item_hall"]
        )
    window = row["window"]
    if window["kind"] == "unit" and window["unit_id"] != row["unit_id"]:
        raise FailedPrecondition("WINDOW_NOT_FOR_ITEM", "the window belongs to another unit", window_id=window_id, item_id=item_id)


def _item(row: Any, *, has_fee: bool = False) -> Item:
    fields = {name: row[name] for name in _ITEM_FIELDS}
    return Item(**fields, materials=tuple(row["materials"]), key_stages=tuple(row["key_stages"]), has_fee=has_fee)


def item_version(tx: Transaction, item_id: str, number: int) -> Item:
    """The version a case was received under."""
    return item_and_book(tx, item_id, number)[0]


def item_and_book(tx: Transaction, item_id: str, number: int) -> tuple[Item, Book]:
    """The version a case was received under and the calendar in force: what every command on a case needs, in one round trip."""
    row = tx.connection.exec_driver_sql(_ITEM_AND_BOOK, {"item_id": item_id, "number": number}).mappings().one()
    return _item(row, has_fee=row["has_fee"]), _book(tx, row["revision"], row["digest"])


def standards(tx: Transaction, item_id: str, number: int) -> list[Standard]:
    """The fee standards of the version a case was received under; none when it is free."""
    table = orm.item_versions.c
    lines = tx.execute(sa.select(table.fees).where(table.item_id == item_id, table.item_version == number)).scalar_one()
    return [Standard(**line) for line in lines]


def region_of_hall(tx: Transaction, hall_id: str) -> str:
    """Raises NotFound HALL_NOT_FOUND."""
    region = tx.execute(sa.select(orm.halls.c.region).where(orm.halls.c.hall_id == hall_id)).scalar()
    if region is None:
        raise NotFound("HALL_NOT_FOUND", f"hall_id: no hall {hall_id}", hall_id=hall_id)
    return str(region)


def window_kind(tx: Transaction, hall_id: str, window_id: str) -> str | None:
    """Whether a window is a unit's own or a comprehensive one (综合窗口); None when the hall has it no more."""
    kind = orm.halls.c.windows[window_id]["kind"].astext
    found: str | None = tx.execute(sa.select(kind).where(orm.halls.c.hall_id == hall_id)).scalar()
    return found


def unit_of(tx: Transaction, staff_id: str | None, hall_id: str, field: str) -> tuple[str, str]:
    """(staff id, unit) of the given person, or of the caller himself.

    Raises InvalidArgument STAFF_REQUIRED when neither is known, NotFound STAFF_NOT_FOUND when not stationed in the hall today.
    """
    who = acting(tx, staff_id, field)
    table, today = orm.stationings.c, workdays.beijing_date(tx.now)
    running = sa.and_(table.valid_from <= today, sa.or_(table.valid_to.is_(None), table.valid_to >= today))
    unit = tx.execute(sa.select(table.unit_id).where(table.staff_id == who, table.hall_id == hall_id, running)).scalar()
    if unit is None:
        raise NotFound("STAFF_NOT_FOUND", f"{field}: {who} is not stationed in this hall today", staff_id=who)
    return who, unit


def unit_anywhere(tx: Transaction, staff_id: str, field: str, preferred: str | None) -> str:
    """The unit a person is stationed by today, in whatever hall; the preferred one when he works for several.

    Raises NotFound STAFF_NOT_FOUND.
    """
    table, today = orm.stationings.c, workdays.beijing_date(tx.now)
    running = sa.and_(table.valid_from <= today, sa.or_(table.valid_to.is_(None), table.valid_to >= today))
    units: set[str] = set(tx.execute(sa.select(table.unit_id).where(table.staff_id == staff_id, running)).scalars())
    if not units:
        raise NotFound("STAFF_NOT_FOUND", f"{field}: {staff_id} is not stationed anywhere today", staff_id=staff_id)
    return preferred if preferred is not None and preferred in units else min(units)


def require_unit(tx: Transaction, unit_id: str) -> None:
    """Raises NotFound UNIT_NOT_FOUND for a unit that has neither people nor items."""
    people, items = orm.stationings.c, orm.item_versions.c
    known = sa.or_(sa.exists().where(people.unit_id == unit_id), sa.exists().where(items.unit_id == unit_id))
    if not tx.execute(sa.select(known)).scalar():
        raise NotFound("UNIT_NOT_FOUND", f"unit_id: no unit {unit_id}", unit_id=unit_id)


def delegations_of(tx: Transaction, staff_id: str) -> tuple[Delegation, ...]:
    """Every delegation that a person holds or held."""
    table = orm.delegations.c
    columns = (table.delegation_id, table.unit_id, table.staff_id, table.item_ids, table.valid_from, table.valid_to, table.revoked_on)
    rows = tx.execute(sa.select(*columns).where(table.staff_id == staff_id)).mappings()
    return tuple(Delegation(**{**row, "item_ids": tuple(row["item_ids"])}) for row in rows)


def acting(tx: Transaction, staff_id: str | None, field: str) -> str:
    """The person given, or the caller. Raises InvalidArgument STAFF_REQUIRED."""
    who = staff_id or tx.caller.staff_id
    if who is None:
        raise InvalidArgument("STAFF_REQUIRED", f"{field}: the account belongs to nobody", violations=[Violation(field, "required")])
    return who


def book(tx: Transaction) -> Book:
    """The calendar in force."""
    table = orm.calendars
    row = tx.execute(sa.select(table.c.revision, table.c.digest).order_by(table.c.revision.desc()).limit(1)).one_or_none()
    return _book(tx, None, None) if row is None else _book(tx, row[0], row[1])


def _book(tx: Transaction, revision: int | None, digest: str | None) -> Book:
    if revision is None or digest is None:
        return Book(_calendar("[[], []]"), 0)
    return Book(_calendar(_content(tx, revision, digest)), revision)


_contents: dict[str, str] = {}


def _content(tx: Transaction, revision: int, digest: str) -> str:
    # The digest names the content, so that what is kept here can never be stale.
    known = _contents.get(digest)
    if known is None:
        table = orm.calendars
        row = tx.execute(sa.select(table.c.overrides, table.c.notices).where(table.c.revision == revision)).one()
        known = _contents[digest] = json.dumps([row[0], row[1]])
    return known


@lru_cache(maxsize=16)
def _calendar(content: str) -> workdays.Calendar:
    overrides, notices = json.loads(content)
    return workdays.Calendar(
        [workdays.Override(dt.date.fromisoformat(o["date"]), o["is_workday"], o["reason"], o["notice_no"]) for o in overrides],
        [workdays.YearNotice(n["year"], n["notice_no"]) for n in notices],
    )
