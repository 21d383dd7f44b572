"""Count cases by triggers, and give every filter of a list its index."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

_INDEXED = ("unit_id", "window_id", "item_id", "staff_id", "state")
_KEY = "region, hall_id, unit_id, item_id, state"
_FUNCTION = """
CREATE FUNCTION intake.count_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO intake.case_count_changes (region, hall_id, unit_id, item_id, state, n)
        SELECT region, hall_id, unit_id, item_id, state, count(*) FROM fresh GROUP BY region, hall_id, unit_id, item_id, state;
        RETURN NULL;
    END IF;
    INSERT INTO intake.case_count_changes (region, hall_id, unit_id, item_id, state, n)
    VALUES (OLD.region, OLD.hall_id, OLD.unit_id, OLD.item_id, OLD.state, -1);
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO intake.case_count_changes (region, hall_id, unit_id, item_id, state, n)
        VALUES (NEW.region, NEW.hall_id, NEW.unit_id, NEW.item_id, NEW.state, 1);
    END IF;
    RETURN NULL;
END $$
"""
# By statement where many rows may come at once (COPY), by row where one changes.
_INSERTED = """
CREATE TRIGGER count_inserted AFTER INSERT ON intake.cases REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION intake.count_cases()
"""
_UPDATED = f"""
CREATE TRIGGER count_updated AFTER UPDATE OF {_KEY} ON intake.cases FOR EACH ROW
WHEN ((OLD.region, OLD.hall_id, OLD.unit_id, OLD.item_id, OLD.state) IS DISTINCT FROM (NEW.region, NEW.hall_id, NEW.unit_id, NEW.item_id, NEW.state))
EXECUTE FUNCTION intake.count_cases()
"""
_DELETED = "CREATE TRIGGER count_deleted AFTER DELETE ON intake.cases FOR EACH ROW EXECUTE FUNCTION intake.count_cases()"


def upgrade() -> None:
    _tables()
    op.execute(_FUNCTION)
    for trigger in (_INSERTED, _UPDATED, _DELETED):
        op.execute(trigger)
    for name in _INDEXED:
        op.create_index(f"ix_cases_{name}_case_id", "cases", [name, "case_id"], schema="intake")
    op.create_index(
        "ix_cases_promised_due", "cases", ["promised_due", "case_id"], schema="intake", postgresql_where=sa.text("promised_due IS NOT NULL")
    )
    op.create_index("ix_cases_provisional", "cases", ["case_id"], schema="intake", postgresql_where=sa.text("provisional"))


def downgrade() -> None:
    op.drop_index("ix_cases_provisional", "cases", schema="intake")
    op.drop_index("ix_cases_promised_due", "cases", schema="intake")
    for name in _INDEXED:
        op.drop_index(f"ix_cases_{name}_case_id", "cases", schema="intake")
    for name in ("count_deleted", "count_updated", "count_inserted"):
        op.execute(f"DROP TRIGGER {name} ON intake.cases")
    op.execute("DROP FUNCTION intake.count_cases()")
    op.drop_table("case_count_changes", schema="intake")
    op.drop_table("case_counts", schema="intake")


def _tables() -> None:
    op.create_table(
        "case_counts",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "unit_id", "item_id", "state", "region", name=op.f("pk_case_counts")),
        schema="intake",
    )
    op.create_table(
        "case_count_changes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        schema="intake",
    )
