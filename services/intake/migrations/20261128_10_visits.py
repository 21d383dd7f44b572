"""Tables of door-to-door visits (上门服务)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0010"
down_revision = "intake_0009"
branch_labels = None
depends_on = None

_ONE_SUBJECT = "ck_applicant_reveals_one_subject"


def upgrade() -> None:
    _visits()
    _visit_contacts()
    op.add_column("applicant_reveals", sa.Column("visit_id", sa.Text(), nullable=True), schema="intake")
    op.create_index(
        "ix_applicant_reveals_visit_id", "applicant_reveals", ["visit_id", "reveal_id"], schema="intake",
        postgresql_where=sa.text("visit_id IS NOT NULL"),
    )  # fmt: skip
    _one_of("case_id, appointment_id, visit_id")


def downgrade() -> None:
    op.execute("DELETE FROM intake.applicant_reveals WHERE visit_id IS NOT NULL")
    _one_of("case_id, appointment_id")
    op.drop_index("ix_applicant_reveals_visit_id", "applicant_reveals", schema="intake")
    op.drop_column("applicant_reveals", "visit_id", schema="intake")
    for table in ("visit_contacts", "visits"):
        op.drop_table(table, schema="intake")


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("ground_text", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_ids", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outing_id", sa.Text(), nullable=True),
        sa.Column("dispatched_by", sa.Text(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visited_by", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=True),
        sa.Column("case_items", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_by", sa.Text(), nullable=True),
        sa.Column("hand_in_note", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("overdue_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
        schema="intake",
    )
    op.create_index("ix_visits_hall_id_visit_id", "visits", ["hall_id", "visit_id"], unique=False, schema="intake")
    op.create_index("ix_visits_staff_ids", "visits", ["staff_ids"], unique=False, schema="intake", postgresql_using="gin")
    op.create_index(
        "ix_visits_starts_at", "visits", ["starts_at"], unique=False, schema="intake", postgresql_where=sa.text("starts_at IS NOT NULL")
    )
    op.create_index(
        "ix_visits_timer_at", "visits", ["timer_at"], unique=False, schema="intake", postgresql_where=sa.text("timer_at IS NOT NULL")
    )


def _visit_contacts() -> None:
    op.create_table(
        "visit_contacts",
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_contacts")),
        schema="intake",
    )
    op.create_index("ix_visit_contacts_phone_hash", "visit_contacts", ["phone_hash", "visit_id"], unique=False, schema="intake")


def _one_of(columns: str) -> None:
    op.drop_constraint(op.f(_ONE_SUBJECT), "applicant_reveals", schema="intake")
    op.create_check_constraint(op.f(_ONE_SUBJECT), "applicant_reveals", f"num_nonnulls({columns}) = 1", schema="intake")
