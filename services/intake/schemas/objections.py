"""Requests and answers about objections and queries of applicants."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import PageRequest, PageResponse, an_id, maybe_id, must_be, one_of, words
from services.intake.domain import objections as o


class RaiseObjection(Schema):
    """By the token of the receipt slip."""

    token = fields.String(required=True, validate=validate.Length(min=16, max=64))
    text = words(2000)


class ReactToObjection(Schema):
    """What the applicant makes of it, by the same token."""

    token = fields.String(required=True, validate=validate.Length(min=16, max=64))
    objection_id = an_id()
    reaction = must_be(*o.REACTIONS)


class RecordObjection(Schema):
    """Said at the window."""

    case_id = an_id()
    text = words(2000)
    staff_id = maybe_id()


class RecordReaction(Schema):
    """Said at the window."""

    objection_id = an_id()
    reaction = must_be(*o.REACTIONS)


class AnswerObjection(Schema):
    """The unit's answer, or the centre's."""

    objection_id = an_id()
    answer = words(4000)
    staff_id = maybe_id()


class GetObjection(Schema):
    """By id."""

    objection_id = an_id()


class ListObjections(PageRequest):
    """Filters and page."""

    hall_id, case_id, unit_id, staff_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state, channel = one_of(*o.STATES), one_of(o.TOKEN, o.WINDOW)


class Objection(Schema):
    """An objection with its answers."""

    objection_id, case_id, case_no, item_id, region, hall_id = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    unit_id, window_id, staff_id, channel, raised_by, text = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    raised_at, answered_at, escalated_at, settled_at, closed_at = (
        fields.AwareDateTime(),
        fields.AwareDateTime(),
        fields.AwareDateTime(),
        fields.AwareDateTime(),
        fields.AwareDateTime(),
    )
    due = fields.Date()
    state, answer, answered_by, settlement, settled_by, outcome = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    overdue_days, answer_overdue_days, version = fields.Integer(), fields.Integer(), fields.Integer()


class ObjectionPage(PageResponse):
    """A page of objections."""

    objections = fields.List(fields.Nested(Objection))


class TrackedObjection(Schema):
    """What the applicant sees."""

    objection_id, state, answer, settlement = fields.String(), fields.String(), fields.String(), fields.String()
    raised_at, answered_at, settled_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    due, next_step_by = fields.Date(), fields.Date()
    next_step_zh, next_step_en = fields.String(), fields.String()


class CaseOnly(Schema):
    """One case."""

    case_id = an_id()


class QueryCount(Schema):
    """A day's queries by one way."""

    case_id, channel = fields.String(), fields.String()
    day = fields.Date()
    count = fields.Integer()


class ListCaseQueries(PageRequest):
    """Of one case."""

    case_id = an_id()


class QueryCountPage(PageResponse):
    """A page of counts, and what all days come to."""

    queries = fields.List(fields.Nested(QueryCount))
    total_count = fields.Integer()
