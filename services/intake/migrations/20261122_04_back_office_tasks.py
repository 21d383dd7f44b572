"""Make the back-office tasks."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("handler_id", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("overdue_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_tasks_case_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_tasks")),
        schema="intake",
    )
    op.create_index("ix_tasks_case_id", "tasks", ["case_id"], unique=False, schema="intake")
    op.create_index("ix_tasks_hall_id_task_id", "tasks", ["hall_id", "task_id"], unique=False, schema="intake")
    op.create_index(
        "ix_tasks_timer_at", "tasks", ["timer_at"], unique=False, schema="intake", postgresql_where=sa.text("timer_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_table("tasks", schema="intake")
