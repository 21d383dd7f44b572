"""Tables of the schema `intake` and the imperative mapping of the case."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry

from chassis.database import track_events
from chassis.orm import metadata_for
from services.intake.domain.case import Case

METADATA = metadata_for("intake")
TIME = sa.DateTime(timezone=True)

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
    sa.Column("applicant_name", sa.Text, nullable=False),
    sa.Column("applicant_contact", sa.Text, nullable=False),
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
    sa.Column("overdue_sent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("return_reason_code", sa.Text),
    sa.Column("return_reason", sa.Text),
    sa.Column("returned_at", TIME),
    sa.Column("decision", sa.Text),
    sa.Column("decided_at", TIME),
    sa.Column("decided_by", sa.Text),
    sa.Column("opinion", sa.Text),
    sa.Column("elapsed_days", sa.Integer),
    sa.Column("overdue_days", sa.Integer),
    sa.Column("delivery_method", sa.Text),
    sa.Column("collector", sa.Text),
    sa.Column("delivered_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # Ids are time-ordered: these serve "newest first" within a hall and within a region.
    sa.Index("ix_cases_hall_id_case_id", "hall_id", "case_id"),
    sa.Index("ix_cases_open_due", "promised_due", "case_id", postgresql_where=sa.text("state IN ('accepted', 'in_review')")),
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

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("windows", JSONB, nullable=False),
    sa.Column("event_version", sa.Integer, nullable=False),
)

stationings = sa.Table(
    "stationings",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("event_version", sa.Integer, nullable=False),
)

item_versions = sa.Table(
    "item_versions",
    METADATA,
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("item_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("immediate", sa.Boolean, nullable=False),
    sa.Column("legal_days", sa.Integer, nullable=False),
    sa.Column("promised_days", sa.Integer, nullable=False),
    sa.Column("day_kind", sa.Text, nullable=False),
    sa.Column("fee_fen", sa.BigInteger, nullable=False),
    sa.Column("materials", JSONB, nullable=False),
    sa.Column("units_involved", sa.Integer, nullable=False),
    sa.Column("event_version", sa.Integer, nullable=False),
    sa.Index("ix_item_versions_newest", "item_id", "event_version"),
)

calendars = sa.Table(
    "calendars",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("overrides", JSONB, nullable=False),
    sa.Column("notices", JSONB, nullable=False),
)

reference_state = sa.Table(
    "reference_state",
    METADATA,
    # Grows with every change of the local copies: what a process has read of them is good while this number stands.
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

_mapped: list[registry] = []


def configure() -> None:
    """Map the aggregates; the second call does nothing."""
    if _mapped:
        return
    mapper = registry(metadata=METADATA)
    mapper.map_imperatively(Case, cases)
    track_events(Case)
    _mapped.append(mapper)
