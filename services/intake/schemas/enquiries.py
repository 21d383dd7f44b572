"""Requests and answers about enquiries."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import (
    PageRequest,
    PageResponse,
    an_id,
    many,
    maybe_day,
    maybe_flag,
    maybe_id,
    maybe_words,
    must_be,
    one_of,
    verdict,
    words,
)
from services.intake.domain import enquiries as e


class Asker(Schema):
    """What he leaves, if anything."""

    name, phone, contact = maybe_words(100), maybe_words(40), maybe_words(100)


class Said(Schema):
    """What staff tell in their own words."""

    legal_basis = maybe_words(2000)
    procedure = many(words(500), at_most=50)
    materials = many(words(200), at_most=100)


def _nothing() -> dict[str, object]:
    return {"legal_basis": "", "procedure": [], "materials": []}


class RegisterEnquiry(Schema):
    """The ticket."""

    hall_id = an_id()
    channel = must_be(*e.CHANNELS)
    window_id, first_asked_id, item_id = maybe_id(), maybe_id(), maybe_id()
    asker = fields.Nested(Asker, load_default=dict)
    question = words(2000)
    own_duty = verdict()
    told = fields.Nested(Said, load_default=_nothing)
    answer = maybe_words(4000)


class RouteEnquiry(Schema):
    """To a person, a window or a unit."""

    enquiry_id = an_id()
    to_staff_id, to_window_id, to_unit_id, staff_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    reason = maybe_words(500)

    @validates_schema
    def somebody(self, data: dict[str, object], **_: object) -> None:
        """Somebody is named."""
        if not any(data.get(name) for name in ("to_staff_id", "to_window_id", "to_unit_id")):
            raise ValidationError("to_staff_id, to_window_id or to_unit_id", "to_unit_id")


class TakeEnquiry(Schema):
    """Accepted."""

    enquiry_id = an_id()
    staff_id = maybe_id()


class ReturnEnquiry(Schema):
    """Given back, with the reason."""

    enquiry_id = an_id()
    reason = words(500)
    staff_id = maybe_id()


class AnswerEnquiry(Schema):
    """The answer, and the item if only now it is known."""

    enquiry_id = an_id()
    answer = words(4000)
    item_id, staff_id = maybe_id(), maybe_id()
    told = fields.Nested(Said, load_default=_nothing)


class CloseEnquiry(Schema):
    """How it ended."""

    enquiry_id = an_id()
    outcome = must_be(*e.BY_HAND)
    note = maybe_words(500)
    staff_id = maybe_id()


class RevealAsker(Schema):
    """The purpose is compulsory."""

    enquiry_id = an_id()
    purpose = words(500)


class RevealedAsker(Schema):
    """In plain."""

    reveal_id = fields.String()
    asker = fields.Nested(Asker)


class ListAskerReveals(PageRequest):
    """Filters and page."""

    enquiry_id, staff_id, hall_id = maybe_id(), maybe_id(), maybe_id()


class AskerReveal(Schema):
    """Who saw whom, when and what for."""

    reveal_id, enquiry_id, hall_id, purpose = fields.String(), fields.String(), fields.String(), fields.String()
    revealed_to, account = fields.String(), fields.String()
    revealed_at = fields.AwareDateTime()


class AskerRevealPage(PageResponse):
    """A page of reveals."""

    reveals = fields.List(fields.Nested(AskerReveal))


class GetEnquiry(Schema):
    """By id or number."""

    enquiry_id, enquiry_no = maybe_id(), maybe_id()

    @validates_schema
    def one(self, data: dict[str, object], **_: object) -> None:
        """One of the two."""
        if bool(data.get("enquiry_id")) == bool(data.get("enquiry_no")):
            raise ValidationError("enquiry_id or enquiry_no", "enquiry_id")


class TrackEnquiry(Schema):
    """By the asker's token."""

    token = fields.String(required=True, validate=validate.Length(min=16, max=64))


class ListEnquiries(PageRequest):
    """Filters and page."""

    hall_id, unit_id, first_asked_id, item_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    holder_id, holder_unit_id, routed_id, routed_unit_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    channel, state = one_of(*e.CHANNELS), one_of(*e.STATES)
    day_from, day_to = maybe_day(), maybe_day()
    overdue = maybe_flag()


class Material(Schema):
    """One of the list that was given out."""

    code, name = fields.String(), fields.String()
    required = fields.Boolean()


class Told(Schema):
    """What was given out; stored as plain values."""

    legal_basis, conditions = fields.String(), fields.String()
    procedure = fields.List(fields.String())
    materials = fields.List(fields.Nested(Material))


class Route(Schema):
    """A passing on and what became of it; stored as plain values, so times are text."""

    staff_id, unit_id, window_id, routed_by, routed_at, reason = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    taken_by, taken_at, returned_by, returned_at, return_reason = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    recalled_at = fields.String()


class Paper(Schema):
    """A paper as it was given."""

    kind, title, text = fields.String(), fields.String(), fields.String()
    template_version = fields.Integer()
    issued_at = fields.AwareDateTime()


class Enquiry(Schema):
    """An enquiry, asker masked."""

    enquiry_id, enquiry_no, region, hall_id, channel = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    asker = fields.Nested(Asker)
    question, item_id, rule = fields.String(), fields.String(), fields.String()
    item_version = fields.Integer()
    own_duty = fields.Boolean()
    first_asked_id, unit_id, window_id = fields.String(), fields.String(), fields.String()
    registered_at = fields.AwareDateTime()
    due = fields.Date()
    state, holder_id, holder_unit_id, holder_window_id = fields.String(), fields.String(), fields.String(), fields.String()
    routed_id, routed_unit_id, routed_window_id = fields.String(), fields.String(), fields.String()
    routes = fields.List(fields.Nested(Route))
    bounced = fields.Integer()
    told = fields.Nested(Told)
    answer, answered_by, answered_unit_id = fields.String(), fields.String(), fields.String()
    answered_at = fields.AwareDateTime()
    elapsed_days, overdue_days = fields.Integer(), fields.Integer()
    outcome, closed_by, close_note = fields.String(), fields.String(), fields.String()
    closed_at = fields.AwareDateTime()
    papers = fields.List(fields.Nested(Paper))
    version = fields.Integer()


class RegisteredEnquiry(Schema):
    """The ticket and the asker's token."""

    enquiry = fields.Nested(Enquiry)
    track_token = fields.String()


class EnquiryPage(PageResponse):
    """A page of enquiries."""

    enquiries = fields.List(fields.Nested(Enquiry))


class TrackedEnquiry(Schema):
    """What the asker sees."""

    enquiry_no, hall_name, item_name, state, answer = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    registered_at, answered_at = fields.AwareDateTime(), fields.AwareDateTime()
    due, next_step_by = fields.Date(), fields.Date()
    next_step_zh, next_step_en = fields.String(), fields.String()
    papers = fields.List(fields.Nested(Paper))


class ListEnquiryFigures(PageRequest):
    """A month, of one hall or of every hall in scope."""

    month = fields.String(required=True, validate=validate.Regexp(r"20\d{2}-(0[1-9]|1[0-2])\Z", error="a month, YYYY-MM"))
    hall_id = maybe_id()


class EnquiryFigures(Schema):
    """A hall's month."""

    region, hall_id, month, average_days = fields.String(), fields.String(), fields.String(), fields.String()
    enquiries, answered, answered_in_time, bounced, waiting_overdue = (
        fields.Integer(),
        fields.Integer(),
        fields.Integer(),
        fields.Integer(),
        fields.Integer(),
    )


class EnquiryFiguresPage(PageResponse):
    """A page of figures."""

    figures = fields.List(fields.Nested(EnquiryFigures))
