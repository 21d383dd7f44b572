"""Cases, their numbers and the warnings sent for them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.orm.base import METADATA, TIME

cases = sa.Table(
    "cases",
    METADATA,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, unique=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("staff_id", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("item_version", sa.Integer, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Masked; the real one is sealed in `applicants`.
    sa.Column("applicant", JSONB, nullable=False),
    sa.Column("track_hash", sa.Text, nullable=False, unique=True),
    sa.Column("received_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("time_class", sa.Text, nullable=False),
    sa.Column("required", ARRAY(sa.Text), nullable=False),
    sa.Column("handed", ARRAY(sa.Text), nullable=False),
    sa.Column("wanted", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("clock_at", TIME, nullable=False),
    sa.Column("clock_start", sa.Date, nullable=False),
    sa.Column("timer_at", TIME),
    sa.Column("notices", JSONB, nullable=False, server_default="[]"),
    sa.Column("stages", JSONB, nullable=False, server_default="[]"),
    sa.Column("routing", sa.Text),
    sa.Column("accepted_at", TIME),
    sa.Column("deemed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("deadline", JSONB(none_as_null=True)),
    sa.Column("promised_due", sa.Date),
    sa.Column("legal_due", sa.Date),
    sa.Column("provisional", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("rungs_sent", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("suspensions", JSONB, nullable=False, server_default="[]"),
    sa.Column("extension", JSONB(none_as_null=True)),
    sa.Column("breaches", JSONB, nullable=False, server_default="[]"),
    sa.Column("judgements", JSONB, nullable=False, server_default="[]"),
    sa.Column("calendar_edition", sa.Integer, nullable=False, server_default="0"),
    sa.Column("return_reason_code", sa.Text),
    sa.Column("return_reason", sa.Text),
    sa.Column("returned_at", TIME),
    sa.Column("decision", sa.Text),
    sa.Column("decided_at", TIME),
    sa.Column("decided_by", sa.Text),
    sa.Column("opinion", sa.Text),
    sa.Column("delegation_id", sa.Text),
    sa.Column("collective_no", sa.Text),
    sa.Column("elapsed_days", sa.Integer),
    sa.Column("overdue_days", sa.Integer),
    sa.Column("delivery_method", sa.Text),
    sa.Column("collector", sa.Text),
    sa.Column("delivered_at", TIME),
    sa.Column("key_stages", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("running", JSONB(none_as_null=True)),
    sa.Column("reclassifications", JSONB, nullable=False, server_default="[]"),
    sa.Column("transfers", JSONB, nullable=False, server_default="[]"),
    sa.Column("delivery", JSONB(none_as_null=True)),
    sa.Column("version", sa.Integer, nullable=False),
    # Ids are time-ordered: these serve "newest first" within a hall and within a region.
    sa.Index("ix_cases_hall_id_case_id", "hall_id", "case_id"),
    *(sa.Index(f"ix_cases_{name}_case_id", name, "case_id") for name in ("unit_id", "window_id", "item_id", "staff_id", "state")),
    sa.Index("ix_cases_promised_due", "promised_due", "case_id", postgresql_where=sa.text("promised_due IS NOT NULL")),
    sa.Index("ix_cases_provisional", "case_id", postgresql_where=sa.text("provisional")),
    sa.Index("ix_cases_open_due", "promised_due", "case_id", postgresql_where=sa.text("state IN ('accepted', 'in_review')")),
    # For the job that brings open cases in line with a new calendar.
    sa.Index(
        "ix_cases_open_calendar",
        "calendar_edition",
        postgresql_where=sa.text("state IN ('registered', 'supplement', 'accepted', 'in_review', 'suspended', 'decided')"),
    ),
    # The green channel (绿色通道): promised by its item, immediate by approval.
    sa.Index(
        "ix_cases_green",
        "case_id",
        postgresql_where=sa.text("time_class = 'immediate' AND reclassifications @> '[{\"green_channel\": true}]'::jsonb"),
    ),
    # For the job that gives every open agency case its entry in the register.
    sa.Index(
        "ix_cases_open_agency",
        "case_id",
        postgresql_where=sa.text("routing = 'agency' AND state IN ('accepted', 'in_review', 'suspended')"),
    ),
    sa.Index("ix_cases_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

case_numbers = sa.Table(
    "case_numbers",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

rungs = sa.Table(
    "rungs",
    METADATA,
    # The key is what makes a warning a single one, whatever the schedulers do.
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("rung", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sent_at", TIME, nullable=False),
)

refused_receipts = sa.Table(
    "refused_receipts",
    METADATA,
    # Person, window, item and day: what makes attempts to receive a cancelled item one attempt.
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("attempt_id", sa.Text, nullable=False),
)
