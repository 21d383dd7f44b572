"""Tables of scoring. Facts, sheets and ledger are written in bulk, so nothing is mapped: rows go through Core."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.copies import version_column
from chassis.orm import metadata_for
from services.scoring.domain.facts import FACT_FIELDS, Fact

SCHEMA = "scoring"
METADATA = metadata_for(SCHEMA)
_MOMENT = sa.DateTime(timezone=True)


def configure() -> None:
    """Nothing to map."""


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable and not primary_key, primary_key=primary_key)


halls = sa.Table(
    "halls",
    METADATA,
    _text("hall_id", primary_key=True),
    _text("region"),
    _text("name"),
    _text("zone"),
    version_column(),
)

# Persons, windows and units under one roof: a ranking lists those without a fact too.
subjects = sa.Table(
    "subjects",
    METADATA,
    _text("kind", primary_key=True),
    _text("subject_id", primary_key=True),
    _text("name"),
    _text("region"),
    _text("hall_id", nullable=True),
    _text("unit_id", nullable=True),
    _text("window_id", nullable=True),
    sa.Column("active", sa.Boolean, nullable=False),
    version_column(),
    sa.CheckConstraint("kind IN ('person', 'window', 'unit')", name="kind_known"),
    sa.Index("ix_subjects_hall_id_kind", "hall_id", "kind"),
)

fact_sources = sa.Table(
    "fact_sources",
    METADATA,
    # One report of another service (a person-day, a finding …); only a newer version of it may replace its facts.
    _text("source_key", primary_key=True),
    version_column(),
)

# What a source said later of a fact that it told before or will tell: kept apart from the fact, because it may come first.
corrections = sa.Table(
    "corrections",
    METADATA,
    _text("source_key", primary_key=True),
    _text("aspect", primary_key=True),
    version_column(),
    sa.Column("staff_fault", sa.Boolean, nullable=True),
    _text("decided_by", nullable=True),
    sa.Column("said_at", _MOMENT, nullable=False),
    sa.CheckConstraint("aspect IN ('withdrawn', 'fault')", name="aspect_known"),
)

facts = sa.Table(
    "facts",
    METADATA,
    _text("fact_id", primary_key=True),
    _text("type"),
    _text("region"),
    _text("hall_id", nullable=True),
    sa.Column("occurred_on", sa.Date, nullable=False),
    _text("person_id", nullable=True),
    _text("window_id", nullable=True),
    _text("unit_id", nullable=True),
    sa.Column("occurred_at", _MOMENT, nullable=True),
    _text("half", nullable=True),
    sa.Column("minutes", sa.Integer, nullable=True),
    sa.Column("days", sa.Integer, nullable=True),
    _text("case_id", nullable=True),
    _text("matter_id", nullable=True),
    sa.Column("serious", sa.Boolean, nullable=False),
    sa.Column("unlawful", sa.Boolean, nullable=False),
    sa.Column("staff_fault", sa.Boolean, nullable=True),
    sa.Column("verified", sa.Boolean, nullable=False),
    _text("channel"),
    _text("source_key"),
    _text("evidence"),
    _text("recorded_by"),
    _text("recorded_through", nullable=True),
    sa.Column("recorded_at", _MOMENT, nullable=False),
    # A person's decision, here or in the source's own procedure (corrections), kept apart so that a new report cannot undo it.
    sa.Column("judged_verified", sa.Boolean, nullable=True),
    sa.Column("judged_staff_fault", sa.Boolean, nullable=True),
    _text("judged_by", nullable=True),
    sa.Column("judged_at", _MOMENT, nullable=True),
    _text("judgement_note"),
    sa.Column("retracted_at", _MOMENT, nullable=True),
    sa.Index("ix_facts_person_id_occurred_on", "person_id", "occurred_on"),  # scoring of a person's sheet
    sa.Index("ix_facts_window_id_occurred_on", "window_id", "occurred_on"),  # … of a window's
    sa.Index("ix_facts_unit_id_occurred_on", "unit_id", "occurred_on"),  # … of a unit's
    sa.Index("ix_facts_source_key", "source_key"),  # replacing a report's facts
    sa.Index("ix_facts_occurred_on_fact_id", "occurred_on", "fact_id"),  # lists
)

rulebooks = sa.Table(
    "rulebooks",
    METADATA,
    _text("code", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _text("name_zh"),
    _text("name_en"),
    _text("period"),
    _text("text"),
    _text("checksum"),
    _text("published_by"),
    sa.Column("published_at", _MOMENT, nullable=False),
)

assignments = sa.Table(
    "assignments",
    METADATA,
    _text("assignment_id", primary_key=True),
    _text("rulebook"),
    sa.Column("rulebook_version", sa.Integer, nullable=False),
    _text("region"),
    _text("hall_id", nullable=True),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=True),
    sa.Column("base", sa.Integer, nullable=True),
    sa.Column("parameters", JSONB, nullable=False),
    _text("assigned_by"),
    sa.Column("assigned_at", _MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["rulebook", "rulebook_version"], [rulebooks.c.code, rulebooks.c.version]),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_span"),
    sa.Index("ix_assignments_rulebook_valid_from", "rulebook", "valid_from"),
)

sheets = sa.Table(
    "sheets",
    METADATA,
    _text("sheet_id", primary_key=True),
    sa.Column("assignment_id", sa.Text, sa.ForeignKey(assignments.c.assignment_id), nullable=False),
    _text("rulebook"),
    _text("period"),
    _text("kind"),
    _text("subject_id"),
    _text("region"),
    _text("hall_id", nullable=True),
    # The number of its newest ledger line, and what its lines sum up to.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("capped_points", sa.Integer, nullable=False),
    sa.UniqueConstraint("assignment_id", "period", "kind", "subject_id"),
    sa.Index("ix_sheets_rulebook_period_kind_subject_id", "rulebook", "period", "kind", "subject_id"),  # rankings, a subject's sheet
)

# Append-only: a trigger refuses UPDATE and DELETE (see the migration).
ledger = sa.Table(
    "ledger",
    METADATA,
    _text("entry_id", primary_key=True),
    sa.Column("sheet_id", sa.Text, sa.ForeignKey(sheets.c.sheet_id), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    _text("line"),
    _text("person_id", nullable=True),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("fact_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("detail", JSONB, nullable=False),
    sa.Column("reverses", sa.Text, sa.ForeignKey("scoring.ledger.entry_id"), nullable=True, unique=True),
    sa.Column("posted_at", _MOMENT, nullable=False),
    sa.UniqueConstraint("sheet_id", "number"),
)

# Sheets whose score must be looked at again because an assignment changed.
dirty_sheets = sa.Table(
    "dirty_sheets",
    METADATA,
    _text("assignment_id", primary_key=True),
    _text("period", primary_key=True),
    _text("kind", primary_key=True),
    _text("subject_id", primary_key=True),
)


def as_fact(row: Any) -> Fact:
    """The fact of a row of `facts`, a person's judgement above the source's."""
    values = {name: getattr(row, name) for name in FACT_FIELDS}
    moment: datetime | None = values["occurred_at"]
    values["occurred_at"] = moment.astimezone(UTC) if moment else None
    if row.judged_verified is not None:
        values["verified"] = row.judged_verified
    if row.judged_staff_fault is not None:
        values["staff_fault"] = row.judged_staff_fault
    return Fact(**values)
