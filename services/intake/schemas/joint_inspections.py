"""Requests and answers of on-site joint inspections."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import a_day, an_id, many, maybe_day, maybe_id, maybe_words, must_be, words
from services.intake.domain.joint.inspections import RESULTS
from services.intake.schemas.joint_meetings import JointSeat


class PlanJointInspection(Schema):
    """When, where, who."""

    handling_id = an_id()
    planned_on = a_day()
    place = words(200)
    unit_ids = many(an_id(), at_least=1, at_most=50)
    staff_id = maybe_id()


class MoveJointInspection(Schema):
    """Another day."""

    inspection_id = an_id()
    planned_on = a_day()
    reason = maybe_words(1000)
    staff_id = maybe_id()


class RecordJointInspection(Schema):
    """What was found."""

    inspection_id = an_id()
    participants = many(JointSeat, at_least=1, at_most=50)
    findings = words(4000)
    result = must_be(*RESULTS)
    decision = words(2000)
    done_on = maybe_day()
    staff_id = maybe_id()


class CancelJointInspection(Schema):
    """They do not go."""

    inspection_id = an_id()
    reason = maybe_words(1000)


class JointInspectionMove(Schema):
    """The day it was to be before."""

    at, by, reason, from_on = fields.String(), fields.String(), fields.String(), fields.String()


class JointInspection(Schema):
    """An inspection."""

    inspection_id, handling_id, case_id, case_no = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, place = fields.String(), fields.String(), fields.String()
    planned_on = fields.Date()
    units = fields.List(fields.String())
    planned_by, state = fields.String(), fields.String()
    planned_at = fields.AwareDateTime()
    latest = fields.Date()
    seats = fields.List(fields.Nested(JointSeat))
    moves = fields.List(fields.Nested(JointInspectionMove))
    findings, result, decision, done_by, cancel_reason = (
        fields.String(), fields.String(), fields.String(), fields.String(), fields.String(),
    )  # fmt: skip
    in_time = fields.Boolean()
    done_on = fields.Date()
    version = fields.Integer()
