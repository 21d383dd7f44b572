"""Make the schema of scoring: facts, rulebooks, assignments, sheets, the append-only ledger, local reference data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "scoring_0001"
down_revision = None
branch_labels = None
depends_on = None

# A rule that code alone keeps is a rule that the next script breaks: what was posted or published stays as it is.
_FROZEN = """
CREATE FUNCTION scoring.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    create_chassis_tables("scoring")
    _dirty_sheets()
    _fact_sources()
    _facts()
    _halls()
    _rulebooks()
    _subjects()
    _assignments()
    _sheets()
    _ledger()
    op.execute(_FROZEN)
    for table in ("ledger", "rulebooks"):
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON scoring.{table} FOR EACH ROW EXECUTE FUNCTION scoring.refuse_change()"
        )


def downgrade() -> None:
    for table in ("ledger", "sheets", "assignments", "subjects", "rulebooks", "halls", "facts", "fact_sources", "dirty_sheets"):
        op.drop_table(table, schema="scoring")
    op.execute("DROP FUNCTION scoring.refuse_change()")
    drop_chassis_tables("scoring")


def _dirty_sheets() -> None:
    op.create_table(
        "dirty_sheets",
        sa.Column("assignment_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", "period", "kind", "subject_id", name=op.f("pk_dirty_sheets")),
        schema="scoring",
    )


def _fact_sources() -> None:
    op.create_table(
        "fact_sources",
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_fact_sources")),
        schema="scoring",
    )


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("fact_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("half", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("matter_id", sa.Text(), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("unlawful", sa.Boolean(), nullable=False),
        sa.Column("staff_fault", sa.Boolean(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_through", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_verified", sa.Boolean(), nullable=True),
        sa.Column("judged_staff_fault", sa.Boolean(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judgement_note", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_facts")),
        schema="scoring",
    )
    op.create_index("ix_facts_occurred_on_fact_id", "facts", ["occurred_on", "fact_id"], unique=False, schema="scoring")
    op.create_index("ix_facts_person_id_occurred_on", "facts", ["person_id", "occurred_on"], unique=False, schema="scoring")
    op.create_index("ix_facts_source_key", "facts", ["source_key"], unique=False, schema="scoring")
    op.create_index("ix_facts_unit_id_occurred_on", "facts", ["unit_id", "occurred_on"], unique=False, schema="scoring")
    op.create_index("ix_facts_window_id_occurred_on", "facts", ["window_id", "occurred_on"], unique=False, schema="scoring")


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_halls")),
        schema="scoring",
    )


def _rulebooks() -> None:
    op.create_table(
        "rulebooks",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_rulebooks")),
        schema="scoring",
    )


def _subjects() -> None:
    op.create_table(
        "subjects",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'window', 'unit')", name=op.f("ck_subjects_kind_known")),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_subjects")),
        schema="scoring",
    )
    op.create_index("ix_subjects_hall_id_kind", "subjects", ["hall_id", "kind"], unique=False, schema="scoring")


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("rulebook_version", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_assignments_valid_span")),
        sa.ForeignKeyConstraint(
            ["rulebook", "rulebook_version"],
            ["scoring.rulebooks.code", "scoring.rulebooks.version"],
            name=op.f("fk_assignments_rulebook_rulebook_version"),
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignments")),
        schema="scoring",
    )
    op.create_index("ix_assignments_rulebook_valid_from", "assignments", ["rulebook", "valid_from"], unique=False, schema="scoring")


def _sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("sheet_id", sa.Text(), nullable=False),
        sa.Column("assignment_id", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("capped_points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["scoring.assignments.assignment_id"], name=op.f("fk_sheets_assignment_id")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("assignment_id", "period", "kind", "subject_id", name=op.f("uq_sheets_assignment_id_period_kind_subject_id")),
        schema="scoring",
    )
    op.create_index(
        "ix_sheets_rulebook_period_kind_subject_id", "sheets", ["rulebook", "period", "kind", "subject_id"], unique=False, schema="scoring"
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("sheet_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("fact_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reverses", sa.Text(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reverses"], ["scoring.ledger.entry_id"], name=op.f("fk_ledger_reverses")),
        sa.ForeignKeyConstraint(["sheet_id"], ["scoring.sheets.sheet_id"], name=op.f("fk_ledger_sheet_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_reverses")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_ledger_sheet_id_number")),
        schema="scoring",
    )
