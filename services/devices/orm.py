"""Tables of devices and the mapping of its one aggregate, the device."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from chassis.copies import version_column
from chassis.database import track_events
from chassis.orm import metadata_for
from services.devices.domain.device import Device

SCHEMA = "devices"
METADATA = metadata_for(SCHEMA)
_Time = sa.DateTime(timezone=True)

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("window_ids", JSONB, nullable=False),
    version_column(),
)

devices = sa.Table(
    "devices",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("window_id", sa.Text),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("charset", sa.Text),
    sa.Column("token_hash", sa.Text),
    sa.Column("registered_at", _Time, nullable=False),
    sa.Column("approved_at", _Time),
    sa.Column("disabled_at", _Time),
    sa.Column("online", sa.Boolean, nullable=False),
    sa.Column("clock_held_since", _Time),
    sa.Column("reported_through", _Time),
    sa.Column("reported_at", _Time),
    sa.Column("enrolment", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Index(None, "hall_id", "device_sn"),
    sa.CheckConstraint("state IN ('pending', 'approved', 'disabled')", name="state"),
)

# Written by every heartbeat and upload: apart from the register, so that hardware never waits for a person's change and rows stay small (HOT updates).
contacts = sa.Table(
    "contacts",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("first_seen_at", _Time, nullable=False),
    sa.Column("last_seen_at", _Time, nullable=False),
    sa.Column("last_poll_at", _Time),
    sa.Column("last_upload_at", _Time),
    sa.Column("refused_at", _Time),
    sa.Column("stored_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("quarantined_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("on_device", sa.BigInteger),
    sa.Column("on_device_at", _Time),
    sa.Column("log_cleared_at", _Time),
    sa.Column("gap_since", _Time),
    sa.Column("behind", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("firmware", sa.Text),
    sa.Column("users_count", sa.BigInteger),
    sa.Column("ip_address", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("push_version", sa.Text),
    sa.Column("device_type", sa.Text),
    sa.Column("dialect", sa.Text),
    sa.Column("comm_key_hash", sa.Text),
    sa.Column("comm_key_changed_at", _Time),
    sa.Column("stamps", JSONB, nullable=False, server_default="{}"),
    sa.Column("facts", JSONB, nullable=False, server_default="{}"),
    postgresql_with={"fillfactor": "60"},
)

uploads = sa.Table(
    "uploads",
    METADATA,
    sa.Column("upload_id", sa.Uuid, primary_key=True),
    sa.Column("device_sn", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("received_at", _Time, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("line_count", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("ix_uploads_unparsed", "upload_id", postgresql_where=sa.text("state = 'unparsed'")),
)

# The primary key is the identity of a punch (protocol section 8) in the order in which lists read it; punch_id is its digest.
_C = sa.Text(collation="C")
punches = sa.Table(
    "punches",
    METADATA,
    sa.Column("device_sn", _C, primary_key=True),
    sa.Column("local_time", sa.DateTime(timezone=False), primary_key=True),
    sa.Column("pin", _C, primary_key=True),
    sa.Column("status", _C, primary_key=True),
    sa.Column("verify", _C, primary_key=True),
    sa.Column("work_code", _C, primary_key=True),
    sa.Column("punch_id", sa.Uuid, nullable=False),
    sa.Column("at", _Time, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("received_at", _Time, nullable=False),
    sa.Column("upload_id", sa.Uuid, nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("quarantine_id", sa.Text, primary_key=True),
    sa.Column("device_sn", sa.Text, nullable=False),
    sa.Column("line_digest", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("received_at", _Time, nullable=False),
    sa.Column("upload_id", sa.Uuid, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("line", sa.LargeBinary, nullable=False),
    sa.Column("local_time", sa.Text),
    sa.Column("dismissed_at", _Time),
    sa.Column("dismissed_by", sa.Text),
    sa.Column("note", sa.Text),
    sa.UniqueConstraint("device_sn", "line_digest"),
    sa.Index(None, "device_sn", "quarantine_id"),
)

operations = sa.Table(
    "operations",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("local_time", sa.Text, primary_key=True),
    sa.Column("operation", sa.Integer, primary_key=True),
    sa.Column("operator", sa.Text, primary_key=True),
    sa.Column("objects", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("received_at", _Time, nullable=False),
    sa.Column("upload_id", sa.Uuid, nullable=False),
)

commands = sa.Table(
    "commands",
    METADATA,
    sa.Column("command_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("device_sn", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("wire", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("offered_at", _Time),
    sa.Column("finished_at", _Time),
    sa.Column("return_code", sa.BigInteger),
    sa.Column("result", sa.Text),
    sa.CheckConstraint("state IN ('queued', 'sent', 'done', 'failed', 'unknown')", name="state"),
    sa.Index("ix_commands_open", "device_sn", "command_id", postgresql_where=sa.text("state IN ('queued', 'sent')")),
    sa.Index(None, "device_sn", "command_id"),
)

presses = sa.Table(
    "presses",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("press_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Integer, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("pressed_at", _Time, nullable=False),
    sa.Column("received_at", _Time, nullable=False),
)

_mappers = orm.registry(metadata=METADATA)


def configure() -> None:
    """Map the aggregate; calling it again changes nothing."""
    if sa.inspect(Device, raiseerr=False) is None:
        _mappers.map_imperatively(Device, devices)
        track_events(Device)
