"""Tables of notifications; high-volume rows only, so there is no mapping."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chassis.copies import version_column
from chassis.orm import metadata_for

SCHEMA = "notifications"
METADATA = metadata_for(SCHEMA)
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


deliveries = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    _text("occasion"),
    _text("recipient_id"),
    _text("channel"),
    _text("event_id"),
    _text("event_type"),
    _text("subject"),
    _text("template"),
    sa.Column("template_version", sa.Integer, nullable=False),
    _text("locale"),
    _text("title"),
    _text("text"),
    _text("html"),
    _text("message_id"),
    _text("state"),
    _text("reason"),
    _text("detail"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", _MOMENT, nullable=True),
    sa.Column("created_at", _MOMENT, nullable=False),
    sa.Column("finished_at", _MOMENT, nullable=True),
    _text("region"),
    _text("hall_id"),
    # Nobody is told of one occasion twice over one channel.
    sa.UniqueConstraint("occasion", "recipient_id", "channel"),
    sa.CheckConstraint("(state = 'due') = (next_attempt_at IS NOT NULL)", name="due_has_a_time"),
    sa.CheckConstraint("state <> 'failed' OR reason <> ''", name="failed_has_a_reason"),
    sa.Index("ix_deliveries_due", "next_attempt_at", postgresql_where=sa.text("state = 'due'")),  # the sender
    sa.Index("ix_deliveries_created_at_delivery_id", "created_at", "delivery_id"),  # ListDeliveries
    sa.Index("ix_deliveries_hall_id_created_at_delivery_id", "hall_id", "created_at", "delivery_id"),
)

inbox_messages = sa.Table(
    "inbox_messages",
    METADATA,
    sa.Column("message_id", sa.Text, sa.ForeignKey(deliveries.c.delivery_id), primary_key=True),
    _text("recipient_id"),
    _text("event_type"),
    _text("subject"),
    _text("title"),
    _text("text"),
    sa.Column("created_at", _MOMENT, nullable=False),
    sa.Column("read_at", _MOMENT, nullable=True),
    _text("region"),
    _text("hall_id"),
    sa.Index("ix_inbox_messages_recipient_id_created_at_message_id", "recipient_id", "created_at", "message_id"),
)

templates = sa.Table(
    "templates",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("texts", JSONB, nullable=False),
    sa.Column("created_at", _MOMENT, nullable=False),
    _text("created_by"),
)

recipients = sa.Table(
    "recipients",
    METADATA,
    sa.Column("recipient_id", sa.Text, primary_key=True),
    _text("email"),
    _text("locale"),
    sa.Column("smtp", sa.Boolean, nullable=False),
    sa.Column("updated_at", _MOMENT, nullable=False),
)

duties = sa.Table(
    "duties",
    METADATA,
    sa.Column("recipient_id", sa.Text, primary_key=True),
    sa.Column("duty", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, primary_key=True),
    # "" for duties of a whole hall
    sa.Column("window_id", sa.Text, primary_key=True),
    sa.Index("ix_duties_hall_id_window_id", "hall_id", "window_id"),
)

staff = sa.Table(
    "staff",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    _text("name"),
    _text("region"),
    _text("hall_id"),
    _text("unit_id"),
    _text("window_id", nullable=True),
    _text("post"),
    _text("status"),
    version_column(),
    sa.Index("ix_staff_window_id", "window_id"),
    sa.Index("ix_staff_hall_id", "hall_id"),
)

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    _text("region"),
    _text("name"),
    _text("zone"),
    version_column(),
)

windows = sa.Table(
    "windows",
    METADATA,
    sa.Column("window_id", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False, index=True),
    _text("name"),
    version_column(),
)

items = sa.Table(
    "items",
    METADATA,
    sa.Column("item_id", sa.Text, primary_key=True),
    _text("name"),
    version_column(),
)
