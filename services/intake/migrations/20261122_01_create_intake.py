"""Make the schema of intake: cases, their numbers and warnings, local copies of directory's data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "intake_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables("intake")
    _calendars()
    _case_numbers()
    _cases()
    _deadline_moves()
    _delegations()
    _halls()
    _item_versions()
    _reference_state()
    _rungs()
    _stationings()


def downgrade() -> None:
    for table in (
        "stationings",
        "rungs",
        "reference_state",
        "item_versions",
        "halls",
        "deadline_moves",
        "cases",
        "delegations",
        "case_numbers",
        "calendars",
    ):
        op.drop_table(table, schema="intake")
    drop_chassis_tables("intake")


def _calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("overrides", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_calendars")),
        schema="intake",
    )


def _case_numbers() -> None:
    op.create_table(
        "case_numbers",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "day", name=op.f("pk_case_numbers")),
        schema="intake",
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("applicant", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("track_hash", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("time_class", sa.Text(), nullable=False),
        sa.Column("required", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("handed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wanted", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("clock_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_start", sa.Date(), nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notices", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("routing", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deemed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deadline", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("promised_due", sa.Date(), nullable=True),
        sa.Column("legal_due", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rungs_sent", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("suspensions", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("extension", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("breaches", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("judgements", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("calendar_edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("return_reason_code", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("delegation_id", sa.Text(), nullable=True),
        sa.Column("collective_no", sa.Text(), nullable=True),
        sa.Column("elapsed_days", sa.Integer(), nullable=True),
        sa.Column("overdue_days", sa.Integer(), nullable=True),
        sa.Column("delivery_method", sa.Text(), nullable=True),
        sa.Column("collector", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_stages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("running", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("reclassifications", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("transfers", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("delivery", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_no", name=op.f("uq_cases_case_no")),
        sa.UniqueConstraint("track_hash", name=op.f("uq_cases_track_hash")),
        schema="intake",
    )
    op.create_index("ix_cases_hall_id_case_id", "cases", ["hall_id", "case_id"], unique=False, schema="intake")
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["promised_due", "case_id"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("state IN ('accepted', 'in_review')"),
    )
    op.create_index(
        "ix_cases_open_calendar",
        "cases",
        ["calendar_edition"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("state IN ('registered', 'supplement', 'accepted', 'in_review', 'suspended', 'decided')"),
    )
    op.create_index(
        "ix_cases_timer_at", "cases", ["timer_at"], unique=False, schema="intake", postgresql_where=sa.text("timer_at IS NOT NULL")
    )


def _deadline_moves() -> None:
    op.create_table(
        "deadline_moves",
        sa.Column("move_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("notice_nos", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("promised_before", sa.Date(), nullable=True),
        sa.Column("promised_due", sa.Date(), nullable=True),
        sa.Column("legal_before", sa.Date(), nullable=True),
        sa.Column("legal_due", sa.Date(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_deadline_moves")),
        schema="intake",
    )
    op.create_index("ix_deadline_moves_case_id", "deadline_moves", ["case_id", "move_id"], unique=False, schema="intake")


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("delegation_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("event_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegations")),
        schema="intake",
    )
    op.create_index("ix_delegations_staff_id", "delegations", ["staff_id"], unique=False, schema="intake")


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("event_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="intake",
    )


def _item_versions() -> None:
    op.create_table(
        "item_versions",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("legal_days", sa.Integer(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("day_kind", sa.Text(), nullable=False),
        sa.Column("fees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("materials", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("units_involved", sa.Integer(), nullable=False),
        sa.Column("key_stages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("event_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "item_version", name=op.f("pk_item_versions")),
        schema="intake",
    )
    op.create_index("ix_item_versions_newest", "item_versions", ["item_id", "event_version"], unique=False, schema="intake")


def _reference_state() -> None:
    op.create_table(
        "reference_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_state")),
        schema="intake",
    )


def _rungs() -> None:
    op.create_table(
        "rungs",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "rung", name=op.f("pk_rungs")),
        schema="intake",
    )


def _stationings() -> None:
    op.create_table(
        "stationings",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("event_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "valid_from", name=op.f("pk_stationings")),
        schema="intake",
    )
