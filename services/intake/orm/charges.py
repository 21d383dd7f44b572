"""Charges with their waivers and receipts, fee violations, treasury statements."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.orm.base import METADATA, TIME
from services.intake.orm.verified_facts import fact_columns


def _place() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("region", sa.Text, nullable=False), sa.Column("hall_id", sa.Text, nullable=False)


charges = sa.Table(
    "charges",
    METADATA,
    sa.Column("charge_id", sa.Text, primary_key=True),
    sa.Column("charge_no", sa.Text, nullable=False, unique=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    sa.Column("case_no", sa.Text, nullable=False),
    *_place(),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("item_version", sa.Integer, nullable=False),
    sa.Column("lines", JSONB, nullable=False),
    sa.Column("standard_fen", sa.BigInteger, nullable=False),
    sa.Column("waived_fen", sa.BigInteger, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issued_identity", sa.Text, nullable=False),
    sa.Column("issued_at", TIME, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("method", sa.Text),
    sa.Column("bank_serial", sa.Text),
    sa.Column("paid_at", TIME),
    sa.Column("payment_recorded_by", sa.Text),
    sa.Column("receipt_no", sa.Text),
    sa.Column("reconciled_at", TIME),
    sa.Column("statement_id", sa.Text),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("standard_fen > 0 AND waived_fen BETWEEN 0 AND standard_fen", name="amounts"),
    # One transaction of the bank pays one slip.
    sa.Index("uq_charges_bank_serial", "hall_id", "bank_serial", unique=True, postgresql_where=sa.text("bank_serial IS NOT NULL")),
    sa.Index("ix_charges_hall_id_charge_id", "hall_id", "charge_id"),
    sa.Index("ix_charges_hall_id_day", "hall_id", "day"),
)

waivers = sa.Table(
    "waivers",
    METADATA,
    sa.Column("waiver_id", sa.Text, primary_key=True),
    sa.Column("charge_id", sa.Text, sa.ForeignKey(charges.c.charge_id), nullable=False, index=True),
    sa.Column("percent", sa.Integer),
    sa.Column("amount_fen", sa.BigInteger),
    sa.Column("basis_document", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_identity", sa.Text, nullable=False),
    sa.Column("requested_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("waived_fen", sa.BigInteger, nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", TIME),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("applied_by", sa.Text),
    sa.Column("applied_at", TIME),
    sa.CheckConstraint("decided_by IS DISTINCT FROM requested_identity", name="two_persons"),
)

charge_numbers = sa.Table(
    "charge_numbers",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

receipt_books = sa.Table(
    "receipt_books",
    METADATA,
    sa.Column("book_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("first_no", sa.BigInteger, nullable=False),
    sa.Column("last_no", sa.BigInteger, nullable=False),
    sa.Column("next_no", sa.BigInteger, nullable=False),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_at", TIME, nullable=False),
    sa.CheckConstraint("first_no <= next_no AND next_no <= last_no + 1", name="numbers"),
    sa.UniqueConstraint("prefix", "first_no"),
    sa.Index("ix_receipt_books_hall_id_book_id", "hall_id", "book_id"),
)

fee_receipts = sa.Table(
    "fee_receipts",
    METADATA,
    sa.Column("book_id", sa.Text, sa.ForeignKey(receipt_books.c.book_id), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("receipt_no", sa.Text, nullable=False, unique=True),
    sa.Column("charge_id", sa.Text, sa.ForeignKey(charges.c.charge_id), nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issued_at", TIME, nullable=False),
    sa.Column("voided_by", sa.Text),
    sa.Column("voided_at", TIME),
    sa.Column("void_reason", sa.Text),
)

fee_violations = sa.Table(
    "fee_violations",
    METADATA,
    sa.Column("violation_id", sa.Text, primary_key=True),
    # What makes an act one act, however often it is tried or seen.
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    *fact_columns(),
    sa.Column("case_id", sa.Text),
    sa.Column("charge_id", sa.Text),
    sa.Column("asked_fen", sa.BigInteger),
    sa.Column("standard_fen", sa.BigInteger),
    sa.Index("ix_fee_violations_hall_id_violation_id", "hall_id", "violation_id"),
)

statements = sa.Table(
    "statements",
    METADATA,
    sa.Column("statement_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("statement_no", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("day_from", sa.Date, nullable=False),
    sa.Column("day_to", sa.Date, nullable=False),
    sa.Column("entry_count", sa.Integer, nullable=False),
    sa.Column("matched_count", sa.Integer, nullable=False),
    sa.Column("mismatch_count", sa.Integer, nullable=False),
    sa.Column("total_fen", sa.BigInteger, nullable=False),
    sa.Column("matched_fen", sa.BigInteger, nullable=False),
    sa.Column("imported_by", sa.Text, nullable=False),
    sa.Column("imported_at", TIME, nullable=False),
    sa.UniqueConstraint("hall_id", "statement_no"),
    sa.Index("ix_statements_hall_id_statement_id", "hall_id", "statement_id"),
)

statement_entries = sa.Table(
    "statement_entries",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    # A transaction of the bank stands in one statement.
    sa.Column("bank_serial", sa.Text, primary_key=True),
    sa.Column("statement_id", sa.Text, sa.ForeignKey(statements.c.statement_id), nullable=False, index=True),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("charge_no", sa.Text, nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_at", TIME, nullable=False),
)

statement_mismatches = sa.Table(
    "statement_mismatches",
    METADATA,
    sa.Column("statement_id", sa.Text, sa.ForeignKey(statements.c.statement_id), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    *_place(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("charge_no", sa.Text, nullable=False),
    sa.Column("charge_id", sa.Text),
    sa.Column("line", sa.Integer),
    sa.Column("bank_serial", sa.Text),
    sa.Column("expected_fen", sa.BigInteger),
    sa.Column("found_fen", sa.BigInteger),
    sa.Index("ix_statement_mismatches_hall_id", "hall_id", "statement_id", "number"),
)
