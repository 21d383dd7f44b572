"""Requests and answers about first-asked duty not done."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageRequest, PageResponse, a_moment, an_id, maybe_id, maybe_words, must_be, one_of, verdict, words
from services.intake.domain import first_asked as f
from services.intake.domain.verified_facts import STATES


class ReportFirstAskedFailure(Schema):
    """What a person has established."""

    hall_id = an_id()
    kind = must_be(*f.KINDS)
    enquiry_id, unit_id, window_id, staff_id, recorded_by = maybe_id(), maybe_id(), maybe_id(), maybe_id(), maybe_id()
    occurred_at = a_moment()
    evidence = words(2000)


class ReplyToFirstAskedFailure(Schema):
    """What the accused says."""

    failure_id = an_id()
    reply = words(2000)
    staff_id = maybe_id()


class DecideFirstAskedFailure(Schema):
    """A second person's verdict."""

    failure_id = an_id()
    verified = verdict()
    note = maybe_words(1000)


class ListFirstAskedFailures(PageRequest):
    """Filters and page."""

    hall_id, unit_id, window_id, staff_id, enquiry_id = maybe_id(), maybe_id(), maybe_id(), maybe_id(), maybe_id()
    kind, state = one_of(*f.KINDS), one_of(*STATES)


class FirstAskedFailure(Schema):
    """A failure with reply and verdict."""

    failure_id, kind, state, region, hall_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    unit_id, window_id, staff_id, enquiry_id = fields.String(), fields.String(), fields.String(), fields.String()
    occurred_at, recorded_at, replied_at, decided_at = (
        fields.AwareDateTime(),
        fields.AwareDateTime(),
        fields.AwareDateTime(),
        fields.AwareDateTime(),
    )
    recorded_by, evidence, reply, replied_by, decided_by, note = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    version = fields.Integer()


class FirstAskedFailurePage(PageResponse):
    """A page of failures."""

    failures = fields.List(fields.Nested(FirstAskedFailure))
