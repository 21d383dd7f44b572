"""Make the schema of evaluation: sessions, ratings, presses, bad reviews, complaints, local reference data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "evaluation_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables("evaluation")
    _complaints()
    _disclosures()
    _halls()
    _items()
    _presses()
    _rating_sessions()
    _staff()
    _windows()
    _bad_reviews()
    _complaint_verdicts()
    _ratings()


def downgrade() -> None:
    for table in (
        "ratings",
        "complaint_verdicts",
        "bad_reviews",
        "windows",
        "staff",
        "rating_sessions",
        "presses",
        "items",
        "halls",
        "disclosures",
        "complaints",
    ):
        op.drop_table(table, schema="evaluation")
    drop_chassis_tables("evaluation")


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("complaint_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("complainant_name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_true", sa.Boolean(), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("unlawful", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("NOT anonymous OR (complainant_name = '' AND contact = '')", name=op.f("ck_complaints_anonymous_is_nameless")),
        sa.CheckConstraint("state <> 'verified' OR verified_by IS DISTINCT FROM staff_id", name=op.f("ck_complaints_verifier_not_accused")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaints")),
        schema="evaluation",
    )
    op.create_index("ix_complaints_filed_at_complaint_id", "complaints", ["filed_at", "complaint_id"], unique=False, schema="evaluation")
    op.create_index("ix_complaints_hall_id_filed_at", "complaints", ["hall_id", "filed_at"], unique=False, schema="evaluation")


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("disclosure_id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("disclosed_to", sa.Text(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_disclosures")),
        schema="evaluation",
    )
    op.create_index("ix_disclosures_subject_id", "disclosures", ["subject_id"], unique=False, schema="evaluation")


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="evaluation",
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items")),
        schema="evaluation",
    )


def _presses() -> None:
    op.create_table(
        "presses",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("press_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "press_id", name=op.f("pk_presses")),
        sa.UniqueConstraint("session_id", name=op.f("uq_presses_session_id")),
        schema="evaluation",
    )
    op.create_index(
        "ix_presses_unmatched",
        "presses",
        ["pressed_at", "press_id"],
        unique=False,
        schema="evaluation",
        postgresql_where=sa.text("session_id IS NULL"),
    )
    op.create_index(
        "ix_presses_waiting", "presses", ["received_at"], unique=False, schema="evaluation", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.create_index("ix_presses_window_id_pressed_at", "presses", ["window_id", "pressed_at"], unique=False, schema="evaluation")


def _rating_sessions() -> None:
    op.create_table(
        "rating_sessions",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("token_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('invited', 'rated', 'expired')", name=op.f("ck_rating_sessions_state_known")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_rating_sessions")),
        sa.UniqueConstraint("case_id", name=op.f("uq_rating_sessions_case_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_rating_sessions_token_hash")),
        schema="evaluation",
    )
    op.create_index(
        "ix_rating_sessions_hall_id_decided_at", "rating_sessions", ["hall_id", "decided_at"], unique=False, schema="evaluation"
    )
    op.create_index(
        "ix_rating_sessions_invited",
        "rating_sessions",
        ["expires_at"],
        unique=False,
        schema="evaluation",
        postgresql_where=sa.text("state = 'invited'"),
    )
    op.create_index(
        "ix_rating_sessions_window_id_decided_at", "rating_sessions", ["window_id", "decided_at"], unique=False, schema="evaluation"
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        schema="evaluation",
    )


def _windows() -> None:
    op.create_table(
        "windows",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("window_id", name=op.f("pk_windows")),
        schema="evaluation",
    )
    op.create_index(op.f("ix_windows_hall_id"), "windows", ["hall_id"], unique=False, schema="evaluation")


def _bad_reviews() -> None:
    op.create_table(
        "bad_reviews",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["evaluation.rating_sessions.session_id"], name=op.f("fk_bad_reviews_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_bad_reviews")),
        sa.UniqueConstraint("case_id", name=op.f("uq_bad_reviews_case_id")),
        schema="evaluation",
    )
    op.create_index("ix_bad_reviews_opened_at_session_id", "bad_reviews", ["opened_at", "session_id"], unique=False, schema="evaluation")


def _complaint_verdicts() -> None:
    op.create_table(
        "complaint_verdicts",
        sa.Column("complaint_id", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_true", sa.Boolean(), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("unlawful", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["evaluation.complaints.complaint_id"], name=op.f("fk_complaint_verdicts_complaint_id")),
        sa.PrimaryKeyConstraint("complaint_id", "round", name=op.f("pk_complaint_verdicts")),
        schema="evaluation",
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("press_id", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "grade IN ('very_satisfied', 'satisfied', 'basically_satisfied', 'dissatisfied', 'very_dissatisfied')",
            name=op.f("ck_ratings_grade_known"),
        ),
        sa.ForeignKeyConstraint(["session_id"], ["evaluation.rating_sessions.session_id"], name=op.f("fk_ratings_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("case_id", name=op.f("uq_ratings_case_id")),
        schema="evaluation",
    )
    op.create_index("ix_ratings_hall_id_submitted_at", "ratings", ["hall_id", "submitted_at"], unique=False, schema="evaluation")
    op.create_index("ix_ratings_submitted_at_session_id", "ratings", ["submitted_at", "session_id"], unique=False, schema="evaluation")
