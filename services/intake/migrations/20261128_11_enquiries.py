"""Enquiries (首问负责制), first-asked duty not done, objections to the progress of a case, and the guides that are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None

TABLES = (
    "enquiries",
    "enquiry_numbers",
    "enquiry_askers",
    "asker_reveals",
    "enquiry_papers",
    "first_asked_failures",
    "objections",
    "case_queries",
)


def upgrade() -> None:
    _enquiries()
    _enquiry_numbers()
    _enquiry_askers()
    _asker_reveals()
    _enquiry_papers()
    _first_asked_failures()
    _objections()
    _case_queries()
    op.add_column(
        "item_versions", sa.Column("guide", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False), schema="intake"
    )


def downgrade() -> None:
    op.drop_column("item_versions", "guide", schema="intake")
    for table in reversed(TABLES):
        op.drop_table(table, schema="intake")


def _enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("enquiry_no", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("asker", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("item_version", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("own_duty", sa.Boolean(), nullable=False),
        sa.Column("first_asked_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("track_hash", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("holder_unit_id", sa.Text(), nullable=False),
        sa.Column("holder_window_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("routed_id", sa.Text(), nullable=True),
        sa.Column("routed_unit_id", sa.Text(), nullable=True),
        sa.Column("routed_window_id", sa.Text(), nullable=True),
        sa.Column("routes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("told", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_unit_id", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_days", sa.Integer(), nullable=True),
        sa.Column("due_soon_told", sa.Boolean(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_enquiries")),
        sa.UniqueConstraint("enquiry_no", name=op.f("uq_enquiries_enquiry_no")),
        sa.UniqueConstraint("track_hash", name=op.f("uq_enquiries_track_hash")),
        schema="intake",
    )
    op.create_index("ix_enquiries_hall_id_day", "enquiries", ["hall_id", "day"], unique=False, schema="intake")
    op.create_index("ix_enquiries_hall_id_enquiry_id", "enquiries", ["hall_id", "enquiry_id"], unique=False, schema="intake")
    op.create_index("ix_enquiries_holder_id_enquiry_id", "enquiries", ["holder_id", "enquiry_id"], unique=False, schema="intake")
    op.create_index("ix_enquiries_routed_unit_id_enquiry_id", "enquiries", ["routed_unit_id", "enquiry_id"], unique=False, schema="intake")
    op.create_index(
        "ix_enquiries_timer_at", "enquiries", ["timer_at"], unique=False, schema="intake", postgresql_where=sa.text("timer_at IS NOT NULL")
    )


def _enquiry_numbers() -> None:
    op.create_table(
        "enquiry_numbers",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "day", name=op.f("pk_enquiry_numbers")),
        schema="intake",
    )


def _enquiry_askers() -> None:
    op.create_table(
        "enquiry_askers",
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_enquiry_askers")),
        schema="intake",
    )


def _asker_reveals() -> None:
    op.create_table(
        "asker_reveals",
        sa.Column("reveal_id", sa.Text(), nullable=False),
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("revealed_to", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reveal_id", name=op.f("pk_asker_reveals")),
        schema="intake",
    )
    op.create_index("ix_asker_reveals_enquiry_id", "asker_reveals", ["enquiry_id", "reveal_id"], unique=False, schema="intake")
    op.create_index("ix_asker_reveals_hall_id", "asker_reveals", ["hall_id", "reveal_id"], unique=False, schema="intake")


def _enquiry_papers() -> None:
    op.create_table(
        "enquiry_papers",
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enquiry_id"], ["intake.enquiries.enquiry_id"], name=op.f("fk_enquiry_papers_enquiry_id")),
        sa.PrimaryKeyConstraint("enquiry_id", "kind", name=op.f("pk_enquiry_papers")),
        schema="intake",
    )


def _first_asked_failures() -> None:
    op.create_table(
        "first_asked_failures",
        sa.Column("failure_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_identity", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_by IS DISTINCT FROM recorded_identity", name=op.f("ck_first_asked_failures_two_persons")),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_first_asked_failures")),
        schema="intake",
    )
    op.create_index(
        "ix_first_asked_failures_hall_id_failure_id", "first_asked_failures", ["hall_id", "failure_id"], unique=False, schema="intake"
    )


def _objections() -> None:
    op.create_table(
        "objections",
        sa.Column("objection_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_overdue_days", sa.Integer(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_by IS DISTINCT FROM staff_id", name=op.f("ck_objections_another_answers")),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_objections_case_id")),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objections")),
        schema="intake",
    )
    op.create_index("ix_objections_case_id", "objections", ["case_id", "objection_id"], unique=False, schema="intake")
    op.create_index("ix_objections_hall_id_objection_id", "objections", ["hall_id", "objection_id"], unique=False, schema="intake")
    op.create_index(
        "ix_objections_timer_at",
        "objections",
        ["timer_at"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("timer_at IS NOT NULL"),
    )


def _case_queries() -> None:
    op.create_table(
        "case_queries",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "day", "channel", name=op.f("pk_case_queries")),
        schema="intake",
    )
