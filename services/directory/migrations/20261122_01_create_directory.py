"""Make the schema of directory: places, people, items, calendars, accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "directory_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables("directory")
    _accounts()
    _calendars()
    _history()
    _regions()
    _staff()
    _api_keys()
    _grants()
    _halls()
    _units()
    _delegations()
    _items()
    _windows()
    _item_versions()
    _improvements()
    _stationings()


def downgrade() -> None:
    for table in (
        "stationings",
        "improvements",
        "item_versions",
        "windows",
        "items",
        "delegations",
        "units",
        "halls",
        "grants",
        "api_keys",
        "staff",
        "regions",
        "history",
        "calendars",
        "accounts",
    ):
        op.drop_table(table, schema="directory")
    drop_chassis_tables("directory")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        schema="directory",
    )


def _calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("overrides", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_calendars")),
        schema="directory",
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", "version", name=op.f("pk_history")),
        schema="directory",
    )
    op.create_index(
        "uq_history_open", "history", ["kind", "subject_id"], unique=True, schema="directory", postgresql_where=sa.text("valid_to IS NULL")
    )


def _regions() -> None:
    op.create_table(
        "regions",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["directory.regions.region"], name=op.f("fk_regions_parent")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_regions")),
        sa.UniqueConstraint("code", name=op.f("uq_regions_code")),
        schema="directory",
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        schema="directory",
    )
    op.create_index("ix_staff_hall_id_staff_id", "staff", ["hall_id", "staff_id"], unique=False, schema="directory")


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["directory.accounts.account_id"], name=op.f("fk_api_keys_account_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        schema="directory",
    )
    op.create_index(op.f("ix_api_keys_account_id"), "api_keys", ["account_id"], unique=False, schema="directory")


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["directory.accounts.account_id"], name=op.f("fk_grants_account_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grants")),
        schema="directory",
    )
    op.create_index(
        "uq_grants_running",
        "grants",
        ["account_id", "role", "scope"],
        unique=True,
        schema="directory",
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["directory.halls.hall_id"], name=op.f("fk_halls_parent_id")),
        sa.ForeignKeyConstraint(["region"], ["directory.regions.region"], name=op.f("fk_halls_region")),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="directory",
    )
    op.create_index("ix_halls_region", "halls", ["region"], unique=False, schema="directory", postgresql_ops={"region": "text_pattern_ops"})


def _units() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["directory.halls.hall_id"], name=op.f("fk_units_hall_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_units")),
        schema="directory",
    )
    op.create_index(op.f("ix_units_hall_id"), "units", ["hall_id"], unique=False, schema="directory")


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("delegation_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["directory.staff.staff_id"], name=op.f("fk_delegations_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["directory.units.unit_id"], name=op.f("fk_delegations_unit_id")),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegations")),
        schema="directory",
    )
    op.create_index(op.f("ix_delegations_staff_id"), "delegations", ["staff_id"], unique=False, schema="directory")


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("leaving", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("exclusion", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["directory.units.unit_id"], name=op.f("fk_items_unit_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items")),
        schema="directory",
    )
    op.create_index("ix_items_hall_id_item_id", "items", ["hall_id", "item_id"], unique=False, schema="directory")
    op.create_index(op.f("ix_items_unit_id"), "items", ["unit_id"], unique=False, schema="directory")
    op.create_index(
        "ix_items_leaving",
        "items",
        ["cancelled_on"],
        unique=False,
        schema="directory",
        postgresql_where=sa.text("status = 'in_hall' AND cancelled_on IS NOT NULL"),
    )


def _windows() -> None:
    op.create_table(
        "windows",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("head_staff_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["directory.halls.hall_id"], name=op.f("fk_windows_hall_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["directory.units.unit_id"], name=op.f("fk_windows_unit_id")),
        sa.PrimaryKeyConstraint("window_id", name=op.f("pk_windows")),
        sa.UniqueConstraint("hall_id", "code", name=op.f("uq_windows_hall_id_code")),
        schema="directory",
    )
    op.create_index(op.f("ix_windows_unit_id"), "windows", ["unit_id"], unique=False, schema="directory")


def _item_versions() -> None:
    op.create_table(
        "item_versions",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("opinions", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("approval_document", sa.Text(), nullable=True),
        sa.Column("guide_missing", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("guide_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["directory.items.item_id"], name=op.f("fk_item_versions_item_id")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_item_versions")),
        schema="directory",
    )
    op.create_index(
        "uq_item_versions_in_hall",
        "item_versions",
        ["item_id"],
        unique=True,
        schema="directory",
        postgresql_where=sa.text("status = 'in_hall'"),
    )


def _improvements() -> None:
    op.create_table(
        "improvements",
        sa.Column("improvement_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("day_kind", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["directory.items.item_id"], name=op.f("fk_improvements_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["directory.units.unit_id"], name=op.f("fk_improvements_unit_id")),
        sa.PrimaryKeyConstraint("improvement_id", name=op.f("pk_improvements")),
        sa.UniqueConstraint("item_id", "item_version", "kind", name=op.f("uq_improvements_item_id_item_version_kind")),
        schema="directory",
    )
    op.create_index(
        "ix_improvements_hall_id_improvement_id", "improvements", ["hall_id", "improvement_id"], unique=False, schema="directory"
    )


def _stationings() -> None:
    op.create_table(
        "stationings",
        sa.Column("stationing_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_stationings_period_not_reversed")),
        sa.ForeignKeyConstraint(["staff_id"], ["directory.staff.staff_id"], name=op.f("fk_stationings_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["directory.units.unit_id"], name=op.f("fk_stationings_unit_id")),
        sa.ForeignKeyConstraint(["window_id"], ["directory.windows.window_id"], name=op.f("fk_stationings_window_id")),
        sa.PrimaryKeyConstraint("stationing_id", name=op.f("pk_stationings")),
        sa.UniqueConstraint("staff_id", "valid_from", name=op.f("uq_stationings_staff_id_valid_from")),
        schema="directory",
    )
    op.create_index("ix_stationings_hall_id_pin", "stationings", ["hall_id", "pin"], unique=False, schema="directory")
