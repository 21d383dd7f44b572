"""Tables of agency (代办): matters of the upper level taken in by the hall; hand-overs of the comprehensive window; the green channel's index."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_GREEN = "time_class = 'immediate' AND reclassifications @> '[{\"green_channel\": true}]'::jsonb"
_OPEN_AGENCY = "routing = 'agency' AND state IN ('accepted', 'in_review', 'suspended')"
_WATCHED = "state IN ('registered', 'assigned', 'submitted')"
_HANDED = "state IN ('handed_over', 'acknowledged')"


def upgrade() -> None:
    _agency_matters()
    _handovers()
    op.create_index("ix_cases_green", "cases", ["case_id"], schema="intake", postgresql_where=sa.text(_GREEN))
    op.create_index("ix_cases_open_agency", "cases", ["case_id"], schema="intake", postgresql_where=sa.text(_OPEN_AGENCY))


def downgrade() -> None:
    op.drop_index("ix_cases_open_agency", "cases", schema="intake")
    op.drop_index("ix_cases_green", "cases", schema="intake")
    op.drop_table("handovers", schema="intake")
    op.drop_table("agency_matters", schema="intake")


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _times(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, _TIME, nullable=nullable) for name in names]


def _days(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _lists(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False) for name in names]


def _told(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False) for name in names]


def _index(table: str, name: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, schema="intake", postgresql_where=only)


def _agency_matters() -> None:
    table = "agency_matters"
    op.create_table(
        table,
        *_texts("matter_id", "case_id", "case_no", "item_id", "region", "hall_id", "unit_id", "window_id", "channel", "registered_by"),
        *_times("registered_at", nullable=False),
        *_days("registered_on", nullable=False),
        *_numbers("limit_days"),
        *_texts("day_kind"),
        *_numbers("warn_days"),
        *_times("start_at", nullable=False),
        *_texts("state"),
        *_texts("agent_id", "upper_department", nullable=True),
        *_days("promised_on"),
        *_times("contacted_at"),
        *_numbers("round"),
        *_lists("assignments", "contacts", "rounds", "upper_dues", "stops"),
        *_days("due", "due_working", "due_natural", "first_due"),
        *_numbers("first_overdue_days", nullable=True),
        *_times("submitted_at", "returned_at", "notified_at", "collected_at", "ended_at"),
        *_texts("submitted_by", "upper_result", "notified_how", "notified_by", "ended_by", "end_reason_code", nullable=True),
        *_days("upper_due"),
        *_texts("result_note", "end_reason"),
        *_told("told", "upper_told"),
        *_days("reminded", "upper_reminded"),
        *_times("timer_at"),
        *_numbers("calendar_edition", "version"),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_agency_matters_case_id")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_agency_matters")),
        schema="intake",
    )
    _index(table, "uq_agency_matters_case_id", "case_id", unique=True, where="state <> 'ended'")
    for first in ("case_id", "hall_id", "agent_id"):
        _index(table, f"ix_agency_matters_{first}_matter_id", first, "matter_id")
    _index(table, "ix_agency_matters_hall_id_first_due", "hall_id", "first_due")
    _index(table, "ix_agency_matters_due", "due", "matter_id", where="due IS NOT NULL")
    _index(table, "ix_agency_matters_open_calendar", "calendar_edition", where=_WATCHED)
    _index(table, "ix_agency_matters_timer_at", "timer_at", where="timer_at IS NOT NULL")


def _handovers() -> None:
    table = "handovers"
    op.create_table(
        table,
        *_texts(
            "handover_id", "case_id", "case_no", "item_id", "region", "hall_id", "unit_id", "window_id", "channel", "note", "handed_by"
        ),
        *_times("handed_at", nullable=False),
        *_numbers("limit_days"),
        *_days("due", nullable=False),
        *_texts("state"),
        *_texts("acknowledged_by", "outcome", "fed_back_by", nullable=True),
        *_times("acknowledged_at", "fed_back_at", "withdrawn_at"),
        *_lists("urgings"),
        *_texts("feedback", "withdrawn_reason"),
        *_told("told"),
        *_times("timer_at"),
        *_numbers("calendar_edition", "version"),
        sa.ForeignKeyConstraint(["case_id"], ["intake.cases.case_id"], name=op.f("fk_handovers_case_id")),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handovers")),
        schema="intake",
    )
    _index(table, "uq_handovers_case_id", "case_id", unique=True, where=_HANDED)
    for first in ("case_id", "hall_id", "unit_id"):
        _index(table, f"ix_handovers_{first}_handover_id", first, "handover_id")
    _index(table, "ix_handovers_open_calendar", "calendar_edition", where=_HANDED)
    _index(table, "ix_handovers_timer_at", "timer_at", where="timer_at IS NOT NULL")
