"""One page of a scoped table, by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from chassis.paging import Page, page_token


@dataclass(frozen=True)
class Listing:
    """What to list: the rows of `table` that meet `filters`, ordered by the unique column `key`."""

    name: str
    table: sa.Table
    key: sa.Column[Any]
    filters: list[sa.ColumnElement[bool]] = field(default_factory=list)
    descending: bool = False


def one_page(tx: Transaction, listing: Listing, page_size: int | None, page_token_: str | None) -> dict[str, Any]:
    """The rows under `listing.name`, with next_page_token and total_size; rows outside the caller's scope do not exist."""
    page = Page.of(page_size, page_token_)
    table, key = listing.table, listing.key
    seen = sa.and_(tx.caller.where(table.c.region, table.c.hall_id), *listing.filters)
    query = sa.select(table).where(seen).order_by(key.desc() if listing.descending else key).limit(page.size + 1)
    if page.after is not None:
        query = query.where(key < page.after[0] if listing.descending else key > page.after[0])
    rows = [dict(row) for row in tx.execute(query).mappings()]
    total = tx.execute(sa.select(sa.func.count()).select_from(table).where(seen)).scalar()
    more = len(rows) > page.size
    rows = rows[: page.size]
    return {
        listing.name: rows,
        "next_page_token": page_token((rows[-1][key.name],)) if more else "",
        "total_size": total,
    }


def equal(column: sa.Column[Any], value: Any) -> list[sa.ColumnElement[bool]]:
    """The filter of an optional field."""
    return [] if value in (None, "") else [column == value]
