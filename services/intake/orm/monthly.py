"""Tables: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.domain.monthly.hall_report import HallReport
from services.intake.domain.monthly.window_report import WindowReport
from services.intake.orm.base import METADATA, TIME
from services.intake.orm.cases import cases
from services.intake.orm.charges import charges, waivers

window_reports = sa.Table(
    "monthly_window_reports",
    METADATA,
    sa.Column("report_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("figures", JSONB, nullable=False),
    sa.Column("computed_at", TIME, nullable=False),
    sa.Column("log_epoch", sa.BigInteger, nullable=False),
    sa.Column("log_seq", sa.BigInteger, nullable=False),
    sa.Column("opened_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("days_late", sa.Integer, nullable=False),
    sa.Column("remarks", sa.Text, nullable=False),
    sa.Column("submitted_by", sa.Text),
    sa.Column("submitted_at", TIME),
    sa.Column("history", JSONB, nullable=False),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # One report for a window and a month, whoever opens it.
    sa.UniqueConstraint("hall_id", "month", "window_id"),
    sa.Index("ix_monthly_window_reports_hall_id_report_id", "hall_id", "report_id"),
    sa.Index("ix_monthly_window_reports_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

hall_reports = sa.Table(
    "monthly_hall_reports",
    METADATA,
    sa.Column("report_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("timer_at", TIME),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due", sa.Date),
    sa.Column("opened_at", TIME),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("days_late", sa.Integer, nullable=False),
    sa.Column("figures", JSONB(none_as_null=True)),
    sa.Column("windows", JSONB, nullable=False),
    sa.Column("missing", ARRAY(sa.Text), nullable=False),
    sa.Column("missing_reason", sa.Text, nullable=False),
    sa.Column("corrections", JSONB, nullable=False),
    sa.Column("computed_at", TIME),
    sa.Column("log_epoch", sa.BigInteger),
    sa.Column("log_seq", sa.BigInteger),
    sa.Column("compiled_by", sa.Text),
    sa.Column("compiled_at", TIME),
    sa.Column("reported_by", sa.Text),
    sa.Column("reported_at", TIME),
    sa.Column("history", JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("hall_id", "month"),
    sa.Index("ix_monthly_hall_reports_month", "month", "hall_id"),
    sa.Index("ix_monthly_hall_reports_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

# The only index the statistics ask of the cases: whatever happened to a case in a month, it was received before the month's end and had not come to rest
# before its beginning. What is still under way has not come to rest at all.
AT_REST = sa.text("coalesce(delivered_at, decided_at, returned_at, 'infinity'::timestamptz)")
sa.Index("ix_cases_hall_id_at_rest", cases.c.hall_id, AT_REST)
sa.Index("ix_charges_hall_id_paid_at", charges.c.hall_id, charges.c.paid_at, postgresql_where=sa.text("paid_at IS NOT NULL"))
sa.Index("ix_waivers_applied_at", waivers.c.applied_at, postgresql_where=sa.text("applied_at IS NOT NULL"))

MAPPED: tuple[tuple[type, sa.Table], ...] = ((WindowReport, window_reports), (HallReport, hall_reports))
