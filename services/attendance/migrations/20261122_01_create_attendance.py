"""Create the tables of attendance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "attendance_0001"
down_revision = None

SCHEMA = "attendance"
_T = sa.DateTime(timezone=True)
_TABLES = ("person_days", "hall_days", "punches", "deliveries", "terminals", "rosters", "shifts", "calendars", "stationings", "halls")


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _reference() -> None:
    op.create_table(
        "halls",
        *_texts("hall_id", "region", "zone", "status"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name="pk_halls"),
        schema=SCHEMA,
    )
    op.create_table(
        "stationings",
        *_texts("staff_id"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        *_texts("name", "hall_id", "region", "unit_id"),
        *_texts("window_id", nullable=True),
        *_texts("pin", "status"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "valid_from", name="pk_stationings"),
        schema=SCHEMA,
    )
    op.create_index("ix_stationings_hall_id_pin", "stationings", ["hall_id", "pin"], schema=SCHEMA)
    op.create_table(
        "calendars",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("overrides", JSONB, nullable=False),
        sa.Column("notices", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendars"),
        sa.CheckConstraint("id = 1", name="ck_calendars_only_one"),
        schema=SCHEMA,
    )


def _shifts() -> None:
    op.create_table(
        "shifts",
        *_texts("shift_id", "hall_id", "region", "code"),
        sa.Column("valid_from", sa.Date, nullable=False),
        *[sa.Column(name, sa.Time, nullable=False) for name in ("am_start", "am_end", "pm_start", "pm_end")],
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("grace_minutes", "closing_minutes")],
        sa.Column("defined_at", _T, nullable=False),
        *_texts("defined_by"),
        sa.PrimaryKeyConstraint("shift_id", name="pk_shifts"),
        sa.UniqueConstraint("hall_id", "code", "valid_from", name="uq_shifts_hall_id_code_valid_from"),
        schema=SCHEMA,
    )
    op.create_table(
        "rosters",
        *_texts("staff_id"),
        sa.Column("day", sa.Date, nullable=False),
        *_texts("code", nullable=True),
        *_texts("hall_id", "region", "note"),
        sa.Column("assigned_at", _T, nullable=False),
        *_texts("assigned_by"),
        sa.PrimaryKeyConstraint("staff_id", "day", name="pk_rosters"),
        schema=SCHEMA,
    )


def _arrivals() -> None:
    op.create_table(
        "terminals",
        *_texts("device_sn", "hall_id", "region", "state"),
        sa.Column("approved_at", _T, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("device_sn", name="pk_terminals"),
        schema=SCHEMA,
    )
    op.create_index("ix_terminals_hall_id", "terminals", ["hall_id"], schema=SCHEMA)
    op.create_table(
        "deliveries",
        *_texts("device_sn"),
        sa.Column("arrived_count", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("expected_count", sa.BigInteger),
        sa.Column("through", _T),
        sa.PrimaryKeyConstraint("device_sn", name="pk_deliveries"),
        schema=SCHEMA,
    )
    op.create_table(
        "punches",
        *_texts("punch_id", "device_sn", "hall_id", "region", "pin"),
        sa.Column("at", _T, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *_texts("status", "verify"),
        sa.PrimaryKeyConstraint("punch_id", name="pk_punches"),
        schema=SCHEMA,
    )
    op.create_index("ix_punches_hall_id_day_pin", "punches", ["hall_id", "day", "pin"], schema=SCHEMA)


def _days() -> None:
    op.create_table(
        "hall_days",
        *_texts("hall_id"),
        sa.Column("day", sa.Date, nullable=False),
        *_texts("region", "state"),
        sa.Column("due_at", _T),
        sa.Column("touched", sa.BigInteger, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("hall_id", "day", name="pk_hall_days"),
        sa.CheckConstraint("state IN ('open', 'assessed')", name="ck_hall_days_state"),
        schema=SCHEMA,
    )
    op.create_index("ix_hall_days_due", "hall_days", ["due_at"], schema=SCHEMA, postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "person_days",
        *_texts("staff_id"),
        sa.Column("day", sa.Date, nullable=False),
        *_texts("hall_id", "region", "unit_id"),
        *_texts("window_id", nullable=True),
        *_texts("status"),
        sa.Column("marks", JSONB, nullable=False),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("punch_count", "revision")],
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("assessed_at", _T),
        sa.PrimaryKeyConstraint("staff_id", "day", name="pk_person_days"),
        schema=SCHEMA,
    )
    op.create_index("ix_person_days_hall_id_day", "person_days", ["hall_id", "day"], schema=SCHEMA)


def upgrade() -> None:
    """Everything of the first version."""
    create_chassis_tables(SCHEMA)
    _reference()
    _shifts()
    _arrivals()
    _days()


def downgrade() -> None:
    """Back to nothing."""
    for table in _TABLES:
        op.drop_table(table, schema=SCHEMA)
    drop_chassis_tables(SCHEMA)
