"""Reads of charges, receipt books, violations and statements: every list within the caller's scope, paged by key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.paging import Page, page_token
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
    db: Db, *, page_size: int | None, page_token: str | None, day_from: dt.date | None, day_to: dt.date | None, **equal: Any
) -> Answer:
    """Charges of a case, a hall, a unit or a range of days, newest first."""
    page = Page.of(page_size, page_token, types=(str,))
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(charges.c.region, charges.c.hall_id), *_charge_filters(day_from, day_to, equal))
        query = sa.select(c.Charge).where(seen).order_by(charges.c.charge_id.desc()).limit(page.size + 1)
        if page.after is not None:
            query = query.where(charges.c.charge_id < page.after[0])
        rows = tx.session.execute(query).scalars().all()
        total = tx.execute(sa.select(sa.func.count()).select_from(charges).where(seen)).scalar()
        shown = [charge_views.charge_view(charge) for charge in rows[: page.size]]
    return {"charges": shown, "next_page_token": _token(shown, "charge_id") if len(rows) > page.size else "", "total_size": total}


def _charge_filters(day_from: dt.date | None, day_to: dt.date | None, equal: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    found = [charges.c[name] == value for name, value in equal.items() if value is not None]
    if day_from is not None:
        found.append(charges.c.day >= day_from)
    if day_to is not None:
        found.append(charges.c.day <= day_to)
    return found


def get_charge_totals(db: Db, *, day_from: dt.date | None, day_to: dt.date | None, **equal: Any) -> Answer:
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
        seen = sa.and_(tx.caller.where(charges.c.region, charges.c.hall_id), *_charge_filters(day_from, day_to, equal))
        row = tx.execute(sa.select(*columns, *counts).where(seen, charges.c.state != c.CANCELLED)).mappings().one()
    return {**row, "waived_share": _share(row["waived_fen"], row["standard_fen"])}


def _share(part: int, whole: int) -> str:
    """Percent with one decimal, half up, without a float; empty when there is nothing to share."""
    if not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"


def list_fee_violations(db: Db, *, page_size: int | None, page_token: str | None, **equal: Any) -> Answer:
    """Fee violations, newest first."""
    return _newest(db, fee_violations, "violation_id", "violations", (page_size, page_token), equal)


def list_statements(db: Db, *, page_size: int | None, page_token: str | None, **equal: Any) -> Answer:
    """Statements of the treasury, the newest import first."""
    return _newest(db, statements, "statement_id", "statements", (page_size, page_token), equal)


def list_receipt_books(db: Db, *, page_size: int | None, page_token: str | None, **equal: Any) -> Answer:
    """Books of receipts and what is left of each, by name from the end."""
    page = _newest(db, receipt_books, "book_id", "books", (page_size, page_token), equal)
    return {**page, "books": [charge_views.book_view(row) for row in page["books"]]}


def list_statement_mismatches(db: Db, *, statement_id: str, kind: str | None, page_size: int | None, page_token: str | None) -> Answer:
    """The reconciliation report: what does not match, in the order of the statement. Raises NotFound STATEMENT_NOT_FOUND."""
    table = statement_mismatches
    page = Page.of(page_size, page_token, types=(int,))
    with db.read() as tx:
        head = tx.execute(sa.select(statements).where(statements.c.statement_id == statement_id)).mappings().one_or_none()
        if head is None:
            raise NotFound("STATEMENT_NOT_FOUND", f"no statement {statement_id}", statement_id=statement_id)
        tx.caller.require(head["region"], head["hall_id"])
        seen = sa.and_(table.c.statement_id == statement_id, *([table.c.kind == kind] if kind else []))
        query = sa.select(table).where(seen).order_by(table.c.number).limit(page.size + 1)
        if page.after is not None:
            query = query.where(table.c.number > page.after[0])
        rows = [dict(row) for row in tx.execute(query).mappings()]
        total = tx.execute(sa.select(sa.func.count()).select_from(table).where(seen)).scalar()
    shown = rows[: page.size]
    token = _token(shown, "number") if len(rows) > page.size else ""
    return {"statement": dict(head), "mismatches": shown, "next_page_token": token, "total_size": total}


def _newest(db: Db, table: sa.Table, key: str, name: str, asked: tuple[int | None, str | None], equal: dict[str, Any]) -> Answer:
    page = Page.of(*asked, types=(str,))
    with db.read() as tx:
        filters = [table.c[column] == value for column, value in equal.items() if value is not None]
        seen = sa.and_(tx.caller.where(table.c.region, table.c.hall_id), *filters)
        rows, total = _rows(tx, table, key, page, seen)
    shown = rows[: page.size]
    return {name: shown, "next_page_token": _token(shown, key) if len(rows) > page.size else "", "total_size": total}


def _rows(tx: Transaction, table: sa.Table, key: str, page: Page, seen: sa.ColumnElement[bool]) -> tuple[list[Answer], int]:
    query = sa.select(table).where(seen).order_by(table.c[key].desc()).limit(page.size + 1)
    if page.after is not None:
        query = query.where(table.c[key] < page.after[0])
    rows = [dict(row) for row in tx.execute(query).mappings()]
    return rows, int(tx.execute(sa.select(sa.func.count()).select_from(table).where(seen)).scalar_one())


def _token(rows: list[Answer], key: str) -> str:
    return page_token((rows[-1][key],))
