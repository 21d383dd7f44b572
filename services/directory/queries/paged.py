"""One page of a scoped table, by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from chassis import listing as chassis_listing
from chassis.database import Transaction
from chassis.paging import Page


@dataclass(frozen=True)
class Listing:
    """What to list: the rows of `table` that meet `filters`, ordered by the unique column `key`."""

    name: str
    table: sa.Table
    key: sa.Column[Any]
    filters: list[sa.ColumnElement[bool]] = field(default_factory=list)
    descending: bool = False


def one_page(tx: Transaction, listing: Listing, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """The rows under `listing.name`, with next_page_token and total_size; rows outside the caller's scope do not exist."""
    table = listing.table
    query = sa.select(table).where(tx.caller.where(table.c.region, table.c.hall_id), *listing.filters)
    found = chassis_listing.one_page(tx, query, [listing.key], Page.of(page_size, page_token), newest_first=listing.descending)
    return found.answer(listing.name)


def equal(column: sa.Column[Any], value: Any) -> list[sa.ColumnElement[bool]]:
    """The filter of an optional field."""
    return [] if value in (None, "") else [column == value]
