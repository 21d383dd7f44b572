"""Columns of every fact that a second person has to verify (domain/verified_facts.py)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.intake.orm.base import TIME


def fact_columns() -> tuple[sa.Column[Any] | sa.CheckConstraint, ...]:
    """Place, subject, evidence and verdict; the database, too, refuses a verdict by who recorded it."""
    return (
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("hall_id", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text),
        sa.Column("window_id", sa.Text),
        sa.Column("staff_id", sa.Text),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_identity", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", TIME),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("decided_by IS DISTINCT FROM recorded_identity", name="two_persons"),
    )
