"""The chassis tables and the cases of the bench's own service."""

from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "bench_0001"
down_revision = None


def upgrade() -> None:
    """Same columns as the peers' table, see bench/sql/e2e.sql."""
    create_chassis_tables("bench")
    op.execute(
        """
        create table bench.cases (
            id text primary key,
            case_no text not null,
            hall_id text not null,
            item_code text not null,
            staff_id text not null,
            applicant_ref text not null,
            note text not null,
            accepted_at timestamptz not null
        )
        """
    )


def downgrade() -> None:
    """The way back."""
    op.execute("drop table bench.cases")
    drop_chassis_tables("bench")
