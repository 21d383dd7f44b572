"""Reads of visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from chassis.sealing import Vault
from services.intake import sealed_contacts
from services.intake.domain.visits import Visit
from services.intake.orm.visits import visit_contacts, visits


def get_visit(db: Db, *, visit_id: str) -> Visit:
    """One in scope. Raises NotFound VISIT_NOT_FOUND."""
    with db.read() as tx:
        found = tx.get(Visit, visit_id)
        tx.caller.require(found.region, found.hall_id)
        return found


def list_visits(db: Db, vault: Vault, *, page_size: int | None, page_token: str | None, **filters: Any) -> dict[str, Any]:
    """Newest first, in the caller's scope; days are those of the planned hours."""
    page = Page.of(page_size, page_token)
    with db.read() as tx:
        query = sa.select(visits).where(tx.caller.where(visits.c.region, visits.c.hall_id), *_wanted(filters, vault))
        found = one_page(tx, query, [visits.c.visit_id], page, newest_first=True)
    return found.answer("visits", lambda row: {**row, "case_ids": sorted(row["case_items"])})


def _wanted(filters: dict[str, Any], vault: Vault) -> list[sa.ColumnElement[bool]]:
    found = equal(visits, {name: filters[name] for name in ("hall_id", "state", "ground")})
    if filters["day_from"] is not None:
        found.append(visits.c.starts_at >= dt.datetime.combine(filters["day_from"], dt.time.min, workdays.BEIJING))
    if filters["day_to"] is not None:
        found.append(visits.c.starts_at <= dt.datetime.combine(filters["day_to"], dt.time.max, workdays.BEIJING))
    for name, column in (("item_id", visits.c.item_ids), ("staff_id", visits.c.staff_ids)):
        if filters[name] is not None:
            found.append(column.contains([filters[name]]))
    if filters["overdue"] is not None:
        found.append(visits.c.overdue_days > 0 if filters["overdue"] else visits.c.overdue_days == 0)
    if filters["phone"]:
        hashes = sealed_contacts.phone_hashes(vault, filters["phone"])
        found.append(visits.c.visit_id.in_(sa.select(visit_contacts.c.visit_id).where(visit_contacts.c.phone_hash.in_(hashes))))
    return found
