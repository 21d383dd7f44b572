"""Tables of monthly case statistics of the windows (办件统计月报); what makes refused receipts one attempt; who took results away, sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0012"
down_revision = "intake_0011"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _window_reports()
    _hall_reports()
    at_rest = sa.text("coalesce(delivered_at, decided_at, returned_at, 'infinity'::timestamptz)")
    op.create_index("ix_cases_hall_id_at_rest", "cases", ["hall_id", at_rest], schema="intake")
    op.create_index(
        "ix_charges_hall_id_paid_at", "charges", ["hall_id", "paid_at"], schema="intake", postgresql_where=sa.text("paid_at IS NOT NULL")
    )
    op.create_index("ix_waivers_applied_at", "waivers", ["applied_at"], schema="intake", postgresql_where=sa.text("applied_at IS NOT NULL"))
    op.create_table(
        "refused_receipts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_refused_receipts")),
        schema="intake",
    )
    op.create_table(
        "recipients",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_recipients")),
        schema="intake",
    )


def downgrade() -> None:
    op.drop_table("recipients", schema="intake")
    op.drop_table("refused_receipts", schema="intake")
    op.drop_index("ix_waivers_applied_at", "waivers", schema="intake")
    op.drop_index("ix_charges_hall_id_paid_at", "charges", schema="intake")
    op.drop_index("ix_cases_hall_id_at_rest", "cases", schema="intake")
    op.drop_table("monthly_hall_reports", schema="intake")
    op.drop_table("monthly_window_reports", schema="intake")


def _timer_index(table: str) -> None:
    where = sa.text("timer_at IS NOT NULL")
    op.create_index(f"ix_{table}_timer_at", table, ["timer_at"], schema="intake", postgresql_where=where)


def _window_reports() -> None:
    op.create_table(
        "monthly_window_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", _TIME, nullable=False),
        sa.Column("log_epoch", sa.BigInteger(), nullable=False),
        sa.Column("log_seq", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", _TIME, nullable=True),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timer_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_monthly_window_reports")),
        sa.UniqueConstraint("hall_id", "month", "window_id", name=op.f("uq_monthly_window_reports_hall_id_month_window_id")),
        schema="intake",
    )
    name = "ix_monthly_window_reports_hall_id_report_id"
    op.create_index(name, "monthly_window_reports", ["hall_id", "report_id"], schema="intake")
    _timer_index("monthly_window_reports")


def _hall_reports() -> None:
    op.create_table(
        "monthly_hall_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("timer_at", _TIME, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("missing_reason", sa.Text(), nullable=False),
        sa.Column("corrections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", _TIME, nullable=True),
        sa.Column("log_epoch", sa.BigInteger(), nullable=True),
        sa.Column("log_seq", sa.BigInteger(), nullable=True),
        sa.Column("compiled_by", sa.Text(), nullable=True),
        sa.Column("compiled_at", _TIME, nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("reported_at", _TIME, nullable=True),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_monthly_hall_reports")),
        sa.UniqueConstraint("hall_id", "month", name=op.f("uq_monthly_hall_reports_hall_id_month")),
        schema="intake",
    )
    op.create_index("ix_monthly_hall_reports_month", "monthly_hall_reports", ["month", "hall_id"], schema="intake")
    _timer_index("monthly_hall_reports")
