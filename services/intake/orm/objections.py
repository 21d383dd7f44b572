"""Objections to the progress of a case, and how often its applicant asked after it."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.domain.objections import Objection
from services.intake.orm.base import METADATA, TIME

objections = sa.Table(
    "objections",
    METADATA,
    sa.Column("objection_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("intake.cases.case_id"), nullable=False),
    sa.Column("case_no", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("staff_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("raised_by", sa.Text),
    sa.Column("raised_at", TIME, nullable=False),
    # Numbers are hidden before it is stored.
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", TIME),
    sa.Column("answer_overdue_days", sa.Integer),
    sa.Column("escalated_at", TIME),
    sa.Column("settlement", sa.Text),
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_at", TIME),
    sa.Column("overdue_days", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("closed_at", TIME),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("answered_by IS DISTINCT FROM staff_id", name="another_answers"),
    # Of one case, for its page and for the limit on how many there may be.
    sa.Index("ix_objections_case_id", "case_id", "objection_id"),
    sa.Index("ix_objections_hall_id_objection_id", "hall_id", "objection_id"),
    sa.Index("ix_objections_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

case_queries = sa.Table(
    "case_queries",
    METADATA,
    # A counter a day, not a row a query, and nothing of who asked.
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

MAPPED: tuple[tuple[type, sa.Table], ...] = ((Objection, objections),)
