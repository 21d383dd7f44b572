"""Lists of facts, rulebooks and assignments."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.listing import equal, one_page
from chassis.paging import Page, page_token
from services.scoring import orm
from services.scoring.answers import Answer, assignment_answer, fact_answer, rulebook_answer
from services.scoring.assigned import matcher_of
from services.scoring.queries.keys import key_of


def list_facts(db: Db, *, page: Page, hall_id: str | None, first_day: date | None, last_day: date | None, **wanted: Any) -> Answer:
    """Facts, newest day first; those taken back only when asked for."""
    table = orm.facts
    names = {name: wanted[name] for name in ("person_id", "window_id", "unit_id", "type")}
    with db.read() as tx:
        conditions = [tx.caller.where(table.c.region, table.c.hall_id), *equal(table, {**names, "hall_id": hall_id})]
        if first_day:
            conditions.append(table.c.occurred_on >= first_day)
        if last_day:
            conditions.append(table.c.occurred_on <= last_day)
        if wanted["verified"] is not None:
            conditions.append(sa.func.coalesce(table.c.judged_verified, table.c.verified) == wanted["verified"])
        if not wanted["retracted"]:
            conditions.append(table.c.retracted_at.is_(None))
        found = one_page(tx, sa.select(table).where(*conditions), [table.c.occurred_on, table.c.fact_id], page, newest_first=True)
    return {"facts": [fact_answer(row) for row in found.rows], **found.rest}


def list_rulebooks(db: Db, *, page: Page) -> Answer:
    """Published rulebooks by code, newest version first. They are the city's, not a hall's: everyone who may read may read all."""
    books = orm.rulebooks.c
    with db.read() as tx:
        query = sa.select(orm.rulebooks).order_by(books.code, books.version.desc()).limit(page.size + 1)
        if (key := key_of(page, str, int)) is not None:
            code, version = key
            query = query.where(sa.or_(books.code > code, sa.and_(books.code == code, books.version < version)))
        rows = tx.execute(query).all()
        more = page_token((rows[page.size - 1].code, rows[page.size - 1].version)) if len(rows) > page.size else ""
        shown = [rulebook_answer(row, matcher_of(tx, row, {}).rulebook) for row in rows[: page.size]]
        return {"rulebooks": shown, "next_page_token": more, "total_size": _count(tx, orm.rulebooks)}


def list_assignments(db: Db, *, page: Page, rulebook: str, hall_id: str | None) -> Answer:
    """Assignments, newest first; `hall_id` leaves those of that very hall."""
    table = orm.assignments
    with db.read() as tx:
        seen = tx.caller.where(table.c.region, table.c.hall_id)
        query = sa.select(table).where(seen, *equal(table, {"rulebook": rulebook, "hall_id": hall_id}))
        found = one_page(tx, query, [table.c.assigned_at, table.c.assignment_id], page, newest_first=True)
    return {"assignments": [assignment_answer(row) for row in found.rows], **found.rest}


def _count(tx: Transaction, table: sa.Table, *conditions: Any) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one())
