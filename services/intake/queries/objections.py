"""Reads of objections and of how often an applicant asked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake import objection_views
from services.intake.domain.objections import Objection
from services.intake.orm import cases
from services.intake.orm.objections import case_queries, objections
from services.intake.queries.cases import found

Answer = dict[str, Any]


def get_objection(db: Db, *, objection_id: str) -> Answer:
    """One objection in scope. Raises NotFound OBJECTION_NOT_FOUND."""
    with db.read() as tx:
        objection = tx.get(Objection, objection_id)
        tx.caller.require(objection.region, objection.hall_id)
        return objection_views.objection_view(objection)


def list_objections(db: Db, *, page_size: int | None, page_token: str | None, **wanted: Any) -> Answer:
    """Newest first."""
    table = objections.c
    with db.read() as tx:
        query = sa.select(objections).where(tx.caller.where(table.region, table.hall_id), *equal(objections, wanted))
        return one_page(tx, query, [table.objection_id], Page.of(page_size, page_token), newest_first=True).answer("objections")


def list_case_queries(db: Db, *, case_id: str, page_size: int | None, page_token: str | None) -> Answer:
    """How often the applicant asked, by day and way, newest first. Raises NotFound CASE_NOT_FOUND."""
    page = Page.of(page_size, page_token, keys=2)
    table = case_queries.c
    with db.read() as tx:
        found(tx, cases.c.case_id == case_id)
        query = sa.select(case_queries).where(table.case_id == case_id)
        shown = one_page(tx, query, [table.day, table.channel], page, newest_first=True).answer("queries")
        total = tx.execute(sa.select(sa.func.coalesce(sa.func.sum(table.count), 0)).where(table.case_id == case_id)).scalar_one()
        return {**shown, "total_count": total}
