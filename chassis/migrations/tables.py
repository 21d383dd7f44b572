"""The chassis' own tables, for the first migration of every service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.orm import metadata_for

# Runs with the owner's rights, because the service's own role cannot make or drop partitions. Only what the broker has confirmed is ever dropped.
_KEEP = """
CREATE FUNCTION {s}.keep_event_log(days integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    day date;
    part record;
    done bigint := (SELECT published FROM {s}.relay_state);
    newest bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('{s}.event_log'));
    FOR day IN SELECT generate_series((now() AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + 2, '1 day')::date LOOP
        IF to_regclass(format('{s}.event_log_%s', to_char(day, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format('CREATE TABLE {s}.%I PARTITION OF {s}.event_log FOR VALUES FROM (%L) TO (%L)',
                'event_log_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = '{s}.event_log'::regclass AND c.relname ~ '^event_log_[0-9]{{8}}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - days LOOP
        EXECUTE format('SELECT max(seq) FROM {s}.%I', part.relname) INTO newest;
        IF newest IS NULL OR newest <= done THEN
            EXECUTE format('DROP TABLE {s}.%I', part.relname);
        END IF;
    END LOOP;
    DELETE FROM {s}.inbox WHERE received_at < now() - make_interval(days => days);
    DELETE FROM {s}.idempotency WHERE created_at < now() - make_interval(days => days);
END $$
"""


def create_chassis_tables(schema: str) -> None:
    """outbox, event_log (with its first partitions), relay_state, inbox, idempotency."""
    metadata_for(schema).create_all(op.get_bind(), checkfirst=False)
    op.execute(f"CREATE TABLE {schema}.event_log_default PARTITION OF {schema}.event_log DEFAULT")
    op.execute(f"INSERT INTO {schema}.relay_state (id, epoch, seq, published) VALUES (1, 1, 0, 0)")  # noqa: S608  a constant of the code
    # The head of the outbox is deleted all the time; the default of 20 % would let dead rows pile up in front of the relay.
    op.execute(f"ALTER TABLE {schema}.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)")
    op.execute(f"CREATE INDEX ix_inbox_received_at ON {schema}.inbox USING brin (received_at)")
    op.execute(f"CREATE INDEX ix_idempotency_created_at ON {schema}.idempotency USING brin (created_at)")
    op.execute(_KEEP.format(s=schema))
    op.execute(f"REVOKE ALL ON FUNCTION {schema}.keep_event_log(integer) FROM public")
    op.execute(f"SELECT {schema}.keep_event_log(30)")


def drop_chassis_tables(schema: str) -> None:
    """The way back."""
    op.execute(f"DROP FUNCTION {schema}.keep_event_log(integer)")
    metadata: sa.MetaData = metadata_for(schema)
    metadata.drop_all(op.get_bind(), checkfirst=False)
