"""Requests and answers of joint handling: members, opinions, the centre's decisions."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_moment,
    an_id,
    flag,
    many,
    maybe_count,
    maybe_day,
    maybe_id,
    maybe_words,
    must_be,
    one_of,
    verdict,
    words,
)  # fmt: skip
from services.intake.domain.joint.centre import KINDS
from services.intake.domain.joint.conduct import CONDUCT_KINDS, CONDUCT_STATES
from services.intake.domain.joint.handling import STATES
from services.intake.domain.joint.members import OUTCOMES
from services.intake.schemas.joint_inspections import JointInspection


class JointMemberWanted(Schema):
    """Whom to ask, what, and within how many working days."""

    unit_id = an_id()
    person_id = maybe_id()
    question = words(1000)
    limit_days = maybe_count(minimum=1, maximum=90)


class ConveneJoint(Schema):
    """The members of a joint case."""

    case_id = an_id()
    members = many(JointMemberWanted, at_most=50)
    after_meeting = flag()
    staff_id = maybe_id()


class GiveJointOpinion(Schema):
    """A member's opinion."""

    handling_id, unit_id = an_id(), an_id()
    outcome = must_be(*OUTCOMES)
    opinion = words(2000)
    staff_id = maybe_id()


class DecideJoint(Schema):
    """A decision of the centre."""

    handling_id = an_id()
    kind = must_be(*KINDS)
    reason = maybe_words(1000)
    unit_id, meeting_id = maybe_id(), maybe_id()
    days = maybe_count()


class GetJointHandling(Schema):
    """By handling_id or case_id."""

    handling_id, case_id = maybe_id(), maybe_id()

    @validates_schema
    def one(self, data: dict[str, object], **_: object) -> None:
        """One of the two."""
        if data.get("handling_id") is None and data.get("case_id") is None:
            raise ValidationError("handling_id or case_id", "handling_id")


class ListJointHandlings(PageRequest):
    """Filters and page."""

    hall_id, case_id, lead_unit_id, member_unit_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state = one_of(*STATES)
    overdue_only = flag()
    due_from, due_to = maybe_day(), maybe_day()


class JointOpinion(Schema):
    """An opinion that a later one replaced."""

    outcome, opinion, given_by = fields.String(), fields.String(), fields.String()
    given_at = fields.String()


class JointPostponement(Schema):
    """A member's due day moved by the centre."""

    number, days = fields.Integer(), fields.Integer()
    before, due, at, by, reason = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class JointMember(Schema):
    """A member."""

    unit_id, hall_id, person_id, question = fields.String(), fields.String(), fields.String(), fields.String()
    limit_days, postponed_days = fields.Integer(), fields.Integer()
    named_by, state = fields.String(), fields.String()
    asked_at = fields.AwareDateTime()
    due = fields.Date()
    provisional = fields.Boolean()
    outcome, opinion, given_by = fields.String(), fields.String(), fields.String()
    given_at = fields.AwareDateTime()
    earlier = fields.List(fields.Nested(JointOpinion))
    overdue_days = fields.Integer()
    moves = fields.List(fields.Nested(JointPostponement))
    excused = fields.Integer()


class JointDecision(Schema):
    """A decision of the centre."""

    number, days = fields.Integer(), fields.Integer()
    kind, reason, by, unit_id, meeting_id, at = (
        fields.String(), fields.String(), fields.String(), fields.String(), fields.String(), fields.String(),
    )  # fmt: skip


class JointMeetingOf(Schema):
    """A meeting that it is or was on."""

    meeting_id, state, starts_at = fields.String(), fields.String(), fields.String()


class JointHandling(Schema):
    """A joint handling."""

    handling_id, case_id, case_no, item_id = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, lead_unit_id, lead_window_id = fields.String(), fields.String(), fields.String(), fields.String()
    needed = fields.Integer()
    cause, state = fields.String(), fields.String()
    opened_at = fields.AwareDateTime()
    members = fields.List(fields.Nested(JointMember))
    meetings = fields.List(fields.Nested(JointMeetingOf))
    decisions = fields.List(fields.Nested(JointDecision))
    awaited_units, overdue_units = fields.List(fields.String()), fields.List(fields.String())
    centre_verdict = fields.String()
    limit_days, limit_overdue_days = fields.Integer(), fields.Integer()
    limit_due = fields.Date()
    standing_still = fields.Boolean()
    closed_at = fields.AwareDateTime()
    as_of = fields.Date()
    version = fields.Integer()
    inspections = fields.List(fields.Nested(JointInspection))


class JointHandlingPage(PageResponse):
    """A page of joint handlings."""

    handlings = fields.List(fields.Nested(JointHandling))


class JointSummary(Schema):
    """What a case says of its joint handling."""

    handling_id, state = fields.String(), fields.String()
    awaited_units = fields.List(fields.String())
    centre_verdict, next_step_zh, next_step_en = fields.String(), fields.String(), fields.String()


class ReportJointConduct(Schema):
    """Conduct with evidence."""

    hall_id = an_id()
    kind = must_be(*CONDUCT_KINDS)
    unit_id = an_id()
    handling_id, window_id, staff_id = maybe_id(), maybe_id(), maybe_id()
    occurred_at = a_moment()
    evidence = words(2000)
    recorded_by = maybe_id()


class DecideJointConduct(Schema):
    """The second person's verdict."""

    conduct_id = an_id()
    verified = verdict()
    note = words(1000)


class ListJointConduct(PageRequest):
    """Filters and page."""

    hall_id, unit_id, staff_id, handling_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    kind = one_of(*CONDUCT_KINDS)
    state = one_of(*CONDUCT_STATES)


class JointConduct(Schema):
    """A report of conduct."""

    conduct_id, kind, region, hall_id = fields.String(), fields.String(), fields.String(), fields.String()
    handling_id, case_id, unit_id, window_id, staff_id = (
        fields.String(), fields.String(), fields.String(), fields.String(), fields.String(),
    )  # fmt: skip
    occurred_at, recorded_at = fields.AwareDateTime(), fields.AwareDateTime()
    recorded_by, evidence, state, decided_by, note = (
        fields.String(), fields.String(), fields.String(), fields.String(), fields.String(),
    )  # fmt: skip
    decided_at = fields.AwareDateTime()
    version = fields.Integer()


class JointConductPage(PageResponse):
    """A page of reports."""

    conduct = fields.List(fields.Nested(JointConduct))
