"""Rankings: everyone who is assessed, also who has no fact; equal totals share a place and the next place follows at once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import InvalidArgument, Violation
from chassis.paging import Page, page_token
from services.scoring import orm
from services.scoring.answers import Answer
from services.scoring.assigned import Assigned, assigned
from services.scoring.domain.periods import Period, parse_period
from services.scoring.domain.values import SubjectKind, marks
from services.scoring.queries.keys import key_of


def list_ranking(db: Db, *, rulebook: str, subject_kind: str, period: str, page: Page, **within: Any) -> Answer:
    """Subjects by total, best first, within region or hall and the caller's scope; the place counts within what was asked.

    Raises InvalidArgument (PERIOD_INVALID).
    """
    span, kind = parse_period(period), SubjectKind(subject_kind)
    with db.read() as tx:
        active = [
            of
            for of in assigned(tx, orm.assignments.c.rulebook == rulebook).values()
            if of.runs_in(span) and of.matcher.rulebook.subject(kind)
        ]
        if any(of.matcher.rulebook.period is not span.kind for of in active):
            raise InvalidArgument(
                "PERIOD_INVALID", "not a period of this rulebook", violations=[Violation("period", "not a period of this rulebook")]
            )
        if not active:
            return {"places": [], "next_page_token": "", "total_size": 0}
        entries = _entries(active, span, kind).subquery("entries")
        seen = sa.select(entries).where(tx.caller.where(entries.c.region, entries.c.hall_id))
        if within["hall_id"]:
            seen = seen.where(entries.c.hall_id == within["hall_id"])
        if within["region"]:
            seen = seen.where(_within(entries.c.region, within["region"]))
        return _page(tx, seen.subquery("seen"), page)


def _entries(active: list[Assigned], period: Period, kind: SubjectKind) -> Any:
    parts = [part for of in active for part in (_scored(of, period, kind), _untouched(of, period, kind))]
    return sa.union_all(*parts)


def _totals(of: Assigned, kind: SubjectKind, points: Any, capped: Any) -> list[Any]:
    subject = of.matcher.rulebook.subject(kind)
    assert subject is not None  # the list above holds only assignments that have it
    base = of.base_of(subject) or 0

    def floored(total: Any) -> Any:
        return total if subject.floor is None else sa.func.greatest(total, sa.literal(subject.floor, sa.Integer))

    raw, held = sa.literal(base, sa.Integer) + points, sa.literal(base, sa.Integer) + capped
    return [raw.label("raw"), floored(raw).label("total"), floored(held).label("capped")]


def _scored(of: Assigned, period: Period, kind: SubjectKind) -> Any:
    sheets, subjects = orm.sheets, orm.subjects
    joined = sheets.outerjoin(subjects, sa.and_(subjects.c.kind == sheets.c.kind, subjects.c.subject_id == sheets.c.subject_id))
    own = sa.and_(sheets.c.assignment_id == of.assignment_id, sheets.c.period == period.code, sheets.c.kind == kind)
    columns = [sheets.c.subject_id, sheets.c.region, sheets.c.hall_id, sa.func.coalesce(subjects.c.name, "").label("name")]
    return sa.select(*columns, *_totals(of, kind, sheets.c.points, sheets.c.capped_points)).select_from(joined).where(own)


def _untouched(of: Assigned, period: Period, kind: SubjectKind) -> Any:
    sheets, subjects = orm.sheets, orm.subjects
    place = subjects.c.hall_id == of.hall_id if of.hall_id else _within(subjects.c.region, of.region)
    # A person who moved has a sheet where he was; an empty second one where he is now would rank him twice.
    has_sheet = sa.exists().where(
        sheets.c.rulebook == of.matcher.rulebook.code,
        sheets.c.period == period.code,
        sheets.c.kind == kind,
        sheets.c.subject_id == subjects.c.subject_id,
    )
    columns = [subjects.c.subject_id, subjects.c.region, subjects.c.hall_id, subjects.c.name]
    nothing = sa.literal(0, sa.Integer)
    return sa.select(*columns, *_totals(of, kind, nothing, nothing)).where(subjects.c.kind == kind, subjects.c.active, place, ~has_sheet)


def _within(column: Any, region: str) -> Any:
    return sa.or_(column == region, column.startswith(region + ".", autoescape=True))


def _page(tx: Transaction, seen: Any, page: Page) -> Answer:
    place = sa.func.dense_rank().over(order_by=seen.c.total.desc()).label("place")
    count = sa.func.count().over().label("total_size")
    ranked = sa.select(seen, place, count).subquery("ranked")
    wanted = (
        sa.select(ranked).order_by(ranked.c.total.desc(), ranked.c.subject_id, sa.func.coalesce(ranked.c.hall_id, "")).limit(page.size + 1)
    )
    if (key := key_of(page, int, str, str)) is not None:
        total, subject_id, hall = key
        later = sa.tuple_(ranked.c.subject_id, sa.func.coalesce(ranked.c.hall_id, "")) > sa.tuple_(sa.literal(subject_id), sa.literal(hall))
        wanted = wanted.where(sa.or_(ranked.c.total < total, sa.and_(ranked.c.total == total, later)))
    rows = tx.execute(wanted).all()
    shown = rows[: page.size]
    more = page_token((shown[-1].total, shown[-1].subject_id, shown[-1].hall_id or "")) if len(rows) > page.size else ""
    return {"places": [_place(row) for row in shown], "next_page_token": more, "total_size": _total(tx, seen, rows)}


def _total(tx: Transaction, seen: Any, rows: Any) -> int:
    if rows:
        return int(rows[0].total_size)
    return int(tx.execute(sa.select(sa.func.count()).select_from(seen)).scalar_one())


def _place(row: Any) -> Answer:
    return {
        "place": row.place,
        "subject_id": row.subject_id,
        "subject_name": row.name,
        "region": row.region,
        "hall_id": row.hall_id,
        "total": marks(row.total),
        "raw_total": marks(row.raw),
        "capped_total": marks(row.capped),
    }
