"""Create the tables of devices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "devices_0001"
down_revision = None

SCHEMA = "devices"
_T = sa.DateTime(timezone=True)
_C = sa.Text(collation="C")
_TABLES = ("presses", "commands", "operations", "quarantine", "punches", "uploads", "contacts", "devices", "halls")


def _register() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("window_ids", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name="pk_halls"),
        schema=SCHEMA,
    )
    op.create_table(
        "devices",
        sa.Column("device_sn", sa.Text, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("kind", "family", "state", "region")],
        *[sa.Column(name, sa.Text) for name in ("hall_id", "window_id")],
        sa.Column("zone", sa.Text, nullable=False),
        *[sa.Column(name, sa.Text) for name in ("charset", "token_hash")],
        sa.Column("registered_at", _T, nullable=False),
        *[sa.Column(name, _T) for name in ("approved_at", "disabled_at")],
        sa.Column("online", sa.Boolean, nullable=False),
        *[sa.Column(name, _T) for name in ("clock_held_since", "reported_through", "reported_at")],
        sa.Column("enrolment", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("device_sn", name="pk_devices"),
        sa.CheckConstraint("state IN ('pending', 'approved', 'disabled')", name="ck_devices_state"),
        schema=SCHEMA,
    )
    op.create_index("ix_devices_hall_id_device_sn", "devices", ["hall_id", "device_sn"], schema=SCHEMA)


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("device_sn", sa.Text, nullable=False),
        *[sa.Column(name, _T, nullable=False) for name in ("first_seen_at", "last_seen_at")],
        *[sa.Column(name, _T) for name in ("last_poll_at", "last_upload_at", "refused_at")],
        *[sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in ("stored_count", "quarantined_count")],
        sa.Column("on_device", sa.BigInteger),
        *[sa.Column(name, _T) for name in ("on_device_at", "log_cleared_at", "gap_since")],
        sa.Column("behind", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("firmware", sa.Text),
        sa.Column("users_count", sa.BigInteger),
        *[sa.Column(name, sa.Text) for name in ("ip_address", "language", "push_version", "device_type", "dialect", "comm_key_hash")],
        sa.Column("comm_key_changed_at", _T),
        *[sa.Column(name, JSONB, nullable=False, server_default="{}") for name in ("stamps", "facts")],
        sa.PrimaryKeyConstraint("device_sn", name="pk_contacts"),
        schema=SCHEMA,
        postgresql_with={"fillfactor": "60"},
    )


def _arrivals() -> None:
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.Column("device_sn", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("hall_id", sa.Text),
        sa.Column("received_at", _T, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("method", "path", "query", "table_name")],
        sa.Column("body", sa.LargeBinary),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name="pk_uploads"),
        schema=SCHEMA,
    )
    where = sa.text("state = 'unparsed'")
    op.create_index("ix_uploads_unparsed", "uploads", ["upload_id"], schema=SCHEMA, postgresql_where=where)
    op.create_table(
        "punches",
        sa.Column("device_sn", _C, nullable=False),
        sa.Column("local_time", sa.DateTime(timezone=False), nullable=False),
        *[sa.Column(name, _C, nullable=False) for name in ("pin", "status", "verify", "work_code")],
        sa.Column("punch_id", sa.Uuid, nullable=False),
        sa.Column("at", _T, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("hall_id", sa.Text),
        sa.Column("received_at", _T, nullable=False),
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("device_sn", "local_time", "pin", "status", "verify", "work_code", name="pk_punches"),
        schema=SCHEMA,
    )
    op.create_table(
        "presses",
        sa.Column("device_sn", sa.Text, nullable=False),
        sa.Column("press_id", sa.Text, nullable=False),
        sa.Column("key", sa.Integer, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("window_id", "region")],
        sa.Column("hall_id", sa.Text),
        *[sa.Column(name, _T, nullable=False) for name in ("pressed_at", "received_at")],
        sa.PrimaryKeyConstraint("device_sn", "press_id", name="pk_presses"),
        schema=SCHEMA,
    )


def _set_aside() -> None:
    op.create_table(
        "quarantine",
        *[sa.Column(name, sa.Text, nullable=False) for name in ("quarantine_id", "device_sn", "line_digest", "region")],
        sa.Column("hall_id", sa.Text),
        sa.Column("received_at", _T, nullable=False),
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.Column("local_time", sa.Text),
        sa.Column("dismissed_at", _T),
        *[sa.Column(name, sa.Text) for name in ("dismissed_by", "note")],
        sa.PrimaryKeyConstraint("quarantine_id", name="pk_quarantine"),
        sa.UniqueConstraint("device_sn", "line_digest", name="uq_quarantine_device_sn_line_digest"),
        schema=SCHEMA,
    )
    op.create_index("ix_quarantine_device_sn_quarantine_id", "quarantine", ["device_sn", "quarantine_id"], schema=SCHEMA)
    op.create_table(
        "operations",
        *[sa.Column(name, sa.Text, nullable=False) for name in ("device_sn", "local_time")],
        sa.Column("operation", sa.Integer, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("operator", "objects", "region")],
        sa.Column("hall_id", sa.Text),
        sa.Column("received_at", _T, nullable=False),
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("device_sn", "local_time", "operation", "operator", "objects", name="pk_operations"),
        schema=SCHEMA,
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("command_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("device_sn", "region")],
        sa.Column("hall_id", sa.Text),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("kind", "wire", "state")],
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", _T, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        *[sa.Column(name, _T) for name in ("offered_at", "finished_at")],
        sa.Column("return_code", sa.BigInteger),
        sa.Column("result", sa.Text),
        sa.PrimaryKeyConstraint("command_id", name="pk_commands"),
        sa.CheckConstraint("state IN ('queued', 'sent', 'done', 'failed', 'unknown')", name="ck_commands_state"),
        schema=SCHEMA,
    )
    where = sa.text("state IN ('queued', 'sent')")
    op.create_index("ix_commands_open", "commands", ["device_sn", "command_id"], schema=SCHEMA, postgresql_where=where)
    op.create_index("ix_commands_device_sn_command_id", "commands", ["device_sn", "command_id"], schema=SCHEMA)


def upgrade() -> None:
    """Everything of the first version."""
    create_chassis_tables(SCHEMA)
    _register()
    _contacts()
    _arrivals()
    _set_aside()
    _commands()


def downgrade() -> None:
    """Back to nothing."""
    for table in _TABLES:
        op.drop_table(table, schema=SCHEMA)
    drop_chassis_tables(SCHEMA)
