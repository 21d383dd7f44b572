"""Requests and answers about hand-overs of the comprehensive window (综合窗口移交)."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageRequest, PageResponse, an_id, maybe_flag, maybe_id, maybe_words, must_be, one_of, words
from services.intake.domain.handovers import OUTCOMES, STATES


class HandOverCase(Schema):
    """What is handed over to the owning unit."""

    case_id = an_id()
    note = words(1000)
    staff_id = maybe_id()


class AcknowledgeHandOver(Schema):
    """The unit has it."""

    handover_id = an_id()
    staff_id = maybe_id()


class UrgeHandOver(Schema):
    """Where does it stay?"""

    handover_id = an_id()
    note = maybe_words(500)
    staff_id = maybe_id()


class FeedBackHandOver(Schema):
    """The unit's answer."""

    handover_id = an_id()
    outcome = must_be(*OUTCOMES)
    feedback = words(2000)
    staff_id = maybe_id()


class WithdrawHandOver(Schema):
    """No answer needed any more."""

    handover_id = an_id()
    reason = words(1000)


class ListHandOvers(PageRequest):
    """Filters and page."""

    hall_id, window_id, unit_id, case_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state = one_of(*STATES)
    is_open, overdue = maybe_flag(), maybe_flag()


class Urging(Schema):
    """One urging."""

    at, by, note = fields.String(), fields.String(), fields.String()


class HandOver(Schema):
    """A hand-over."""

    handover_id, case_id, case_no, item_id = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, window_id, unit_id = fields.String(), fields.String(), fields.String(), fields.String()
    note, handed_by, state = fields.String(), fields.String(), fields.String()
    handed_at, acknowledged_at, fed_back_at, withdrawn_at = (
        fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime(),
    )  # fmt: skip
    limit_days, overdue_days, urging_count, version = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    due = fields.Date()
    acknowledged_by, outcome, feedback, fed_back_by, withdrawn_reason = (
        fields.String(), fields.String(), fields.String(), fields.String(), fields.String(),
    )  # fmt: skip
    urgings = fields.List(fields.Nested(Urging))


class HandOverPage(PageResponse):
    """A page of hand-overs."""

    handovers = fields.List(fields.Nested(HandOver))
