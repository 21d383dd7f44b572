"""Receipts (票据) and their books (M-D6): numbers follow each other without gaps, a spoilt one stays used."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation
from services.intake import charge_views, reference
from services.intake.orm.charges import fee_receipts, receipt_books
from services.intake.usecases.charges import locked

Answer = dict[str, Any]
_DIGITS = 8


def register_receipt_book(db: Db, *, hall_id: str, book_id: str, prefix: str, first_no: int, last_no: int) -> Answer:
    """Take a book of receipts into stock. No two books hold the same number."""
    if last_no < first_no:
        raise InvalidArgument("BOOK_EMPTY", "last_no: before first_no", violations=[Violation("last_no", "before first_no")])
    table = receipt_books.c
    with db.transaction() as tx:
        region = reference.region_of_hall(tx, hall_id)
        tx.caller.require(region, hall_id)
        # Two registrations at once would not see each other's numbers.
        tx.execute("LOCK TABLE intake.receipt_books IN SHARE ROW EXCLUSIVE MODE")
        overlap = sa.and_(table.prefix == prefix, table.first_no <= last_no, table.last_no >= first_no)
        other = tx.execute(sa.select(table.book_id).where(sa.or_(table.book_id == book_id, overlap)).limit(1)).scalar()
        if other is not None:
            raise AlreadyExists("BOOK_OVERLAPS", f"book {other} holds these numbers, or the same name", book_id=other)
        row = {
            "book_id": book_id, "region": region, "hall_id": hall_id, "prefix": prefix, "first_no": first_no, "last_no": last_no,
            "next_no": first_no, "registered_by": tx.caller.identity, "registered_at": tx.now,
        }  # fmt: skip
        tx.execute(sa.insert(receipt_books).values(**row))
        return charge_views.book_view(row)


def issue_fee_receipt(db: Db, *, charge_id: str, book_id: str) -> Answer:
    """Give the payer the next receipt of a book."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        book = _next(tx, book_id, charge.hall_id)
        number = f"{book['prefix']}{book['next_no'] - 1:0{_DIGITS}}"
        charge.receipt(number, tx.now)
        row = {
            "book_id": book_id, "number": book["next_no"] - 1, "receipt_no": number, "charge_id": charge_id, "amount_fen": charge.due_fen,
            "issued_by": tx.caller.identity, "issued_at": tx.now,
        }  # fmt: skip
        tx.execute(sa.insert(fee_receipts).values(**row))
        return charge_views.charge_view(charge)


def _next(tx: Transaction, book_id: str, hall_id: str) -> Any:
    table = receipt_books.c
    step = sa.update(receipt_books).where(table.book_id == book_id, table.hall_id == hall_id, table.next_no <= table.last_no)
    book = tx.execute(step.values(next_no=table.next_no + 1).returning(receipt_books)).mappings().one_or_none()
    if book is not None:
        return book
    if tx.execute(sa.select(table.book_id).where(table.book_id == book_id, table.hall_id == hall_id)).scalar() is None:
        raise NotFound("RECEIPT_BOOK_NOT_FOUND", f"book_id: the hall has no book {book_id}", book_id=book_id)
    raise FailedPrecondition("RECEIPT_BOOK_FULL", f"every receipt of {book_id} is used", book_id=book_id)


def void_fee_receipt(db: Db, *, charge_id: str, reason: str) -> Answer:
    """Take a spoilt receipt back: its number stays used, the charge waits for another."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        number = charge.void_receipt(tx.now)
        who = tx.caller.identity
        spoilt = sa.update(fee_receipts).where(fee_receipts.c.receipt_no == number)
        tx.execute(spoilt.values(voided_by=who, voided_at=tx.now, void_reason=reason))
        return charge_views.charge_view(charge)
