"""Score sheets and single lines, every number explained."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation
from services.scoring import orm
from services.scoring.answers import Answer, fact_answer, gaps_answer, line_answer
from services.scoring.assigned import Assigned, assigned
from services.scoring.domain.building import chosen_options
from services.scoring.domain.explain import rule_of
from services.scoring.domain.periods import Period, parse_period
from services.scoring.domain.rulebook import Subject
from services.scoring.domain.score import score, totals
from services.scoring.domain.values import SubjectKind, marks
from services.scoring.usecases.posting import SheetKey
from services.scoring.usecases.rescoring import facts_of


def score_sheet(db: Db, *, rulebook: str, period: str, subject_id: str, history: bool, **which: Any) -> Answer:
    """The sheet of one subject in one period: base, lines in order of time with the running total, totals, what awaits verification, gaps.

    Raises InvalidArgument (PERIOD_INVALID, INVALID_REQUEST), NotFound (SHEET_NOT_FOUND), FailedPrecondition (SHEET_AMBIGUOUS),
    PermissionDenied (OUT_OF_SCOPE).
    """
    span, kind = parse_period(period), SubjectKind(which["subject_kind"])
    with db.read() as tx:
        sheet, of = _find(tx, rulebook, span, kind, subject_id, which["assignment_id"])
        tx.caller.require(sheet["region"], sheet["hall_id"])
        subject = of.matcher.rulebook.subject(kind)
        assert subject is not None  # _find looks at assignments that have it
        key = SheetKey(of.assignment_id, period, kind, subject_id)
        return _answer(tx, sheet, of, subject, key, history=history)


def ledger_line(db: Db, *, entry_id: str) -> Answer:
    """One ledger line with its explanation, its facts as they are now, and what reversed it.

    Raises NotFound (ENTRY_NOT_FOUND), PermissionDenied (OUT_OF_SCOPE).
    """
    with db.read() as tx:
        joined = orm.ledger.join(orm.sheets, orm.sheets.c.sheet_id == orm.ledger.c.sheet_id)
        places = (
            orm.sheets.c.region,
            orm.sheets.c.hall_id,
            orm.sheets.c.assignment_id,
            orm.sheets.c.period,
            orm.sheets.c.kind,
            orm.sheets.c.subject_id,
        )
        row = tx.execute(sa.select(orm.ledger, *places).select_from(joined).where(orm.ledger.c.entry_id == entry_id)).one_or_none()
        if row is None:
            raise NotFound("ENTRY_NOT_FOUND", f"no ledger line {entry_id}", entry_id=entry_id)
        tx.caller.require(row.region, row.hall_id)
        of = assigned(tx, orm.assignments.c.assignment_id == row.assignment_id)[row.assignment_id]
        facts = tx.execute(
            sa.select(orm.facts).where(orm.facts.c.fact_id.in_(row.fact_ids)).order_by(orm.facts.c.occurred_on, orm.facts.c.fact_id)
        )
        undoing = tx.execute(sa.select(orm.ledger).where(orm.ledger.c.reverses == entry_id)).one_or_none()
        book = of.matcher.rulebook
        return {
            "line": line_answer(book, row, undoing),
            "rulebook": book.code,
            "rulebook_version": book.version,
            "subject_kind": row.kind,
            "subject_id": row.subject_id,
            "period": row.period,
            "facts": [fact_answer(fact) for fact in facts],
        }


def _find(
    tx: Transaction, rulebook: str, period: Period, kind: SubjectKind, subject_id: str, assignment_id: str | None
) -> tuple[Answer, Assigned]:
    """The stored sheet, or an empty one for a subject that no fact has touched."""
    conditions = [orm.assignments.c.rulebook == rulebook]
    if assignment_id:
        conditions.append(orm.assignments.c.assignment_id == assignment_id)
    candidates = {i: of for i, of in assigned(tx, *conditions).items() if of.runs_in(period) and of.matcher.rulebook.subject(kind)}
    fitting = {i: of for i, of in candidates.items() if of.matcher.rulebook.period is period.kind}
    if candidates and not fitting:
        kinds = next(iter(candidates.values())).matcher.rulebook.period
        raise InvalidArgument("PERIOD_INVALID", f"{rulebook} is scored by {kinds}", violations=[Violation("period", f"must be a {kinds}")])
    ids = [SheetKey(i, period.code, kind, subject_id).sheet_id for i in fitting]
    rows = [row._asdict() for row in tx.execute(sa.select(orm.sheets).where(orm.sheets.c.sheet_id.in_(ids)))]
    found = [row for row in rows if row["version"]] or rows or _empty(tx, fitting, kind, subject_id)
    if not found:
        why = f"{rulebook} does not score {kind} {subject_id} in {period.code}"
        raise NotFound("SHEET_NOT_FOUND", why, rulebook=rulebook, subject_id=subject_id, period=period.code)
    if len(found) > 1:
        ids = [row["assignment_id"] for row in found]
        raise FailedPrecondition("SHEET_AMBIGUOUS", "several assignments score this subject; name one", assignment_ids=",".join(ids))
    return found[0], fitting[found[0]["assignment_id"]]


def _empty(tx: Transaction, candidates: dict[str, Assigned], kind: SubjectKind, subject_id: str) -> list[Answer]:
    wanted = sa.select(orm.subjects).where(orm.subjects.c.kind == kind, orm.subjects.c.subject_id == subject_id)
    row = tx.execute(wanted).one_or_none()
    if row is None:
        return []
    place = {"region": row.region, "hall_id": row.hall_id, "version": 0, "points": 0, "capped_points": 0}
    return [{"assignment_id": i, **place} for i, of in candidates.items() if of.reaches(row.region, row.hall_id)]


def _answer(tx: Transaction, sheet: Answer, of: Assigned, subject: Subject, key: SheetKey, *, history: bool) -> Answer:
    book, base = of.matcher.rulebook, of.base_of(subject)
    sums = totals(base=base, floor=subject.floor, points=sheet["points"], capped_points=sheet["capped_points"])
    facts = facts_of(tx, [key], {of.assignment_id: of})[key]
    waiting = {fact.fact_id for fact in facts if not fact.verified and fact.type in of.matcher.fact_types}
    pending = tx.execute(
        sa.select(orm.facts)
        .where(orm.facts.c.fact_id.in_(waiting), orm.facts.c.judged_verified.is_(None))  # what was found untrue waits no more
        .order_by(orm.facts.c.occurred_on, orm.facts.c.fact_id)
    )
    name = sa.select(orm.subjects.c.name).where(orm.subjects.c.kind == key.kind, orm.subjects.c.subject_id == key.subject_id)
    shown = score(of.matcher, key.kind, facts).indicators
    return {
        "sheet_id": key.sheet_id,
        "assignment_id": of.assignment_id,
        "rulebook": book.code,
        "rulebook_version": book.version,
        "period": key.period,
        "subject_kind": str(key.kind),
        "subject_id": key.subject_id,
        "subject_name": tx.execute(name).scalar_one_or_none() or "",
        "region": sheet["region"],
        "hall_id": sheet["hall_id"],
        "version": sheet["version"],
        "record": subject.record,
        "base": None if sums.base is None else marks(sums.base),
        "points": marks(sheet["points"]),
        "raw_total": marks(sums.raw),
        "total": marks(sums.total),
        "capped_total": marks(sums.capped),
        "lines": _lines(tx, of, key.sheet_id, base or 0, history=history),
        "indicators": [_indicator(of, i.line, i.points, i.fact_ids) for i in shown],
        "pending": [fact_answer(row) for row in pending],
        "gaps": gaps_answer(book),
        "parameters": [
            {"code": p.code, "option": o.code} for p, o in zip(book.parameters, chosen_options(book, of.parameters), strict=True)
        ],
    }


def _lines(tx: Transaction, of: Assigned, sheet_id: str, base: int, *, history: bool) -> list[Answer]:
    wanted = sa.select(orm.ledger).where(orm.ledger.c.sheet_id == sheet_id)
    if not history:
        undone = orm.ledger.alias("undone")
        wanted = wanted.where(orm.ledger.c.reverses.is_(None), ~sa.exists().where(undone.c.reverses == orm.ledger.c.entry_id))
    rows = list(tx.execute(wanted.order_by(orm.ledger.c.number)))
    undoing = {row.reverses: row for row in rows if row.reverses}
    if not history:
        # As the day went, not as the news came: otherwise a person's third lateness could stand before his second.
        rows.sort(key=lambda row: (row.occurred_on, _moment(row), row.number))
    running, lines = base, []
    for row in rows:
        running += row.points
        lines.append(line_answer(of.matcher.rulebook, row, undoing.get(row.entry_id)) | {"running_total": marks(running)})
    return lines


def _moment(row: Any) -> str:
    """When the last fact of a line happened within its day."""
    facts = row.detail["facts"]
    last = facts[-1] if facts else {}
    return str(last.get("occurred_at") or last.get("half") or "")


def _indicator(of: Assigned, line: str, points: int, fact_ids: tuple[str, ...]) -> Answer:
    rule, source = rule_of(of.matcher.rulebook, line)
    return {"line": line, "points": marks(points), "fact_ids": list(fact_ids), "rule_zh": rule.zh, "rule_en": rule.en, "source": source}
