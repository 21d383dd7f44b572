"""Tables of attendance and the mapping of its aggregate, the person-day."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from chassis.copies import version_column
from chassis.database import track_events
from chassis.orm import metadata_for
from services.attendance.domain.person_day import PersonDay

SCHEMA = "attendance"
METADATA = metadata_for(SCHEMA)
_Time = sa.DateTime(timezone=True)

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    version_column(),
)

# One row per period that directory has told of; a period also ends where the person's next one begins.
stationings = sa.Table(
    "stationings",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("valid_to", sa.Date),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text),
    sa.Column("pin", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    version_column(),
    sa.Index(None, "hall_id", "pin"),
)

calendars = sa.Table(
    "calendars",
    METADATA,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("overrides", JSONB, nullable=False),
    sa.Column("notices", JSONB, nullable=False),
)

shifts = sa.Table(
    "shifts",
    METADATA,
    sa.Column("shift_id", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    *[sa.Column(name, sa.Time, nullable=False) for name in ("am_start", "am_end", "pm_start", "pm_end")],
    sa.Column("grace_minutes", sa.Integer, nullable=False),
    sa.Column("closing_minutes", sa.Integer, nullable=False),
    sa.Column("defined_at", _Time, nullable=False),
    sa.Column("defined_by", sa.Text, nullable=False),
    sa.UniqueConstraint("hall_id", "code", "valid_from"),
)

rosters = sa.Table(
    "rosters",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("code", sa.Text),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("assigned_at", _Time, nullable=False),
    sa.Column("assigned_by", sa.Text, nullable=False),
)

terminals = sa.Table(
    "terminals",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("approved_at", _Time, nullable=False),
    version_column(),
    sa.Index(None, "hall_id"),
)

# Apart from terminals: punches and watermarks may arrive before the news of the approval.
deliveries = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("device_sn", sa.Text, primary_key=True),
    sa.Column("arrived_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("expected_count", sa.BigInteger),
    sa.Column("through", _Time),
)

punches = sa.Table(
    "punches",
    METADATA,
    sa.Column("punch_id", sa.Text, primary_key=True),
    sa.Column("device_sn", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("pin", sa.Text, nullable=False),
    sa.Column("at", _Time, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("verify", sa.Text, nullable=False),
    sa.Index(None, "hall_id", "day", "pin"),
)

# The due rows: one per hall and date; whoever changes what a day rests on touches its row, so that judging and changing never pass each other.
hall_days = sa.Table(
    "hall_days",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_at", _Time),
    sa.Column("touched", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("state IN ('open', 'assessed')", name="state"),
    sa.Index("ix_hall_days_due", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
)

person_days = sa.Table(
    "person_days",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("marks", JSONB, nullable=False),
    sa.Column("punch_count", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("assessed_at", _Time),
    sa.Index(None, "hall_id", "day"),
)

_mappers = orm.registry(metadata=METADATA)


def configure() -> None:
    """Map the aggregate; calling it again changes nothing."""
    if sa.inspect(PersonDay, raiseerr=False) is None:
        _mappers.map_imperatively(PersonDay, person_days)
        track_events(PersonDay)
