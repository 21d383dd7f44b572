"""Proof that the live ledger is what its facts say: everything of a period once more from scratch, compared with what stands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.scoring import orm
from services.scoring.answers import Answer
from services.scoring.assigned import Assigned, assigned
from services.scoring.domain.ledger import Posting, difference
from services.scoring.domain.periods import Period, parse_period
from services.scoring.domain.score import score
from services.scoring.domain.values import SubjectKind, marks
from services.scoring.usecases.posting import SheetKey
from services.scoring.usecases.rescoring import facts_of, standing_lines

CHUNK = 500


def recompute_period(db: Db, *, rulebook: str, period: str, region: str, hall_id: str | None) -> Answer:
    """Every sheet that has facts or lines, and how it differs; nothing is changed. No differences = live equals from scratch.

    Raises InvalidArgument (PERIOD_INVALID).
    """
    span = parse_period(period)
    differences: list[Answer] = []
    lines = 0
    with db.read() as tx:
        # One snapshot: a fact between two of these queries would look like a difference.
        tx.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        by_id = {i: of for i, of in assigned(tx, orm.assignments.c.rulebook == rulebook).items() if of.matcher.rulebook.period is span.kind}
        keys = sorted(_keys(tx, by_id, span, region, hall_id))
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            facts, standing, sheets = facts_of(tx, chunk, by_id), standing_lines(tx, [key.sheet_id for key in chunk]), _stored(tx, chunk)
            for key in chunk:
                result = score(by_id[key.assignment_id].matcher, key.kind, facts[key])
                lines += len(result.lines)
                change = difference(standing[key.sheet_id], [Posting.of(line) for line in result.lines])
                stored = sheets.get(key.sheet_id, (0, 0, 0))
                if change or stored != (result.points, result.capped_points, result.points):
                    differences.append(_difference(key, stored, result.points, len(change.reverse), len(change.post)))
    return {"sheet_count": len(keys), "line_count": lines, "differences": differences}


def _keys(tx: Transaction, by_id: dict[str, Assigned], period: Period, region: str, hall_id: str | None) -> set[SheetKey]:
    """Sheets that exist or should, within what was asked and what the caller may see."""
    found: set[SheetKey] = set()
    sheets, facts = orm.sheets.c, orm.facts.c

    def seen(table: Any) -> list[Any]:
        conditions = [tx.caller.where(table.region, table.hall_id)]
        if hall_id:
            conditions.append(table.hall_id == hall_id)
        if region:
            conditions.append(sa.or_(table.region == region, table.region.startswith(region + ".", autoescape=True)))
        return conditions

    stored = sa.select(orm.sheets).where(sheets.assignment_id.in_(by_id), sheets.period == period.code, *seen(sheets))
    for row in tx.execute(stored):
        found.add(SheetKey(row.assignment_id, row.period, SubjectKind(row.kind), row.subject_id))
    spans = sa.select(orm.facts).where(facts.occurred_on.between(period.first, period.last), facts.retracted_at.is_(None), *seen(facts))
    for row in tx.execute(spans):
        fact = orm.as_fact(row)
        for of in by_id.values():
            if fact.type in of.matcher.fact_types and of.covers(fact):
                subjects = ((subject.kind, fact.subject(subject.kind)) for subject in of.matcher.rulebook.subjects)
                found.update(SheetKey(of.assignment_id, period.code, kind, subject_id) for kind, subject_id in subjects if subject_id)
    return found


def _stored(tx: Transaction, keys: list[SheetKey]) -> dict[str, tuple[int, int, int]]:
    """Points and capped points as kept on the sheet, and the sum of its ledger lines."""
    summed = (
        sa.select(sa.func.coalesce(sa.func.sum(orm.ledger.c.points), 0))
        .where(orm.ledger.c.sheet_id == orm.sheets.c.sheet_id)
        .scalar_subquery()
    )
    columns = (orm.sheets.c.sheet_id, orm.sheets.c.points, orm.sheets.c.capped_points, summed.label("posted"))
    rows = tx.execute(sa.select(*columns).where(orm.sheets.c.sheet_id.in_([key.sheet_id for key in keys])))
    return {row.sheet_id: (row.points, row.capped_points, int(row.posted)) for row in rows}


def _difference(key: SheetKey, stored: tuple[int, int, int], points: int, surplus: int, missing: int) -> Answer:
    return {
        "sheet_id": key.sheet_id,
        "subject_kind": str(key.kind),
        "subject_id": key.subject_id,
        "live_points": marks(stored[2]),
        "recomputed_points": marks(points),
        "surplus_lines": surplus,
        "missing_lines": missing,
    }
