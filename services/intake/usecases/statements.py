"""The treasury's statement: a file as a whole or nothing, once for its number, compared with the charges."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, InvalidArgument, Violation
from services.intake import reference
from services.intake.domain import charges as c
from services.intake.domain.statements import DIFFERS, Entry, Known, Outcome, RowError, compare, read_statement
from services.intake.events import charges as charge_events
from services.intake.orm.charges import charges, statement_entries, statement_mismatches, statements
from services.intake.usecases import fee_violations

Answer = dict[str, Any]
SHOWN_ERRORS = 200


def import_statement(db: Db, *, hall_id: str, statement_no: str, content: str, dry_run: bool, **days: dt.date) -> Answer:
    """Take in the statement `statement_no` of the days `day_from` to `day_to`; the same file again changes nothing.

    Raises InvalidArgument STATEMENT_DAYS, STATEMENT_ROWS_INVALID naming line and field unless `dry_run`; AlreadyExists STATEMENT_DIFFERS.
    """
    day_from, day_to = days["day_from"], days["day_to"]
    if day_to < day_from:
        raise InvalidArgument("STATEMENT_DAYS", "day_to: before day_from", violations=[Violation("day_to", "before day_from")])
    entries, problems = read_statement(content)
    head: Answer = {"hall_id": hall_id, "statement_no": statement_no, "day_from": day_from, "day_to": day_to}
    digest = hashlib.sha256(f"{day_from}/{day_to}/{content}".encode()).hexdigest()
    with db.transaction() as tx:
        head["region"] = reference.region_of_hall(tx, hall_id)
        tx.caller.require(head["region"], hall_id)
        # Statements of one hall are compared one after the other.
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"statement/{hall_id}", 0))))
        earlier = _earlier(tx, hall_id, statement_no, digest)
        if earlier is not None:
            return {**earlier, "errors": []}
        problems += _in_other_statements(tx, hall_id, entries)
        if problems:
            return _wrong(head, entries, problems, dry_run=dry_run)
        known = _known(tx, head, entries)
        outcome = compare(entries, known, day_from=day_from, day_to=day_to)
        counts = _counts(entries, outcome, known)
        if dry_run:
            return {**head, **counts, "errors": []}
        row = {
            "statement_id": tx.new_id(), **head, "digest": digest, **counts, "imported_by": tx.caller.identity,
            "imported_at": tx.now,
        }  # fmt: skip
        _write(tx, row, entries, outcome)
        tx.emit(charge_events.statement_reconciled(row, Counter(mismatch.kind for mismatch in outcome.mismatches)))
        return {**row, "errors": []}


def _earlier(tx: Transaction, hall_id: str, statement_no: str, digest: str) -> Answer | None:
    same = sa.select(statements).where(statements.c.hall_id == hall_id, statements.c.statement_no == statement_no)
    row = tx.execute(same).mappings().one_or_none()
    if row is not None and row["digest"] != digest:
        raise AlreadyExists(
            "STATEMENT_DIFFERS", f"statement {statement_no} was imported with another content", statement_id=row["statement_id"]
        )
    return None if row is None else dict(row)


def _in_other_statements(tx: Transaction, hall_id: str, entries: Sequence[Entry]) -> list[RowError]:
    table = statement_entries.c
    lines = {entry.bank_serial: entry.line for entry in entries}
    rows = tx.execute(sa.select(table.bank_serial, table.statement_id).where(table.hall_id == hall_id, table.bank_serial.in_(lines)))
    return [RowError(lines[row.bank_serial], "bank_serial", f"{row.bank_serial} stands in another statement already") for row in rows]


def _wrong(head: Answer, entries: Sequence[Entry], problems: list[RowError], *, dry_run: bool) -> Answer:
    problems = sorted(problems, key=lambda problem: problem.line)
    if not dry_run:
        shown = [Violation(f"content.line[{one.line}].{one.field}", one.message) for one in problems[:SHOWN_ERRORS]]
        raise InvalidArgument("STATEMENT_ROWS_INVALID", f"{len(problems)} errors; nothing was imported", violations=shown)
    return {**head, "entry_count": len(entries), "errors": [vars(one) for one in problems[:SHOWN_ERRORS]]}


def _known(tx: Transaction, head: Answer, entries: Sequence[Entry]) -> dict[str, Known]:
    """The charges that the statement names, and those of its days; locked, so that no payment is recorded meanwhile."""
    table, entry = charges.c, statement_entries.c
    named = [one.charge_no for one in entries]
    begins = dt.datetime.combine(head["day_from"], dt.time(0), workdays.BEIJING)
    ends = dt.datetime.combine(head["day_to"] + dt.timedelta(days=1), dt.time(0), workdays.BEIJING)
    of_period = sa.or_(
        sa.and_(table.state == c.ISSUED, table.day.between(head["day_from"], head["day_to"])),
        sa.and_(table.paid_at >= begins, table.paid_at < ends),
    )
    wanted = sa.select(charges).where(table.hall_id == head["hall_id"], sa.or_(table.charge_no.in_(named), of_period))
    rows = tx.execute(wanted.order_by(table.charge_id).with_for_update()).mappings().all()
    numbers = [row["charge_no"] for row in rows]
    told = set(tx.execute(sa.select(entry.charge_no).where(entry.hall_id == head["hall_id"], entry.charge_no.in_(numbers))).scalars())
    return {row["charge_no"]: _charge(row, told) for row in rows}


def _charge(row: Any, told: set[str]) -> Known:
    return Known(
        charge_id=row["charge_id"], charge_no=row["charge_no"], state=row["state"], due_fen=row["standard_fen"] - row["waived_fen"],
        day=row["day"], paid_on=workdays.beijing_date(row["paid_at"]) if row["paid_at"] else None, bank_serial=row["bank_serial"],
        other_statement=row["charge_no"] in told,
    )  # fmt: skip


def _counts(entries: Sequence[Entry], outcome: Outcome, known: dict[str, Known]) -> dict[str, int]:
    due = {charge.charge_id: charge.due_fen for charge in known.values()}
    return {
        "entry_count": len(entries), "matched_count": len(outcome.matched), "mismatch_count": len(outcome.mismatches),
        "total_fen": sum(entry.amount_fen for entry in entries), "matched_fen": sum(due[charge_id] for charge_id in outcome.matched),
    }  # fmt: skip


def _write(tx: Transaction, row: Answer, entries: Sequence[Entry], outcome: Outcome) -> None:
    tx.execute(sa.insert(statements).values(**row))
    common = {"statement_id": row["statement_id"], "hall_id": row["hall_id"]}
    tx.execute(sa.insert(statement_entries), [{**vars(entry), **common} for entry in entries])
    if outcome.mismatches:
        place = {**common, "region": row["region"]}
        numbered = [{**vars(one), **place, "number": number} for number, one in enumerate(outcome.mismatches, start=1)]
        tx.execute(sa.insert(statement_mismatches), numbered)
    if outcome.matched:
        confirmed = sa.update(charges).where(charges.c.charge_id.in_(outcome.matched))
        tx.execute(confirmed.values(state=c.RECONCILED, reconciled_at=tx.now, statement_id=row["statement_id"]))
    _accuse(tx, row, outcome)


def _accuse(tx: Transaction, row: Answer, outcome: Outcome) -> None:
    """Another amount than the standard is a fact to be judged by a person (XZK-5B-1)."""
    wrong = [one for one in outcome.mismatches if one.kind == DIFFERS]
    found = tx.execute(sa.select(charges).where(charges.c.charge_id.in_([one.charge_id for one in wrong]))).mappings()
    by_id = {charge["charge_id"]: charge for charge in found}
    for one in wrong:
        charge = by_id[one.charge_id]
        names = ("region", "hall_id", "unit_id", "window_id", "case_id", "charge_id")
        fee_violations.record(tx, {
            **{name: charge[name] for name in names}, "key": f"statement:{one.charge_id}/{one.bank_serial}", "kind": "wrong_standard",
            "source": "reconciliation", "staff_id": charge["issued_by"], "occurred_at": charge["issued_at"], "recorded_by": fee_violations.SYSTEM,
            "evidence": f"statement {row['statement_no']}, line {one.line}", "asked_fen": one.found_fen, "standard_fen": one.expected_fen,
        })  # fmt: skip
