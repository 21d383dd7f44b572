"""Local copies of directory's data."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.copies import version_column
from services.intake.orm.base import METADATA

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("windows", JSONB, nullable=False),
    # Names of the hall's units by id, for what applicants read.
    sa.Column("units", JSONB, nullable=False, server_default="{}"),
    version_column("event_version"),
)

stationings = sa.Table(
    "stationings",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("valid_to", sa.Date),
    version_column("event_version"),
)

item_versions = sa.Table(
    "item_versions",
    METADATA,
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("item_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("immediate", sa.Boolean, nullable=False),
    sa.Column("legal_days", sa.Integer, nullable=False),
    sa.Column("promised_days", sa.Integer, nullable=False),
    sa.Column("day_kind", sa.Text, nullable=False),
    sa.Column("fees", JSONB, nullable=False),
    sa.Column("materials", JSONB, nullable=False),
    sa.Column("units_involved", sa.Integer, nullable=False),
    sa.Column("key_stages", ARRAY(sa.Text), nullable=False),
    sa.Column("cancelled_on", sa.Date),
    # What is told before the application; empty for a version that was published before directory said it.
    sa.Column("guide", JSONB, nullable=False, server_default="{}"),
    version_column("event_version"),
    sa.Index("ix_item_versions_newest", "item_id", "event_version"),
)

delegations = sa.Table(
    "delegations",
    METADATA,
    sa.Column("delegation_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("staff_id", sa.Text, nullable=False),
    sa.Column("item_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("revoked_on", sa.Date),
    version_column("event_version"),
    sa.Index("ix_delegations_staff_id", "staff_id"),
)

calendars = sa.Table(
    "calendars",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("overrides", JSONB, nullable=False),
    sa.Column("notices", JSONB, nullable=False),
)

reference_state = sa.Table(
    "reference_state",
    METADATA,
    # Grows with every change of the local copies: what a process has read of them is good while this number stands.
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
