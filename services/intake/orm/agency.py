"""Tables: the agency register (代办事项登记表) and the hand-overs of the comprehensive window (综合窗口移交)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.handovers import HandOver
from services.intake.orm.base import METADATA, TIME


def _of_case() -> tuple[sa.Column[str], ...]:
    names = ("case_no", "item_id", "region", "hall_id", "unit_id", "window_id", "channel")
    key: sa.Column[str] = sa.Column("case_id", sa.Text, sa.ForeignKey("intake.cases.case_id"), nullable=False)
    return (key, *(sa.Column(name, sa.Text, nullable=False) for name in names))


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default="[]")


agency_matters = sa.Table(
    "agency_matters",
    METADATA,
    sa.Column("matter_id", sa.Text, primary_key=True),
    *_of_case(),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_at", TIME, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("limit_days", sa.Integer, nullable=False),
    sa.Column("day_kind", sa.Text, nullable=False),
    sa.Column("warn_days", sa.Integer, nullable=False),
    sa.Column("start_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text),
    _list("assignments"),
    sa.Column("upper_department", sa.Text),
    sa.Column("promised_on", sa.Date),
    sa.Column("contacted_at", TIME),
    _list("contacts"),
    sa.Column("round", sa.Integer, nullable=False),
    _list("rounds"),
    sa.Column("due", sa.Date),
    sa.Column("due_working", sa.Date),
    sa.Column("due_natural", sa.Date),
    sa.Column("first_due", sa.Date),
    sa.Column("first_overdue_days", sa.Integer),
    sa.Column("submitted_at", TIME),
    sa.Column("submitted_by", sa.Text),
    sa.Column("upper_due", sa.Date),
    _list("upper_dues"),
    sa.Column("upper_result", sa.Text),
    sa.Column("result_note", sa.Text, nullable=False),
    sa.Column("returned_at", TIME),
    sa.Column("notified_at", TIME),
    sa.Column("notified_how", sa.Text),
    sa.Column("notified_by", sa.Text),
    sa.Column("collected_at", TIME),
    sa.Column("ended_at", TIME),
    sa.Column("ended_by", sa.Text),
    sa.Column("end_reason_code", sa.Text),
    sa.Column("end_reason", sa.Text, nullable=False),
    _list("stops"),
    sa.Column("told", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("upper_told", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("reminded", sa.Date),
    sa.Column("upper_reminded", sa.Date),
    sa.Column("timer_at", TIME),
    sa.Column("calendar_edition", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # A case may come back to the class; what the hall carries for it is one entry at a time.
    sa.Index("uq_agency_matters_case_id", "case_id", unique=True, postgresql_where=sa.text("state <> 'ended'")),
    sa.Index("ix_agency_matters_case_id_matter_id", "case_id", "matter_id"),
    sa.Index("ix_agency_matters_hall_id_matter_id", "hall_id", "matter_id"),
    sa.Index("ix_agency_matters_agent_id_matter_id", "agent_id", "matter_id"),
    sa.Index("ix_agency_matters_hall_id_first_due", "hall_id", "first_due"),
    sa.Index("ix_agency_matters_due", "due", "matter_id", postgresql_where=sa.text("due IS NOT NULL")),
    sa.Index(
        "ix_agency_matters_open_calendar", "calendar_edition", postgresql_where=sa.text("state IN ('registered', 'assigned', 'submitted')")
    ),
    sa.Index("ix_agency_matters_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

handovers = sa.Table(
    "handovers",
    METADATA,
    sa.Column("handover_id", sa.Text, primary_key=True),
    *_of_case(),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("handed_by", sa.Text, nullable=False),
    sa.Column("handed_at", TIME, nullable=False),
    sa.Column("limit_days", sa.Integer, nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("acknowledged_by", sa.Text),
    sa.Column("acknowledged_at", TIME),
    _list("urgings"),
    sa.Column("outcome", sa.Text),
    sa.Column("feedback", sa.Text, nullable=False),
    sa.Column("fed_back_by", sa.Text),
    sa.Column("fed_back_at", TIME),
    sa.Column("withdrawn_at", TIME),
    sa.Column("withdrawn_reason", sa.Text, nullable=False),
    sa.Column("told", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("timer_at", TIME),
    sa.Column("calendar_edition", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # One at a time for a case.
    sa.Index("uq_handovers_case_id", "case_id", unique=True, postgresql_where=sa.text("state IN ('handed_over', 'acknowledged')")),
    sa.Index("ix_handovers_case_id_handover_id", "case_id", "handover_id"),
    sa.Index("ix_handovers_hall_id_handover_id", "hall_id", "handover_id"),
    sa.Index("ix_handovers_unit_id_handover_id", "unit_id", "handover_id"),
    sa.Index("ix_handovers_open_calendar", "calendar_edition", postgresql_where=sa.text("state IN ('handed_over', 'acknowledged')")),
    sa.Index("ix_handovers_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

MAPPED: tuple[tuple[type, sa.Table], ...] = ((AgencyMatter, agency_matters), (HandOver, handovers))
