"""Charges with their waivers and receipts, fee violations, treasury statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = None

TABLES = (
    "charges",
    "waivers",
    "charge_numbers",
    "receipt_books",
    "fee_receipts",
    "fee_violations",
    "statements",
    "statement_entries",
    "statement_mismatches",
)


def upgrade() -> None:
    _charges()
    _waivers()
    _charge_numbers()
    _receipt_books()
    _fee_receipts()
    _fee_violations()
    _statements()
    _statement_entries()
    _statement_mismatches()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table, schema="intake")


def _charges() -> None:
    op.create_table(
        "charges",
        sa.Column("charge_id", sa.Text(), nullable=False),
        sa.Column("charge_no", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("standard_fen", sa.BigInteger(), nullable=False),
        sa.Column("waived_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_identity", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("bank_serial", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_recorded_by", sa.Text(), nullable=True),
        sa.Column("receipt_no", sa.Text(), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_id", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("standard_fen > 0 AND waived_fen BETWEEN 0 AND standard_fen", name=op.f("ck_charges_amounts")),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_charges_case_id")),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_charges")),
        sa.UniqueConstraint("charge_no", name=op.f("uq_charges_charge_no")),
        schema="intake",
    )
    op.create_index(op.f("ix_charges_case_id"), "charges", ["case_id"], unique=False, schema="intake")
    op.create_index("ix_charges_hall_id_charge_id", "charges", ["hall_id", "charge_id"], unique=False, schema="intake")
    op.create_index("ix_charges_hall_id_day", "charges", ["hall_id", "day"], unique=False, schema="intake")
    op.create_index(
        "uq_charges_bank_serial",
        "charges",
        ["hall_id", "bank_serial"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("bank_serial IS NOT NULL"),
    )


def _waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("waiver_id", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("basis_document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_identity", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waived_fen", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_by IS DISTINCT FROM requested_identity", name=op.f("ck_waivers_two_persons")),
        sa.ForeignKeyConstraint(["charge_id"], ["intake.charges.charge_id"], name=op.f("fk_waivers_charge_id")),
        sa.PrimaryKeyConstraint("waiver_id", name=op.f("pk_waivers")),
        schema="intake",
    )
    op.create_index(op.f("ix_waivers_charge_id"), "waivers", ["charge_id"], unique=False, schema="intake")


def _charge_numbers() -> None:
    op.create_table(
        "charge_numbers",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "day", name=op.f("pk_charge_numbers")),
        schema="intake",
    )


def _receipt_books() -> None:
    op.create_table(
        "receipt_books",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("first_no", sa.BigInteger(), nullable=False),
        sa.Column("last_no", sa.BigInteger(), nullable=False),
        sa.Column("next_no", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_no <= next_no AND next_no <= last_no + 1", name=op.f("ck_receipt_books_numbers")),
        sa.PrimaryKeyConstraint("book_id", name=op.f("pk_receipt_books")),
        sa.UniqueConstraint("prefix", "first_no", name=op.f("uq_receipt_books_prefix_first_no")),
        schema="intake",
    )
    op.create_index("ix_receipt_books_hall_id_book_id", "receipt_books", ["hall_id", "book_id"], unique=False, schema="intake")


def _fee_receipts() -> None:
    op.create_table(
        "fee_receipts",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["book_id"], ["intake.receipt_books.book_id"], name=op.f("fk_fee_receipts_book_id")),
        sa.ForeignKeyConstraint(["charge_id"], ["intake.charges.charge_id"], name=op.f("fk_fee_receipts_charge_id")),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_fee_receipts")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_fee_receipts_receipt_no")),
        schema="intake",
    )
    op.create_index(op.f("ix_fee_receipts_charge_id"), "fee_receipts", ["charge_id"], unique=False, schema="intake")


def _fee_violations() -> None:
    op.create_table(
        "fee_violations",
        sa.Column("violation_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_identity", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=True),
        sa.Column("standard_fen", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_by IS DISTINCT FROM recorded_identity", name=op.f("ck_fee_violations_two_persons")),
        sa.PrimaryKeyConstraint("violation_id", name=op.f("pk_fee_violations")),
        sa.UniqueConstraint("key", name=op.f("uq_fee_violations_key")),
        schema="intake",
    )
    op.create_index("ix_fee_violations_hall_id_violation_id", "fee_violations", ["hall_id", "violation_id"], unique=False, schema="intake")


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("statement_no", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("day_from", sa.Date(), nullable=False),
        sa.Column("day_to", sa.Date(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("matched_count", sa.Integer(), nullable=False),
        sa.Column("mismatch_count", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("matched_fen", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statements")),
        sa.UniqueConstraint("hall_id", "statement_no", name=op.f("uq_statements_hall_id_statement_no")),
        schema="intake",
    )
    op.create_index("ix_statements_hall_id_statement_id", "statements", ["hall_id", "statement_id"], unique=False, schema="intake")


def _statement_entries() -> None:
    op.create_table(
        "statement_entries",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("bank_serial", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("charge_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["intake.statements.statement_id"], name=op.f("fk_statement_entries_statement_id")),
        sa.PrimaryKeyConstraint("hall_id", "bank_serial", name=op.f("pk_statement_entries")),
        schema="intake",
    )
    op.create_index(op.f("ix_statement_entries_charge_no"), "statement_entries", ["charge_no"], unique=False, schema="intake")
    op.create_index(op.f("ix_statement_entries_statement_id"), "statement_entries", ["statement_id"], unique=False, schema="intake")


def _statement_mismatches() -> None:
    op.create_table(
        "statement_mismatches",
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charge_no", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("bank_serial", sa.Text(), nullable=True),
        sa.Column("expected_fen", sa.BigInteger(), nullable=True),
        sa.Column("found_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["statement_id"], ["intake.statements.statement_id"], name=op.f("fk_statement_mismatches_statement_id")),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_statement_mismatches")),
        schema="intake",
    )
    op.create_index(
        "ix_statement_mismatches_hall_id", "statement_mismatches", ["hall_id", "statement_id", "number"], unique=False, schema="intake"
    )
