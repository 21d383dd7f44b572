"""Requests and answers of evaluation; docs in proto/hallbus/v1/evaluation.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_moment,
    an_id,
    flag,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    some_of,
    verdict,
    words,
)
from services.evaluation.domain.complaints import CATEGORIES, CHANNELS
from services.evaluation.domain.grades import Grade

GRADES = tuple(grade.value for grade in Grade)


class OpenRating(Schema):
    case_id = an_id()


class Invitation(Schema):
    session_id = fields.String()
    case_id = fields.String()
    token = fields.String()
    link = fields.String()
    expires_at = a_moment()


class GetRatingSession(Schema):
    token = fields.String(required=True, validate=validate.Length(min=16, max=128))


class RatingSession(Schema):
    state = fields.String()
    hall_name = fields.String()
    window_code = fields.String()
    window_name = fields.String()
    item_name = fields.String()
    decided_at = a_moment()
    expires_at = a_moment()


class SubmitRating(Schema):
    token = fields.String(required=True, validate=validate.Length(min=16, max=128))
    grade = must_be(*GRADES)
    tags = fields.List(fields.String(validate=validate.Regexp(r"^[a-z0-9_]{1,32}$")), load_default=list, validate=validate.Length(max=10))
    text = maybe_words(500)
    contact = maybe_words(100)


class RatingReceipt(Schema):
    state = fields.String()
    grade = fields.String()
    submitted_at = a_moment()


class GetRating(Schema):
    session_id = maybe_id()
    case_id = maybe_id()

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
    decided_at = a_moment()
    expires_at = a_moment()
    grade = fields.String()
    national_code = fields.Integer()
    channel = fields.String()
    tags = fields.List(fields.String())
    text = fields.String()
    contact = fields.String()
    submitted_at = a_moment()


class ListRatings(PageRequest):
    hall_id = maybe_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    grades = some_of(*GRADES)
    channel = one_of("device", "token")
    submitted_from = maybe_moment()
    submitted_to = maybe_moment()


class RatingPage(PageResponse):
    ratings = fields.List(fields.Nested(Rating))


class ListBadReviews(PageRequest):
    hall_id = maybe_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    state = one_of("opened")


class BadReview(Schema):
    session_id = fields.String()
    case_id = fields.String()
    grade = fields.String()
    state = fields.String()
    opened_at = a_moment()
    unit_id = fields.String()
    window_id = fields.String()
    staff_id = fields.String()
    hall_id = fields.String()


class BadReviewPage(PageResponse):
    bad_reviews = fields.List(fields.Nested(BadReview))


class ListPresses(PageRequest):
    hall_id = maybe_id()
    window_id = maybe_id()
    device_id = maybe_id()
    unmatched = flag()


class Press(Schema):
    device_id = fields.String()
    press_id = fields.String()
    hall_id = fields.String()
    window_id = fields.String()
    key = fields.Integer()
    pressed_at = a_moment()
    session_id = fields.String()
    reason = fields.String()


class PressPage(PageResponse):
    presses = fields.List(fields.Nested(Press))


class RatingSummary(PageRequest):
    group_by = one_of("window", "hall", "unit", "staff", default="window")
    hall_id = maybe_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    decided_from = maybe_moment()
    decided_to = maybe_moment()


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


class Summary(PageResponse):
    lines = fields.List(fields.Nested(SummaryLine))
    total = fields.Nested(SummaryLine)


class FileComplaint(Schema):
    hall_id = an_id()
    category = must_be(*CATEGORIES)
    channel = one_of(*CHANNELS, default="window")
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    case_id = maybe_id()
    anonymous = flag()
    complainant_name = maybe_words(50)
    contact = maybe_words(100)
    text = words(4000)
    occurred_at = a_moment()


class AcceptComplaint(Schema):
    complaint_id = an_id()
    refused_reason = maybe_words(500)


class AssignComplaint(Schema):
    complaint_id = an_id()
    staff_id = an_id()


class VerifyComplaint(Schema):
    complaint_id = an_id()
    # Left out by proto3 when false, so it is `optional` there: a verdict must be said, not fallen into.
    true = verdict()
    serious = flag()
    unlawful = flag()
    note = maybe_words(2000)


class GetComplaint(Schema):
    complaint_id = an_id()


class Verdict(Schema):
    round = fields.Integer()
    true = fields.Boolean()
    serious = fields.Boolean()
    unlawful = fields.Boolean()
    note = fields.String()
    verified_by = fields.String()
    verified_at = a_moment()


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
    occurred_at = a_moment()
    filed_at = a_moment()
    filed_by = fields.String()
    state = fields.String()
    accepted_at = a_moment()
    refused_reason = fields.String()
    assigned_to = fields.String()
    assigned_at = a_moment()
    true = fields.Boolean()
    serious = fields.Boolean()
    unlawful = fields.Boolean()
    verified_at = a_moment()
    verified_by = fields.String()
    round = fields.Integer()
    verdicts = fields.List(fields.Nested(Verdict))


class ListComplaints(PageRequest):
    hall_id = maybe_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    category = one_of(*CATEGORIES)
    state = one_of("registered", "accepted", "refused", "assigned", "verified")
    filed_from = maybe_moment()
    filed_to = maybe_moment()


class ComplaintPage(PageResponse):
    complaints = fields.List(fields.Nested(Complaint))


class DisclosePersonalData(Schema):
    subject_kind = must_be("rating", "complaint")
    subject_id = an_id()
    purpose = words(200, 2)


class PersonalData(Schema):
    text = fields.String()
    contact = fields.String()
    name = fields.String()
