"""The papers of a case, as they were given."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.listing import one_page
from chassis.paging import Page
from services.intake.orm import cases, papers


def list_papers(db: Db, *, case_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Oldest first. Raises NotFound CASE_NOT_FOUND."""
    page = Page.of(page_size, page_token, keys=2)
    with db.read() as tx:
        place = tx.execute(sa.select(cases.c.region, cases.c.hall_id).where(cases.c.case_id == case_id)).one_or_none()
        if place is None:
            raise NotFound("CASE_NOT_FOUND", "no such case")
        tx.caller.require(place.region, place.hall_id)
        query = sa.select(papers).where(papers.c.case_id == case_id)
        return one_page(tx, query, [papers.c.case_version, papers.c.kind], page).answer("papers")
