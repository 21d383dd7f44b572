"""Enquiries with what was given out and who asked, and first-asked duty not done."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chassis.sealing import SealedColumn
from services.intake import sealed_askers
from services.intake.domain.enquiries import Enquiry
from services.intake.domain.first_asked import FirstAskedFailure
from services.intake.orm.base import METADATA, TIME
from services.intake.orm.verified_facts import fact_columns

enquiries = sa.Table(
    "enquiries",
    METADATA,
    sa.Column("enquiry_id", sa.Text, primary_key=True),
    sa.Column("enquiry_no", sa.Text, nullable=False, unique=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Masked; the real one is sealed in `enquiry_askers`. Numbers in the question are hidden before it is stored.
    sa.Column("asker", JSONB, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text),
    sa.Column("item_version", sa.Integer),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("own_duty", sa.Boolean, nullable=False),
    sa.Column("first_asked_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text),
    sa.Column("registered_at", TIME, nullable=False),
    sa.Column("track_hash", sa.Text, nullable=False, unique=True),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("holder_id", sa.Text, nullable=False),
    sa.Column("holder_unit_id", sa.Text, nullable=False),
    sa.Column("holder_window_id", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("routed_id", sa.Text),
    sa.Column("routed_unit_id", sa.Text),
    sa.Column("routed_window_id", sa.Text),
    sa.Column("routes", JSONB, nullable=False),
    sa.Column("bounced", sa.Integer, nullable=False),
    sa.Column("told", JSONB(none_as_null=True)),
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_unit_id", sa.Text),
    sa.Column("answered_at", TIME),
    sa.Column("elapsed_days", sa.Integer),
    sa.Column("due_soon_told", sa.Boolean, nullable=False),
    sa.Column("overdue_days", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("closed_at", TIME),
    sa.Column("close_note", sa.Text, nullable=False),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # Newest first within a hall; a person's own tickets; what a unit is asked. Figures read a hall's month.
    sa.Index("ix_enquiries_hall_id_enquiry_id", "hall_id", "enquiry_id"),
    sa.Index("ix_enquiries_holder_id_enquiry_id", "holder_id", "enquiry_id"),
    sa.Index("ix_enquiries_routed_unit_id_enquiry_id", "routed_unit_id", "enquiry_id"),
    sa.Index("ix_enquiries_hall_id_day", "hall_id", "day"),
    sa.Index("ix_enquiries_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

enquiry_numbers = sa.Table(
    "enquiry_numbers",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

enquiry_askers = sa.Table(
    "enquiry_askers",
    METADATA,
    sa.Column("enquiry_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)

asker_reveals = sa.Table(
    "asker_reveals",
    METADATA,
    sa.Column("reveal_id", sa.Text, primary_key=True),
    sa.Column("enquiry_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("revealed_to", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("revealed_at", TIME, nullable=False),
    sa.Index("ix_asker_reveals_enquiry_id", "enquiry_id", "reveal_id"),
    sa.Index("ix_asker_reveals_hall_id", "hall_id", "reveal_id"),
)

enquiry_papers = sa.Table(
    "enquiry_papers",
    METADATA,
    sa.Column("enquiry_id", sa.Text, sa.ForeignKey(enquiries.c.enquiry_id), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("template_version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("issued_at", TIME, nullable=False),
)

first_asked_failures = sa.Table(
    "first_asked_failures",
    METADATA,
    sa.Column("failure_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    *fact_columns(),
    sa.Column("enquiry_id", sa.Text),
    sa.Column("reply", sa.Text),
    sa.Column("replied_by", sa.Text),
    sa.Column("replied_at", TIME),
    sa.Index("ix_first_asked_failures_hall_id_failure_id", "hall_id", "failure_id"),
)

SEALED_ASKERS = SealedColumn(enquiry_askers, "sealed", sealed_askers.place)

MAPPED: tuple[tuple[type, sa.Table], ...] = ((Enquiry, enquiries), (FirstAskedFailure, first_asked_failures))
