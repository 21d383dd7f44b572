"""Reads of the roster: its entries, and the places that are free in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake import reference, roster_reference
from services.intake.domain.appointments import earliest_start, last_day
from services.intake.domain.rosters import PUBLISHED
from services.intake.domain.rules import Now, Rules
from services.intake.orm.appointments import roster_entries, roster_slots
from services.intake.usecases.rosters import slots_of

Answer = dict[str, Any]


def list_roster(db: Db, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """Entries by day, in the caller's scope; each with its slots."""
    page = Page.of(page_size, page_token, types=(str, str))
    table = roster_entries.c
    with db.read() as tx:
        query = sa.select(roster_entries).where(tx.caller.where(table.region, table.hall_id), *_wanted(filters))
        found = one_page(tx, query, [table.day, table.entry_id], page)
        slots = slots_of(tx, [row.entry_id for row in found.rows])
    return found.answer("entries", lambda row: {**row, "slots": slots[row["entry_id"]]})


def _wanted(filters: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    table = roster_entries.c
    found = equal(roster_entries, {name: filters[name] for name in ("hall_id", "window_id", "kind", "state")})
    if filters["day_from"] is not None:
        found.append(table.day >= filters["day_from"])
    if filters["day_to"] is not None:
        found.append(table.day <= filters["day_to"])
    if filters["staff_id"] is not None:
        found.append(table.staff_ids.contains([filters["staff_id"]]))
    if filters["misfit"] is not None:
        # A withdrawn entry suits no day and troubles nobody.
        troubled = sa.and_(table.misfit.is_not(None), table.state == PUBLISHED)
        found.append(troubled if filters["misfit"] else sa.not_(troubled))
    return found


def list_free_slots(
    db: Db, rules: Rules, *, hall_id: str, item_id: str, page_size: int | None, page_token: str | None, **days: dt.date | None
) -> Answer:
    """What can be booked for an item now, by time: open, free, far enough ahead and not too far.

    Raises as booking does: NotFound HALL_NOT_FOUND, ITEM_NOT_FOUND; FailedPrecondition HALL_CLOSED, ITEM_NOT_IN_HALL, ITEM_OF_OTHER_HALL.
    """
    page = Page.of(page_size, page_token, types=(str, str))
    slots, entries = roster_slots.c, roster_entries.c
    with db.read() as tx:
        hall = roster_reference.open_hall(tx, hall_id)
        now = Now(tx.now, reference.book(tx), rules)
        first, last = max(days["day_from"] or now.today, now.today), min(days["day_to"] or last_day(now), last_day(now))
        handled = roster_reference.handled(tx, hall_id, item_id, first)
        windows = hall.windows_of(handled.unit_id)
        free = sa.and_(
            entries.hall_id == hall_id, entries.state == PUBLISHED, entries.misfit.is_(None), entries.window_id.in_(windows),
            entries.day.between(first, min(last, handled.until or last)), sa.not_(slots.closed), slots.booked < slots.capacity,
            slots.starts_at >= earliest_start(now),
        )  # fmt: skip
        source = roster_slots.join(roster_entries, slots.entry_id == entries.entry_id)
        shown = (slots.slot_id, slots.entry_id, entries.window_id, entries.kind, entries.day, slots.starts_at, slots.ends_at)
        query = sa.select(*shown, (slots.capacity - slots.booked).label("free")).select_from(source).where(free)
        return one_page(tx, query, [slots.starts_at, slots.slot_id], page).answer("slots")
