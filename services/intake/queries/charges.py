"""Reads of charges, receipt books, violations and statements: every list within the caller's scope, paged by key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.listing import Slice, equal, one_page
from chassis.paging import Page
from services.intake import charge_views
from services.intake.domain import charges as c
from services.intake.orm.charges import charges, fee_violations, receipt_books, statement_mismatches, statements

Answer = dict[str, Any]


def get_charge(db: Db, *, charge_id: str | None, charge_no: str | None) -> Answer:
    """One charge in scope, by id or number. Raises NotFound CHARGE_NOT_FOUND."""
    wanted = charges.c.charge_id == charge_id if charge_id else charges.c.charge_no == charge_no
    with db.read() as tx:
        found = tx.session.execute(sa.select(c.Charge).where(wanted)).scalar_one_or_none()
        if found is None:
            raise NotFound("CHARGE_NOT_FOUND", "no such charge")
        tx.caller.require(found.region, found.hall_id)
        return charge_views.charge_view(found)


def list_charges(
    db: Db, *, page_size: int | None, page_token: str | None, day_from: dt.date | None, day_to: dt.date | None, **wanted: Any
) -> Answer:
    """Charges of a case, a hall, a unit or a range of days, newest first."""
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(charges.c.region, charges.c.hall_id), *_charge_filters(day_from, day_to, wanted))
        found = one_page(tx, sa.select(c.Charge).where(seen), [charges.c.charge_id], Page.of(page_size, page_token), newest_first=True)
        return found.answer("charges", charge_views.charge_view)


def _charge_filters(day_from: dt.date | None, day_to: dt.date | None, wanted: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    found = equal(charges, wanted)
    if day_from is not None:
        found.append(charges.c.day >= day_from)
    if day_to is not None:
        found.append(charges.c.day <= day_to)
    return found


def get_charge_totals(db: Db, *, day_from: dt.date | None, day_to: dt.date | None, **wanted: Any) -> Answer:
    """What slips of the days come to, in fen: by the standards, waived, due, paid, and of that confirmed by the treasury. Cancelled ones do not count."""
    amount, waived = charges.c.standard_fen, charges.c.waived_fen
    due = amount - waived
    paid = charges.c.state.in_((c.PAID, c.RECEIPTED, c.RECONCILED))
    zero = sa.literal(0, sa.BigInteger)
    sums = {
        "standard_fen": amount, "waived_fen": waived, "due_fen": due, "paid_fen": sa.case((paid, due), else_=zero),
        "reconciled_fen": sa.case((charges.c.state == c.RECONCILED, due), else_=zero),
        "open_fen": sa.case((charges.c.state == c.ISSUED, due), else_=zero),
    }  # fmt: skip
    columns = [sa.cast(sa.func.coalesce(sa.func.sum(value), 0), sa.BigInteger).label(name) for name, value in sums.items()]
    counts = [sa.func.count().label("charge_count"), sa.func.count(sa.case((waived > 0, 1))).label("waived_count")]
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(charges.c.region, charges.c.hall_id), *_charge_filters(day_from, day_to, wanted))
        row = tx.execute(sa.select(*columns, *counts).where(seen, charges.c.state != c.CANCELLED)).mappings().one()
    return {**row, "waived_share": _share(row["waived_fen"], row["standard_fen"])}


def _share(part: int, whole: int) -> str:
    """Percent with one decimal, half up, without a float; empty when there is nothing to share."""
    if not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"


def list_fee_violations(db: Db, *, page_size: int | None, page_token: str | None, **wanted: Any) -> Answer:
    """Fee violations, newest first."""
    return _newest(db, fee_violations, "violation_id", Page.of(page_size, page_token), wanted).answer("violations")


def list_statements(db: Db, *, page_size: int | None, page_token: str | None, **wanted: Any) -> Answer:
    """Statements of the treasury, the newest import first."""
    return _newest(db, statements, "statement_id", Page.of(page_size, page_token), wanted).answer("statements")


def list_receipt_books(db: Db, *, page_size: int | None, page_token: str | None, **wanted: Any) -> Answer:
    """Books of receipts and what is left of each, by name from the end."""
    return _newest(db, receipt_books, "book_id", Page.of(page_size, page_token), wanted).answer("books", charge_views.book_view)


def _newest(db: Db, table: sa.Table, key: str, page: Page, wanted: dict[str, Any]) -> Slice:
    with db.read() as tx:
        query = sa.select(table).where(tx.caller.where(table.c.region, table.c.hall_id), *equal(table, wanted))
        return one_page(tx, query, [table.c[key]], page, newest_first=True)


def list_statement_mismatches(db: Db, *, statement_id: str, kind: str | None, page_size: int | None, page_token: str | None) -> Answer:
    """The reconciliation report: what does not match, in the order of the statement. Raises NotFound STATEMENT_NOT_FOUND."""
    table = statement_mismatches
    with db.read() as tx:
        head = tx.execute(sa.select(statements).where(statements.c.statement_id == statement_id)).mappings().one_or_none()
        if head is None:
            raise NotFound("STATEMENT_NOT_FOUND", f"no statement {statement_id}", statement_id=statement_id)
        tx.caller.require(head["region"], head["hall_id"])
        query = sa.select(table).where(table.c.statement_id == statement_id, *equal(table, {"kind": kind}))
        found = one_page(tx, query, [table.c.number], Page.of(page_size, page_token))
    return {"statement": dict(head), **found.answer("mismatches")}
