"""Applicants: sealed, with the keyed hashes they are searched by; what was corrected, and who saw them in plain."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.sealing import SealedColumn
from services.intake import sealed
from services.intake.orm.base import METADATA, TIME

applicants = sa.Table(
    "applicants",
    METADATA,
    # A table of its own: a rotation of keys rewrites these rows and leaves the cases and their indexes alone.
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("id_hash", sa.Text),
    sa.Column("phone_hash", sa.Text),
    sa.Index("ix_applicants_id_hash", "id_hash", "case_id", postgresql_where=sa.text("id_hash IS NOT NULL")),
    sa.Index("ix_applicants_phone_hash", "phone_hash", "case_id", postgresql_where=sa.text("phone_hash IS NOT NULL")),
)

recipients = sa.Table(
    "recipients",
    METADATA,
    # Who took the result away (领取人、签收人); what the case itself keeps of them is masked.
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)

corrections = sa.Table(
    "applicant_corrections",
    METADATA,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("fields", ARRAY(sa.Text), nullable=False),
    # Both masked.
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("corrected_by", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("corrected_at", TIME, nullable=False),
)

reveals = sa.Table(
    "applicant_reveals",
    METADATA,
    sa.Column("reveal_id", sa.Text, primary_key=True),
    # Whose data: the applicant of a case, or whoever waits for an appointment or a visit.
    sa.Column("case_id", sa.Text),
    sa.Column("appointment_id", sa.Text),
    sa.Column("visit_id", sa.Text),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("revealed_to", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("revealed_at", TIME, nullable=False),
    sa.CheckConstraint("num_nonnulls(case_id, appointment_id, visit_id) = 1", name="one_subject"),
    sa.Index("ix_applicant_reveals_case_id", "case_id", "reveal_id"),
    sa.Index("ix_applicant_reveals_appointment_id", "appointment_id", "reveal_id", postgresql_where=sa.text("appointment_id IS NOT NULL")),
    sa.Index("ix_applicant_reveals_visit_id", "visit_id", "reveal_id", postgresql_where=sa.text("visit_id IS NOT NULL")),
    sa.Index("ix_applicant_reveals_revealed_to", "revealed_to", "reveal_id"),
)

SEALED_RECIPIENTS = SealedColumn(recipients, "sealed", sealed.recipient_place)
SEALED = SealedColumn(applicants, "sealed", sealed.place, sealed.hashes_of_text, ("id_hash", "phone_hash"))
