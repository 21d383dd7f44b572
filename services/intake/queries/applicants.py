"""What happened to applicants' data: corrections and reveals, newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.paging import Page, page_token
from services.intake.orm import cases, corrections, reveals


def list_corrections(db: Db, *, case_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Corrections of one case; values masked."""
    with db.read() as tx:
        place = tx.execute(sa.select(cases.c.region, cases.c.hall_id).where(cases.c.case_id == case_id)).one_or_none()
        if place is None:
            raise NotFound("CASE_NOT_FOUND", "no such case")
        tx.caller.require(place.region, place.hall_id)
        return _page(tx, corrections, corrections.c.number, corrections.c.case_id == case_id, Page.of(page_size, page_token), "corrections")


def list_reveals(
    db: Db, *, case_id: str | None, staff_id: str | None, hall_id: str | None, page_size: int | None, page_token: str | None
) -> dict[str, Any]:
    """Who saw whom in plain, in the caller's scope."""
    given = {reveals.c.case_id: case_id, reveals.c.revealed_to: staff_id, reveals.c.hall_id: hall_id}
    with db.read() as tx:
        seen = sa.and_(
            tx.caller.where(reveals.c.region, reveals.c.hall_id),
            *(column == value for column, value in given.items() if value is not None),
        )
        return _page(tx, reveals, reveals.c.reveal_id, seen, Page.of(page_size, page_token), "reveals")


def _page(tx: Any, table: sa.Table, key: sa.Column[Any], seen: sa.ColumnElement[bool], page: Page, name: str) -> dict[str, Any]:
    query = sa.select(table).where(seen).order_by(key.desc()).limit(page.size + 1)
    if page.after is not None:
        query = query.where(key < page.after[0])
    rows = tx.execute(query).mappings().all()
    total = tx.execute(sa.select(sa.func.count()).select_from(table).where(seen)).scalar()
    more = len(rows) > page.size
    shown = rows[: page.size]
    return {
        name: [dict(row) for row in shown],
        "next_page_token": page_token((shown[-1][key.name],)) if more else "",
        "total_size": total,
    }
