"""Make the schema of supervision: findings and local reference data."""

import sqlalchemy as sa
from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "supervision_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables("supervision")
    _findings()
    _halls()
    _staff()
    _windows()


def downgrade() -> None:
    for table in ("windows", "staff", "halls", "findings"):
        op.drop_table(table, schema="supervision")
    drop_chassis_tables("supervision")


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inspector_id", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("notified_to", sa.Text(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_by", sa.Text(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("explanation_recorded_by", sa.Text(), nullable=True),
        sa.Column("decision_recorded_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('found', 'notified', 'explained', 'verified', 'rejected')", name=op.f("ck_findings_state_known")),
        sa.CheckConstraint(
            "decided_by IS DISTINCT FROM inspector_id AND decision_recorded_by IS DISTINCT FROM recorded_by",
            name=op.f("ck_findings_second_person"),
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_findings")),
        schema="supervision",
    )
    op.create_index("ix_findings_found_at_finding_id", "findings", ["found_at", "finding_id"], unique=False, schema="supervision")
    op.create_index("ix_findings_hall_id_found_at", "findings", ["hall_id", "found_at"], unique=False, schema="supervision")


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="supervision",
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        schema="supervision",
    )


def _windows() -> None:
    op.create_table(
        "windows",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("window_id", name=op.f("pk_windows")),
        schema="supervision",
    )
    op.create_index("ix_windows_hall_id", "windows", ["hall_id"], unique=False, schema="supervision")
