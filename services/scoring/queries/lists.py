"""Lists of facts, rulebooks and assignments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.paging import Page, page_token
from services.scoring import orm
from services.scoring.answers import Answer, assignment_answer, fact_answer, rulebook_answer
from services.scoring.assigned import matcher_of
from services.scoring.queries.keys import key_of


def list_facts(db: Db, *, page: Page, hall_id: str | None, first_day: date | None, last_day: date | None, **wanted: Any) -> Answer:
    """Facts, newest day first; those taken back only when asked for."""
    facts = orm.facts.c
    with db.read() as tx:
        effective = sa.func.coalesce(facts.judged_verified, facts.verified)
        conditions = [tx.caller.where(facts.region, facts.hall_id)]
        conditions += [facts[name] == wanted[name] for name in ("person_id", "window_id", "unit_id", "type") if wanted[name]]
        if hall_id:
            conditions.append(facts.hall_id == hall_id)
        if first_day:
            conditions.append(facts.occurred_on >= first_day)
        if last_day:
            conditions.append(facts.occurred_on <= last_day)
        if wanted["verified"] is not None:
            conditions.append(effective == wanted["verified"])
        if not wanted["retracted"]:
            conditions.append(facts.retracted_at.is_(None))
        total = tx.execute(sa.select(sa.func.count()).select_from(orm.facts).where(*conditions)).scalar_one()
        query = sa.select(orm.facts).where(*conditions).order_by(facts.occurred_on.desc(), facts.fact_id.desc()).limit(page.size + 1)
        if (key := key_of(page, date.fromisoformat, str)) is not None:
            day, fact_id = key
            query = query.where(sa.tuple_(facts.occurred_on, facts.fact_id) < sa.tuple_(sa.literal(day), sa.literal(fact_id)))
        rows = tx.execute(query).all()
        more = page_token((rows[page.size - 1].occurred_on.isoformat(), rows[page.size - 1].fact_id)) if len(rows) > page.size else ""
        return {"facts": [fact_answer(row) for row in rows[: page.size]], "next_page_token": more, "total_size": total}


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
        conditions = [tx.caller.where(table.c.region, table.c.hall_id)]
        if rulebook:
            conditions.append(table.c.rulebook == rulebook)
        if hall_id:
            conditions.append(table.c.hall_id == hall_id)
        query = sa.select(table).where(*conditions).order_by(table.c.assigned_at.desc(), table.c.assignment_id.desc()).limit(page.size + 1)
        if (key := key_of(page, datetime.fromisoformat, str)) is not None:
            at, assignment_id = key
            query = query.where(
                sa.tuple_(table.c.assigned_at, table.c.assignment_id) < sa.tuple_(sa.literal(at), sa.literal(assignment_id))
            )
        rows = tx.execute(query).all()
        more = page_token((rows[page.size - 1].assigned_at.isoformat(), rows[page.size - 1].assignment_id)) if len(rows) > page.size else ""
        total = _count(tx, table, *conditions)
        return {"assignments": [assignment_answer(row) for row in rows[: page.size]], "next_page_token": more, "total_size": total}


def _count(tx: Transaction, table: sa.Table, *conditions: Any) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one())
