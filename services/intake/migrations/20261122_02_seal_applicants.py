"""Seal applicants: the sealed rows with their keyed hashes, corrections, reveals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "applicants",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("id_hash", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_applicants")),
        schema="intake",
    )
    for name in ("id_hash", "phone_hash"):
        op.create_index(
            f"ix_applicants_{name}", "applicants", [name, "case_id"], schema="intake", postgresql_where=sa.text(f"{name} IS NOT NULL")
        )
    _corrections()
    _reveals()


def downgrade() -> None:
    for table in ("applicant_reveals", "applicant_corrections", "applicants"):
        op.drop_table(table, schema="intake")


def _corrections() -> None:
    op.create_table(
        "applicant_corrections",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_applicant_corrections")),
        schema="intake",
    )


def _reveals() -> None:
    op.create_table(
        "applicant_reveals",
        sa.Column("reveal_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("revealed_to", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reveal_id", name=op.f("pk_applicant_reveals")),
        schema="intake",
    )
    op.create_index("ix_applicant_reveals_case_id", "applicant_reveals", ["case_id", "reveal_id"], schema="intake")
    op.create_index("ix_applicant_reveals_revealed_to", "applicant_reveals", ["revealed_to", "reveal_id"], schema="intake")
