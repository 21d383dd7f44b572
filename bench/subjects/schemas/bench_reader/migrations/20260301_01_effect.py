"""The chassis tables and the effects of the bench's own consumer."""

from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "bench_reader_0001"
down_revision = None


def upgrade() -> None:
    """Same columns as the peer's table, see bench/sql/consumer.sql."""
    create_chassis_tables("bench_reader")
    op.execute(
        """
        create table bench_reader.effect (
            message_id text not null,
            subject text not null,
            hall_id text not null,
            points int not null,
            version int not null,
            applied_at timestamptz not null default clock_timestamp()
        )
        """
    )


def downgrade() -> None:
    """The way back."""
    op.execute("drop table bench_reader.effect")
    drop_chassis_tables("bench_reader")
