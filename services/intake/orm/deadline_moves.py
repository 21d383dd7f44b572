"""Evidence of every calculation of a limit that was replaced; rows are added and never changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.orm.base import METADATA, TIME

deadline_moves = sa.Table(
    "deadline_moves",
    METADATA,
    sa.Column("move_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("moved_at", TIME, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("actor", sa.Text),
    sa.Column("notice_nos", ARRAY(sa.Text), nullable=False),
    sa.Column("promised_before", sa.Date),
    sa.Column("promised_due", sa.Date),
    sa.Column("legal_before", sa.Date),
    sa.Column("legal_due", sa.Date),
    sa.Column("before", JSONB, nullable=False),
    sa.Index("ix_deadline_moves_case_id", "case_id", "move_id"),
)
