"""Corrections of facts; each telling of a day over becomes a fact of its own.

So far a day over was filed by its number within the case, so that one told again after a withdrawal would have been taken for the withdrawn one.
Ledger lines keep the former ids and are reversed and posted anew within seconds: every sheet is looked at again.
"""

import sqlalchemy as sa
from alembic import op

revision = "scoring_0002"
down_revision = "scoring_0001"
branch_labels = None
depends_on = None

_BY_TELLING = """
UPDATE scoring.facts SET fact_id = renamed.key, source_key = renamed.key
FROM (SELECT f.fact_id, 'overdue:' || f.case_id || '@' || s.version AS key FROM scoring.facts f
      JOIN scoring.fact_sources s ON s.source_key = f.source_key WHERE f.source_key ~ '^overdue:.*/[0-9]+$' AND f.channel = 'deadline') renamed
WHERE facts.fact_id = renamed.fact_id
"""
_SOURCES_BY_TELLING = """
UPDATE scoring.fact_sources SET source_key = regexp_replace(source_key, '/[0-9]+$', '@') || version WHERE source_key ~ '^overdue:.*/[0-9]+$'
"""
# The way back has room for one telling of each day: the one that stands, else the newest.
_SURPLUS = """
DELETE FROM scoring.facts f USING scoring.facts other
WHERE f.source_key ~ '^overdue:.*@[0-9]+$' AND other.source_key ~ '^overdue:.*@[0-9]+$' AND (other.case_id, other.days) = (f.case_id, f.days)
  AND (other.retracted_at IS NULL, split_part(other.source_key, '@', 2)::bigint) > (f.retracted_at IS NULL, split_part(f.source_key, '@', 2)::bigint)
"""
_SURPLUS_SOURCES = """
DELETE FROM scoring.fact_sources s WHERE source_key ~ '^overdue:.*@[0-9]+$' AND NOT EXISTS (SELECT FROM scoring.facts f WHERE f.source_key = s.source_key)
"""
_SOURCES_BY_NUMBER = """
UPDATE scoring.fact_sources SET source_key = 'overdue:' || f.case_id || '/' || f.days FROM scoring.facts f
WHERE f.source_key = fact_sources.source_key AND f.source_key ~ '^overdue:.*@[0-9]+$'
"""
_BY_NUMBER = """
UPDATE scoring.facts SET fact_id = 'overdue:' || case_id || '/' || days, source_key = 'overdue:' || case_id || '/' || days
WHERE source_key ~ '^overdue:.*@[0-9]+$'
"""
_LOOK_AGAIN = """
INSERT INTO scoring.dirty_sheets (assignment_id, period, kind, subject_id)
SELECT assignment_id, period, kind, subject_id FROM scoring.sheets ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("staff_fault", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("aspect IN ('withdrawn', 'fault')", name=op.f("ck_corrections_aspect_known")),
        sa.PrimaryKeyConstraint("source_key", "aspect", name=op.f("pk_corrections")),
        schema="scoring",
    )
    for statement in (_BY_TELLING, _SOURCES_BY_TELLING, _LOOK_AGAIN):
        op.execute(statement)


def downgrade() -> None:
    for statement in (_SURPLUS, _SURPLUS_SOURCES, _SOURCES_BY_NUMBER, _BY_NUMBER, _LOOK_AGAIN):
        op.execute(statement)
    op.drop_table("corrections", schema="scoring")
