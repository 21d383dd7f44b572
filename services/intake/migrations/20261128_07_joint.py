"""Tables of joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("halls", sa.Column("units", postgresql.JSONB(), server_default="{}", nullable=False), schema="intake")
    op.create_table(
        "joint_handlings",
        sa.Column("handling_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("lead_unit_id", sa.Text(), nullable=False),
        sa.Column("lead_window_id", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar_edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stops", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("meetings", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("decisions", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("limit", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("limit_due", sa.Date(), nullable=True),
        sa.Column("limit_overdue_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_joint_handlings_case_id")),
        sa.PrimaryKeyConstraint("handling_id", name=op.f("pk_joint_handlings")),
        schema="intake",
    )
    op.create_index(
        "ix_joint_handlings_calendar",
        "joint_handlings",
        ["calendar_edition"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_joint_handlings_case_id", "joint_handlings", ["case_id", "handling_id"], unique=False, schema="intake")
    op.create_index("ix_joint_handlings_hall_id_handling_id", "joint_handlings", ["hall_id", "handling_id"], unique=False, schema="intake")
    op.create_index("ix_joint_handlings_lead_unit_id", "joint_handlings", ["lead_unit_id", "handling_id"], unique=False, schema="intake")
    op.create_index(
        "ix_joint_handlings_timer_at",
        "joint_handlings",
        ["timer_at"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("timer_at IS NOT NULL"),
    )
    op.create_index(
        "uq_joint_handlings_running",
        "joint_handlings",
        ["case_id"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "joint_members",
        sa.Column("handling_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("postponed_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earlier", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("overdue_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("moves", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("excused", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["handling_id"], ["intake.joint_handlings.handling_id"], name=op.f("fk_joint_members_handling_id")),
        sa.PrimaryKeyConstraint("handling_id", "unit_id", name=op.f("pk_joint_members")),
        schema="intake",
    )
    op.create_index(
        "ix_joint_members_due",
        "joint_members",
        ["due", "handling_id"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("ix_joint_members_hall_id", "joint_members", ["hall_id", "handling_id"], unique=False, schema="intake")
    op.create_index("ix_joint_members_unit_id", "joint_members", ["unit_id", "handling_id"], unique=False, schema="intake")
    op.create_table(
        "joint_meetings",
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("called_by", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("agenda", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seats", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("moves", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("minutes_no", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minuted_by", sa.Text(), nullable=True),
        sa.Column("minuted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_joint_meetings")),
        schema="intake",
    )
    op.create_index("ix_joint_meetings_hall_id_meeting_id", "joint_meetings", ["hall_id", "meeting_id"], unique=False, schema="intake")
    op.create_index("ix_joint_meetings_starts_at", "joint_meetings", ["hall_id", "starts_at"], unique=False, schema="intake")
    op.create_table(
        "joint_inspections",
        sa.Column("inspection_id", sa.Text(), nullable=False),
        sa.Column("handling_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("place_sealed", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seats", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("moves", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["intake.joint_handlings.handling_id"], name=op.f("fk_joint_inspections_handling_id")),
        sa.PrimaryKeyConstraint("inspection_id", name=op.f("pk_joint_inspections")),
        schema="intake",
    )
    op.create_index(
        "ix_joint_inspections_handling_id", "joint_inspections", ["handling_id", "inspection_id"], unique=False, schema="intake"
    )
    op.create_table(
        "joint_conduct",
        sa.Column("conduct_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("handling_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
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
        sa.CheckConstraint("decided_by IS DISTINCT FROM recorded_identity", name=op.f("ck_joint_conduct_two_persons")),
        sa.PrimaryKeyConstraint("conduct_id", name=op.f("pk_joint_conduct")),
        schema="intake",
    )
    op.create_index("ix_joint_conduct_hall_id_conduct_id", "joint_conduct", ["hall_id", "conduct_id"], unique=False, schema="intake")


def downgrade() -> None:
    for table in ("joint_conduct", "joint_inspections", "joint_meetings", "joint_members", "joint_handlings"):
        op.drop_table(table, schema="intake")
    op.drop_column("halls", "units", schema="intake")
