"""Requests and answers of evaluation; docs in proto/hallbus/v1/evaluation.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.evaluation.domain.complaints import CATEGORIES, CHANNELS
from services.evaluation.domain.grades import Grade

GRADES = tuple(grade.value for grade in Grade)
_ID = validate.Regexp(r"^[^\s]{1,64}$", error="1 to 64 characters without spaces")


def _id(**kwargs: Any) -> fields.String:
    return fields.String(required=True, validate=_ID, **kwargs)


def _optional_id() -> fields.String:
    return fields.String(load_default="", validate=validate.Regexp(r"^[^\s]{0,64}$", error="at most 64 characters without spaces"))


def _maybe_id() -> fields.String:
    return fields.String(load_default=None, validate=_ID)


def _text(maximum: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=maximum))


def _span() -> fields.AwareDateTime:
    return fields.AwareDateTime(load_default=None, format="iso")


def _code(words: tuple[str, ...], **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(words), **kwargs)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso")


class Paged(Schema):
    """What every list takes."""

    page_size = fields.Integer(load_default=0)
    page_token = fields.String(load_default="")


class PageOf(Schema):
    """What every list answers."""

    next_page_token = fields.String()
    total_size = fields.Integer()


class OpenRating(Schema):
    case_id = _id()


class Invitation(Schema):
    session_id = fields.String()
    case_id = fields.String()
    token = fields.String()
    link = fields.String()
    expires_at = _moment()


class GetRatingSession(Schema):
    token = fields.String(required=True, validate=validate.Length(min=16, max=128))


class RatingSession(Schema):
    state = fields.String()
    hall_name = fields.String()
    window_code = fields.String()
    window_name = fields.String()
    item_name = fields.String()
    decided_at = _moment()
    expires_at = _moment()


class SubmitRating(Schema):
    token = fields.String(required=True, validate=validate.Length(min=16, max=128))
    grade = _code(GRADES, required=True)
    tags = fields.List(fields.String(validate=validate.Regexp(r"^[a-z0-9_]{1,32}$")), load_default=list, validate=validate.Length(max=10))
    text = _text(500)
    contact = _text(100)


class RatingReceipt(Schema):
    state = fields.String()
    grade = fields.String()
    submitted_at = _moment()


class GetRating(Schema):
    session_id = _optional_id()
    case_id = _optional_id()

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data["session_id"]) == bool(data["case_id"]):
            raise ValidationError("exactly one of session_id and case_id", "session_id")


class Rating(Schema):
    session_id = fields.String()
    case_id = fields.String()
    case_no = fields.String()
    item_id = fields.String()
    unit_id = fields.String()
    window_id = fields.String()
    staff_id = fields.String()
    hall_id = fields.String()
    state = fields.String()
    decided_at = _moment()
    expires_at = _moment()
    grade = fields.String()
    national_code = fields.Integer()
    channel = fields.String()
    tags = fields.List(fields.String())
    text = fields.String()
    contact = fields.String()
    submitted_at = _moment()


class ListRatings(Paged):
    hall_id = _optional_id()
    unit_id = _optional_id()
    window_id = _optional_id()
    staff_id = _optional_id()
    grades = fields.List(_code(GRADES), load_default=list)
    channel = _code(("", "device", "token"), load_default="")
    submitted_from = _span()
    submitted_to = _span()


class RatingPage(PageOf):
    ratings = fields.List(fields.Nested(Rating))


class ListBadReviews(Paged):
    hall_id = _optional_id()
    unit_id = _optional_id()
    window_id = _optional_id()
    staff_id = _optional_id()
    state = _code(("", "opened"), load_default="")


class BadReview(Schema):
    session_id = fields.String()
    case_id = fields.String()
    grade = fields.String()
    state = fields.String()
    opened_at = _moment()
    unit_id = fields.String()
    window_id = fields.String()
    staff_id = fields.String()
    hall_id = fields.String()


class BadReviewPage(PageOf):
    bad_reviews = fields.List(fields.Nested(BadReview))


class ListPresses(Paged):
    hall_id = _optional_id()
    window_id = _optional_id()
    device_id = _optional_id()
    unmatched = fields.Boolean(load_default=False)


class Press(Schema):
    device_id = fields.String()
    press_id = fields.String()
    hall_id = fields.String()
    window_id = fields.String()
    key = fields.Integer()
    pressed_at = _moment()
    session_id = fields.String()
    reason = fields.String()


class PressPage(PageOf):
    presses = fields.List(fields.Nested(Press))


class RatingSummary(Paged):
    group_by = _code(("window", "hall", "unit", "staff"), load_default="window")
    hall_id = _optional_id()
    unit_id = _optional_id()
    window_id = _optional_id()
    staff_id = _optional_id()
    decided_from = _span()
    decided_to = _span()


class SummaryLine(Schema):
    key = fields.String()
    finished = fields.Integer()
    rated = fields.Integer()
    satisfied = fields.Integer()
    very_satisfied_count = fields.Integer()
    satisfied_count = fields.Integer()
    basically_satisfied_count = fields.Integer()
    dissatisfied_count = fields.Integer()
    very_dissatisfied_count = fields.Integer()
    rating_percent = fields.String()
    satisfaction_percent = fields.String()
    average = fields.String()


class Summary(PageOf):
    lines = fields.List(fields.Nested(SummaryLine))
    total = fields.Nested(SummaryLine)


class FileComplaint(Schema):
    hall_id = _id()
    category = _code(CATEGORIES, required=True)
    channel = _code(CHANNELS, load_default="window")
    unit_id = _maybe_id()
    window_id = _maybe_id()
    staff_id = _maybe_id()
    case_id = _maybe_id()
    anonymous = fields.Boolean(load_default=False)
    complainant_name = _text(50)
    contact = _text(100)
    text = fields.String(required=True, validate=validate.Length(min=1, max=4000))
    occurred_at = fields.AwareDateTime(required=True, format="iso")


class AcceptComplaint(Schema):
    complaint_id = _id()
    refused_reason = _text(500)


class AssignComplaint(Schema):
    complaint_id = _id()
    staff_id = _id()


class VerifyComplaint(Schema):
    complaint_id = _id()
    # Left out by proto3 when false, so it is `optional` there: a verdict must be said, not fallen into.
    true = fields.Boolean(required=True)
    serious = fields.Boolean(load_default=False)
    unlawful = fields.Boolean(load_default=False)
    note = _text(2000)


class GetComplaint(Schema):
    complaint_id = _id()


class Verdict(Schema):
    round = fields.Integer()
    true = fields.Boolean()
    serious = fields.Boolean()
    unlawful = fields.Boolean()
    note = fields.String()
    verified_by = fields.String()
    verified_at = _moment()


class Complaint(Schema):
    complaint_id = fields.String()
    category = fields.String()
    channel = fields.String()
    unit_id = fields.String()
    window_id = fields.String()
    staff_id = fields.String()
    case_id = fields.String()
    hall_id = fields.String()
    anonymous = fields.Boolean()
    complainant_name = fields.String()
    contact = fields.String()
    text = fields.String()
    occurred_at = _moment()
    filed_at = _moment()
    filed_by = fields.String()
    state = fields.String()
    accepted_at = _moment()
    refused_reason = fields.String()
    assigned_to = fields.String()
    assigned_at = _moment()
    true = fields.Boolean()
    serious = fields.Boolean()
    unlawful = fields.Boolean()
    verified_at = _moment()
    verified_by = fields.String()
    round = fields.Integer()
    verdicts = fields.List(fields.Nested(Verdict))


class ListComplaints(Paged):
    hall_id = _optional_id()
    unit_id = _optional_id()
    window_id = _optional_id()
    staff_id = _optional_id()
    category = _code(("", *CATEGORIES), load_default="")
    state = _code(("", "registered", "accepted", "refused", "assigned", "verified"), load_default="")
    filed_from = _span()
    filed_to = _span()


class ComplaintPage(PageOf):
    complaints = fields.List(fields.Nested(Complaint))


class DisclosePersonalData(Schema):
    subject_kind = _code(("rating", "complaint"), required=True)
    subject_id = _id()
    purpose = fields.String(required=True, validate=validate.Length(min=2, max=200))


class PersonalData(Schema):
    text = fields.String()
    contact = fields.String()
    name = fields.String()
