"""Make the schema of notifications: deliveries, inbox, templates, recipients, duties, local reference data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "notifications_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables("notifications")
    _deliveries()
    _duties()
    _halls()
    _items()
    _recipients()
    _staff()
    _templates()
    _windows()
    _inbox_messages()


def downgrade() -> None:
    for table in (
        "inbox_messages",
        "windows",
        "templates",
        "staff",
        "recipients",
        "items",
        "halls",
        "duties",
        "deliveries",
    ):
        op.drop_table(table, schema="notifications")
    drop_chassis_tables("notifications")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'due') = (next_attempt_at IS NOT NULL)", name=op.f("ck_deliveries_due_has_a_time")),
        sa.CheckConstraint("state <> 'failed' OR reason <> ''", name=op.f("ck_deliveries_failed_has_a_reason")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("occasion", "recipient_id", "channel", name=op.f("uq_deliveries_occasion_recipient_id_channel")),
        schema="notifications",
    )
    op.create_index(
        "ix_deliveries_created_at_delivery_id", "deliveries", ["created_at", "delivery_id"], unique=False, schema="notifications"
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["next_attempt_at"],
        unique=False,
        schema="notifications",
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_deliveries_hall_id_created_at_delivery_id",
        "deliveries",
        ["hall_id", "created_at", "delivery_id"],
        unique=False,
        schema="notifications",
    )


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", "duty", "hall_id", "window_id", name=op.f("pk_duties")),
        schema="notifications",
    )
    op.create_index("ix_duties_hall_id_window_id", "duties", ["hall_id", "window_id"], unique=False, schema="notifications")


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="notifications",
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items")),
        schema="notifications",
    )


def _recipients() -> None:
    op.create_table(
        "recipients",
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("smtp", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", name=op.f("pk_recipients")),
        schema="notifications",
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        schema="notifications",
    )
    op.create_index("ix_staff_hall_id", "staff", ["hall_id"], unique=False, schema="notifications")
    op.create_index("ix_staff_window_id", "staff", ["window_id"], unique=False, schema="notifications")


def _templates() -> None:
    op.create_table(
        "templates",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "region", "version", name=op.f("pk_templates")),
        schema="notifications",
    )


def _windows() -> None:
    op.create_table(
        "windows",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("window_id", name=op.f("pk_windows")),
        schema="notifications",
    )
    op.create_index(op.f("ix_windows_hall_id"), "windows", ["hall_id"], unique=False, schema="notifications")


def _inbox_messages() -> None:
    op.create_table(
        "inbox_messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["notifications.deliveries.delivery_id"], name=op.f("fk_inbox_messages_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_inbox_messages")),
        schema="notifications",
    )
    op.create_index(
        "ix_inbox_messages_recipient_id_created_at_message_id",
        "inbox_messages",
        ["recipient_id", "created_at", "message_id"],
        unique=False,
        schema="notifications",
    )
