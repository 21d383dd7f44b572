"""Tables: door-to-door visits (上门服务)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake import sealed_contacts
from services.intake.domain.visits import Visit
from services.intake.orm.base import METADATA, TIME

visits = sa.Table(
    "visits",
    METADATA,
    sa.Column("visit_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("item_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("ground_text", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Masked; the real one is sealed in `visit_contacts`.
    sa.Column("contact", JSONB, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", TIME, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("staff_ids", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("starts_at", TIME),
    sa.Column("ends_at", TIME),
    sa.Column("outing_id", sa.Text),
    sa.Column("dispatched_by", sa.Text),
    sa.Column("dispatched_at", TIME),
    sa.Column("visited_at", TIME),
    sa.Column("visited_by", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("result_note", sa.Text),
    sa.Column("case_items", JSONB, nullable=False, server_default="{}"),
    sa.Column("handed_in_at", TIME),
    sa.Column("handed_in_by", sa.Text),
    sa.Column("hand_in_note", sa.Text),
    sa.Column("closed_at", TIME),
    sa.Column("closed_by", sa.Text),
    sa.Column("end_reason", sa.Text),
    sa.Column("overdue_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # Newest first within a hall; the plan of a day; whose visits.
    sa.Index("ix_visits_hall_id_visit_id", "hall_id", "visit_id"),
    sa.Index("ix_visits_starts_at", "starts_at", postgresql_where=sa.text("starts_at IS NOT NULL")),
    sa.Index("ix_visits_staff_ids", "staff_ids", postgresql_using="gin"),
    sa.Index("ix_visits_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

visit_contacts = sa.Table(
    "visit_contacts",
    METADATA,
    sa.Column("visit_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("phone_hash", sa.Text, nullable=False),
    sa.Index("ix_visit_contacts_phone_hash", "phone_hash", "visit_id"),
)

SEALED = sealed_contacts.sealed_column(visit_contacts)
MAPPED: tuple[tuple[type, sa.Table], ...] = ((Visit, visits),)
