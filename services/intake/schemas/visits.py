"""Requests and answers about door-to-door visits."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_moment,
    an_id,
    maybe_day,
    maybe_flag,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    words,
)
from services.intake.domain.visits import CHANNELS, GROUNDS, RESULTS, STATES
from services.intake.schemas.contacts import HomeContact, staff


class RequestVisit(Schema):
    """Who needs a visit, what about and why."""

    hall_id = an_id()
    item_ids = fields.List(an_id(), required=True, validate=validate.Length(min=1, max=20))
    ground = must_be(*GROUNDS)
    ground_text = maybe_words(500)
    contact = fields.Nested(HomeContact, required=True)
    channel = one_of(*CHANNELS, default="phone")


class OneVisit(Schema):
    """Which one."""

    visit_id = an_id()


class DispatchVisit(OneVisit):
    """Who goes and when."""

    staff_ids = staff(at_least=1)
    starts_at, ends_at = a_moment(), a_moment()
    outing_id = maybe_id()


class RecordVisit(OneVisit):
    """What came of it; now when not said."""

    result = must_be(*RESULTS)
    note = maybe_words(1000)
    visited_at = maybe_moment()
    outing_id, staff_id = maybe_id(), maybe_id()


class HandInVisit(OneVisit):
    """How the papers came in."""

    note = words(1000)


class EndVisit(OneVisit):
    """The reason is compulsory."""

    reason = words(1000)


class RevealVisit(OneVisit):
    """The purpose is compulsory."""

    purpose = words(500)


class RevealedHome(Schema):
    """In plain."""

    reveal_id = fields.String()
    contact = fields.Nested(HomeContact)


class ListVisits(PageRequest):
    """Filters and page."""

    hall_id, item_id, staff_id = maybe_id(), maybe_id(), maybe_id()
    day_from, day_to = maybe_day(), maybe_day()
    state, ground = one_of(*STATES), one_of(*GROUNDS)
    overdue = maybe_flag()
    phone = maybe_words(40, default=None)


class Visit(Schema):
    """A visit, contact masked."""

    visit_id, region, hall_id = fields.String(), fields.String(), fields.String()
    item_ids, staff_ids = fields.List(fields.String()), fields.List(fields.String())
    ground, ground_text, channel, state = fields.String(), fields.String(), fields.String(), fields.String()
    contact = fields.Nested(HomeContact)
    due = fields.Date()
    overdue_days = fields.Integer()
    starts_at, ends_at = fields.AwareDateTime(), fields.AwareDateTime()
    outing_id, result, result_note, hand_in_note, end_reason = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    requested_by, dispatched_by, visited_by, handed_in_by, closed_by = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    requested_at, dispatched_at, visited_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    handed_in_at, closed_at = fields.AwareDateTime(), fields.AwareDateTime()
    case_ids = fields.List(fields.String())
    version = fields.Integer()


class VisitPage(PageResponse):
    """A page of visits."""

    visits = fields.List(fields.Nested(Visit))
