"""Tables of the schema `directory` and the imperative mapping of its aggregates."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry, relationship

from chassis.database import track_events
from chassis.orm import metadata_for
from services.directory.domain.accounts import Account, ApiKey, Grant
from services.directory.domain.delegations import Delegation
from services.directory.domain.improvements import Improvement
from services.directory.domain.items import Item, ItemVersion
from services.directory.domain.places import Hall, Region, Unit, Window
from services.directory.domain.staff import Staff, Stationing

METADATA = metadata_for("directory")
TIME = sa.DateTime(timezone=True)


def _place(*, hall_optional: bool = False) -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("region", sa.Text, nullable=False), sa.Column("hall_id", sa.Text, nullable=hall_optional)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer, nullable=False)


regions = sa.Table(
    "regions",
    METADATA,
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, sa.CheckConstraint("hall_id IS NULL", name="no_hall")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("directory.regions.region")),
    _version(),
)

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, sa.ForeignKey(regions.c.region), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("parent_id", sa.Text, sa.ForeignKey("directory.halls.hall_id")),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    _version(),
    sa.Index("ix_halls_region", "region", postgresql_ops={"region": "text_pattern_ops"}),
)

units = sa.Table(
    "units",
    METADATA,
    sa.Column("unit_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, sa.ForeignKey(halls.c.hall_id), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("leader", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    _version(),
)

windows = sa.Table(
    "windows",
    METADATA,
    sa.Column("window_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, sa.ForeignKey(halls.c.hall_id), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, sa.ForeignKey(units.c.unit_id), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("head_staff_id", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    _version(),
    sa.UniqueConstraint("hall_id", "code"),
)

staff = sa.Table(
    "staff",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("name", sa.Text, nullable=False),
    _version(),
    sa.Index("ix_staff_hall_id_staff_id", "hall_id", "staff_id"),
)

stationings = sa.Table(
    "stationings",
    METADATA,
    sa.Column("stationing_id", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, sa.ForeignKey(staff.c.staff_id), nullable=False),
    *_place(),
    sa.Column("unit_id", sa.Text, sa.ForeignKey(units.c.unit_id), nullable=False),
    sa.Column("window_id", sa.Text, sa.ForeignKey(windows.c.window_id)),
    sa.Column("pin", sa.Text, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("status", sa.Text, nullable=False),
    sa.UniqueConstraint("staff_id", "valid_from"),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_not_reversed"),
    sa.Index("ix_stationings_hall_id_pin", "hall_id", "pin"),
)

delegations = sa.Table(
    "delegations",
    METADATA,
    sa.Column("delegation_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("unit_id", sa.Text, sa.ForeignKey(units.c.unit_id), nullable=False),
    sa.Column("staff_id", sa.Text, sa.ForeignKey(staff.c.staff_id), nullable=False, index=True),
    sa.Column("item_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("document_no", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revoke_reason", sa.Text),
    _version(),
)

items = sa.Table(
    "items",
    METADATA,
    sa.Column("item_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("unit_id", sa.Text, sa.ForeignKey(units.c.unit_id), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("cancelled_on", sa.Date),
    sa.Column("leaving", JSONB(none_as_null=True)),
    sa.Column("exclusion", JSONB(none_as_null=True)),
    _version(),
    sa.Index("ix_items_hall_id_item_id", "hall_id", "item_id"),
    sa.Index("ix_items_leaving", "cancelled_on", postgresql_where=sa.text("status = 'in_hall' AND cancelled_on IS NOT NULL")),
)

improvements = sa.Table(
    "improvements",
    METADATA,
    sa.Column("improvement_id", sa.Text, primary_key=True),
    *_place(),
    sa.Column("unit_id", sa.Text, sa.ForeignKey(units.c.unit_id), nullable=False),
    sa.Column("item_id", sa.Text, sa.ForeignKey(items.c.item_id), nullable=False),
    sa.Column("item_name", sa.Text, nullable=False),
    sa.Column("item_version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("after", sa.Integer, nullable=False),
    sa.Column("day_kind", sa.Text, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("detected_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", TIME),
    sa.Column("note", sa.Text, nullable=False),
    _version(),
    # What makes an improvement a single one, however often its version is published.
    sa.UniqueConstraint("item_id", "item_version", "kind"),
    sa.Index("ix_improvements_hall_id_improvement_id", "hall_id", "improvement_id"),
)

item_versions = sa.Table(
    "item_versions",
    METADATA,
    sa.Column("item_id", sa.Text, sa.ForeignKey(items.c.item_id), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    *_place(),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("opinions", JSONB, nullable=False, server_default="[]"),
    sa.Column("approval_document", sa.Text),
    sa.Column("guide_missing", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("guide_checked_at", TIME),
    sa.Column("published_by", sa.Text),
    sa.Column("valid_from", TIME),
    sa.Column("valid_to", TIME),
    sa.Column("reason", sa.Text),
    sa.Index("uq_item_versions_in_hall", "item_id", unique=True, postgresql_where=sa.text("status = 'in_hall'")),
)

calendars = sa.Table(
    "calendars",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    *_place(hall_optional=True),
    sa.Column("overrides", JSONB, nullable=False),
    sa.Column("notices", JSONB, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("published_at", TIME, nullable=False),
)

history = sa.Table(
    "history",
    METADATA,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    *_place(hall_optional=True),
    sa.Column("valid_from", TIME, nullable=False),
    sa.Column("valid_to", TIME),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("state", JSONB, nullable=False),
    sa.Index("uq_history_open", "kind", "subject_id", unique=True, postgresql_where=sa.text("valid_to IS NULL")),
)

accounts = sa.Table(
    "accounts",
    METADATA,
    sa.Column("account_id", sa.Text, primary_key=True),
    *_place(hall_optional=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("staff_id", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("failed_count", sa.Integer, nullable=False),
    sa.Column("locked_until", TIME),
    sa.Column("created_at", TIME, nullable=False),
    _version(),
)

grants = sa.Table(
    "grants",
    METADATA,
    sa.Column("grant_id", sa.Text, primary_key=True),
    *_place(hall_optional=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey(accounts.c.account_id), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("valid_from", TIME, nullable=False),
    sa.Column("valid_to", TIME),
    sa.Index("uq_grants_running", "account_id", "role", "scope", unique=True, postgresql_where=sa.text("valid_to IS NULL")),
)

api_keys = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    *_place(hall_optional=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey(accounts.c.account_id), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("expires_at", TIME),
    sa.Column("revoked_at", TIME),
)

_mapped: list[registry] = []


def configure() -> None:
    """Map the aggregates; the second call does nothing."""
    if _mapped:
        return
    mapper = registry(metadata=METADATA)
    for cls, table in (
        (Region, regions), (Unit, units), (Window, windows), (Account, accounts), (Grant, grants), (ApiKey, api_keys),
        (Stationing, stationings), (ItemVersion, item_versions),
    ):  # fmt: skip
        mapper.map_imperatively(cls, table)
    mapper.map_imperatively(Hall, halls)
    mapper.map_imperatively(Delegation, delegations)
    mapper.map_imperatively(Improvement, improvements)
    mapper.map_imperatively(
        Staff, staff, properties={"stationings": relationship(Stationing, order_by=stationings.c.valid_from, lazy="selectin")}
    )
    mapper.map_imperatively(
        Item, items, properties={"versions": relationship(ItemVersion, order_by=item_versions.c.number, lazy="selectin")}
    )
    for aggregate in (Hall, Delegation, Staff, Item, Improvement):
        track_events(aggregate)
    _mapped.append(mapper)
