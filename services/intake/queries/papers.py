"""The papers of a case, as they were given."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.paging import Page, page_token
from services.intake.orm import cases, papers


def list_papers(db: Db, *, case_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Oldest first. Raises NotFound CASE_NOT_FOUND."""
    page = Page.of(page_size, page_token, types=(int, str))
    with db.read() as tx:
        place = tx.execute(sa.select(cases.c.region, cases.c.hall_id).where(cases.c.case_id == case_id)).one_or_none()
        if place is None:
            raise NotFound("CASE_NOT_FOUND", "no such case")
        tx.caller.require(place.region, place.hall_id)
        of_case = papers.c.case_id == case_id
        query = sa.select(papers).where(of_case).order_by(papers.c.case_version, papers.c.kind).limit(page.size + 1)
        if page.after is not None:
            query = query.where(sa.tuple_(papers.c.case_version, papers.c.kind) > sa.tuple_(*map(sa.literal, page.after)))
        rows = tx.execute(query).mappings().all()
        total = tx.execute(sa.select(sa.func.count()).select_from(papers).where(of_case)).scalar()
    shown = rows[: page.size]
    return {"papers": shown, "next_page_token": _token(shown) if len(rows) > page.size else "", "total_size": total}


def _token(shown: Any) -> str:
    return page_token((shown[-1]["case_version"], shown[-1]["kind"]))
