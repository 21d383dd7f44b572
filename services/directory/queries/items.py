"""Items and the calendar."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from services.directory import orm
from services.directory.domain.items import Item
from services.directory.queries.paged import Listing, equal, one_page
from services.directory.views import calendar_of_row, item_view


def get_item(db: Db, *, item_id: str) -> dict[str, Any]:
    """One item in scope with every version."""
    with db.read() as tx:
        item = tx.get(Item, item_id)
        tx.caller.require(item.region, item.hall_id)
        return item_view(item)


def list_items(
    db: Db, *, hall_id: str | None, unit_id: str | None, status: str | None, page_size: int | None, page_token: str | None
) -> dict[str, Any]:
    """Items in id order, without their versions."""
    table = orm.items
    filters = equal(table.c.hall_id, hall_id) + equal(table.c.unit_id, unit_id) + equal(table.c.status, status)
    with db.read() as tx:
        return one_page(tx, Listing("items", table, table.c.item_id, filters), page_size, page_token)


def get_calendar(db: Db, *, revision: int | None) -> dict[str, Any]:
    """A revision, or the newest; revision 0 when none was published. The calendar concerns everyone: no scope."""
    table = orm.calendars
    query = sa.select(table).order_by(table.c.revision.desc()).limit(1)
    if revision is not None:
        query = query.where(table.c.revision == revision)
    with db.read() as tx:
        row = tx.execute(query).mappings().one_or_none()
    if row is None and revision:
        raise NotFound("CALENDAR_NOT_FOUND", f"no revision {revision}", revision=revision)
    found = {"revision": 0, "overrides": [], "notices": []} if row is None else dict(row)
    return {**found, "published_until": calendar_of_row(found).published_until}
