"""Tables: joint handling (联合办理): members and their clocks, meetings, inspections, conduct."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry, relationship

from chassis.sealing import SealedColumn
from services.intake import sealed
from services.intake.domain.joint.conduct import JointConduct
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.inspections import JointInspection
from services.intake.domain.joint.meetings import JointMeeting
from services.intake.domain.joint.members import Member
from services.intake.orm.base import METADATA, TIME
from services.intake.orm.verified_facts import fact_columns


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _list(name: str) -> sa.Column[list[object]]:
    return sa.Column(name, JSONB, nullable=False, server_default="[]")


joint_handlings = sa.Table(
    "joint_handlings",
    METADATA,
    sa.Column("handling_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("intake.cases.case_id"), nullable=False),
    *(_text(name) for name in ("case_no", "item_id", "region", "hall_id", "lead_unit_id", "lead_window_id")),
    sa.Column("needed", sa.Integer, nullable=False),
    _text("cause"),
    sa.Column("opened_at", TIME, nullable=False),
    sa.Column("calendar_edition", sa.Integer, nullable=False),
    _text("state"),
    *(_list(name) for name in ("stops", "meetings", "decisions")),
    sa.Column("limit", JSONB(none_as_null=True)),
    sa.Column("limit_due", sa.Date),
    sa.Column("limit_overdue_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("closed_at", TIME),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # What makes it one for a case, whoever opens it; a case that becomes joint again after it was not gets another one.
    sa.Index("uq_joint_handlings_running", "case_id", unique=True, postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index("ix_joint_handlings_case_id", "case_id", "handling_id"),
    sa.Index("ix_joint_handlings_hall_id_handling_id", "hall_id", "handling_id"),
    sa.Index("ix_joint_handlings_lead_unit_id", "lead_unit_id", "handling_id"),
    sa.Index("ix_joint_handlings_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
    # For the job that brings running handlings in line with a new calendar.
    sa.Index("ix_joint_handlings_calendar", "calendar_edition", postgresql_where=sa.text("closed_at IS NULL")),
)

joint_members = sa.Table(
    "joint_members",
    METADATA,
    sa.Column("handling_id", sa.Text, sa.ForeignKey("intake.joint_handlings.handling_id"), primary_key=True),
    sa.Column("unit_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    # Where the unit sits: its people see the handling by this, also when the lead's hall is not theirs.
    *(_text(name) for name in ("region", "hall_id")),
    _text("person_id", nullable=True),
    _text("question"),
    sa.Column("limit_days", sa.Integer, nullable=False),
    *(_text(name) for name in ("named_by", "state")),
    sa.Column("postponed_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("asked_at", TIME),
    sa.Column("due", sa.Date),
    sa.Column("provisional", sa.Boolean, nullable=False, server_default=sa.false()),
    *(_text(name, nullable=True) for name in ("outcome", "opinion", "given_by")),
    sa.Column("given_at", TIME),
    _list("earlier"),
    sa.Column("overdue_days", sa.Integer, nullable=False, server_default="0"),
    *(_list(name) for name in ("told", "moves")),
    sa.Column("excused", sa.Integer),
    sa.Index("ix_joint_members_unit_id", "unit_id", "handling_id"),
    sa.Index("ix_joint_members_hall_id", "hall_id", "handling_id"),
    # What is asked and not answered, by the day it is due.
    sa.Index("ix_joint_members_due", "due", "handling_id", postgresql_where=sa.text("state = 'asked'")),
)

joint_meetings = sa.Table(
    "joint_meetings",
    METADATA,
    sa.Column("meeting_id", sa.Text, primary_key=True),
    *(_text(name) for name in ("region", "hall_id", "kind")),
    sa.Column("starts_at", TIME, nullable=False),
    *(_text(name) for name in ("place", "reason", "called_by")),
    sa.Column("called_at", TIME, nullable=False),
    _text("state"),
    _list("agenda"),
    sa.Column("units", ARRAY(sa.Text), nullable=False),
    *(_list(name) for name in ("seats", "moves")),
    *(_text(name) for name in ("minutes_no", "minutes")),
    _text("minuted_by", nullable=True),
    sa.Column("minuted_at", TIME),
    _text("cancel_reason"),
    _text("cancelled_by", nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_joint_meetings_hall_id_meeting_id", "hall_id", "meeting_id"),
    sa.Index("ix_joint_meetings_starts_at", "hall_id", "starts_at"),
)

joint_inspections = sa.Table(
    "joint_inspections",
    METADATA,
    sa.Column("inspection_id", sa.Text, primary_key=True),
    sa.Column("handling_id", sa.Text, sa.ForeignKey("intake.joint_handlings.handling_id"), nullable=False),
    *(_text(name) for name in ("case_id", "case_no", "region", "hall_id", "place_sealed")),
    sa.Column("planned_on", sa.Date, nullable=False),
    sa.Column("units", ARRAY(sa.Text), nullable=False),
    _text("planned_by"),
    sa.Column("planned_at", TIME, nullable=False),
    sa.Column("latest", sa.Date),
    _text("state"),
    *(_list(name) for name in ("seats", "moves")),
    _text("findings"),
    _text("result", nullable=True),
    _text("decision"),
    sa.Column("in_time", sa.Boolean),
    sa.Column("done_on", sa.Date),
    _text("done_by", nullable=True),
    _text("cancel_reason"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_joint_inspections_handling_id", "handling_id", "inspection_id"),
)

joint_conduct = sa.Table(
    "joint_conduct",
    METADATA,
    sa.Column("conduct_id", sa.Text, primary_key=True),
    _text("kind"),
    *(_text(name, nullable=True) for name in ("handling_id", "case_id")),
    *fact_columns(),
    sa.Index("ix_joint_conduct_hall_id_conduct_id", "hall_id", "conduct_id"),
)

SEALED_PLACE = SealedColumn(joint_inspections, "place_sealed", sealed.inspection_place)
MAPPED: tuple[tuple[type, sa.Table], ...] = (
    (JointMeeting, joint_meetings), (JointInspection, joint_inspections), (JointConduct, joint_conduct),
)  # fmt: skip


def map_handling(mapper: registry) -> type:
    """The handling with its members, which are rows of their own: lists of handlings are narrowed by them."""
    mapper.map_imperatively(Member, joint_members)
    members = relationship(Member, order_by=joint_members.c.number, lazy="selectin", cascade="all")
    mapper.map_imperatively(JointHandling, joint_handlings, properties={"members": members})
    return JointHandling
