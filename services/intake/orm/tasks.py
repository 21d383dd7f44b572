"""Back-office tasks."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.orm.base import METADATA, TIME

tasks = sa.Table(
    "tasks",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("intake.cases.case_id"), nullable=False),
    sa.Column("case_no", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("handler_id", sa.Text),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", TIME, nullable=False),
    sa.Column("limit_days", sa.Integer, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("opinion", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", TIME),
    sa.Column("withdrawn_reason", sa.Text),
    sa.Column("overdue_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # What is asked about one case, for its page and for its decision.
    sa.Index("ix_tasks_case_id", "case_id"),
    # Newest first within a hall.
    sa.Index("ix_tasks_hall_id_task_id", "hall_id", "task_id"),
    sa.Index("ix_tasks_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)
