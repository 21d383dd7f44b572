"""What happened to applicants' data: corrections and reveals, newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake.orm import cases, corrections, reveals


def list_corrections(db: Db, *, case_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Corrections of one case; values masked."""
    with db.read() as tx:
        place = tx.execute(sa.select(cases.c.region, cases.c.hall_id).where(cases.c.case_id == case_id)).one_or_none()
        if place is None:
            raise NotFound("CASE_NOT_FOUND", "no such case")
        tx.caller.require(place.region, place.hall_id)
        query = sa.select(corrections).where(corrections.c.case_id == case_id)
        return one_page(tx, query, [corrections.c.number], Page.of(page_size, page_token), newest_first=True).answer("corrections")


def list_reveals(db: Db, *, staff_id: str | None, page_size: int | None, page_token: str | None, **filters: str | None) -> dict[str, Any]:
    """Who saw whom in plain, in the caller's scope; of a case, an appointment, a visit or a hall."""
    given = {"revealed_to": staff_id, **filters}
    with db.read() as tx:
        query = sa.select(reveals).where(tx.caller.where(reveals.c.region, reveals.c.hall_id), *equal(reveals, given))
        return one_page(tx, query, [reveals.c.reveal_id], Page.of(page_size, page_token), newest_first=True).answer("reveals")
