"""Events of evaluation: what citizens said (好差评)."""

from contracts.fields import Code, Count, Flag, Id, Time
from contracts.registry import REGISTRY, Payload

_AT = {"unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001"}


@REGISTRY.event("evaluation.rating.submitted", audience="public", examples=[
    {**_AT, "session_id": "r1", "case_id": "c1", "grade": "very_satisfied", "channel": "device", "submitted_at": "2026-11-23T03:05:00+00:00"},
    {**_AT, "session_id": "r2", "case_id": "c2", "grade": "dissatisfied", "channel": "token", "submitted_at": "2026-11-23T05:05:00+00:00"},
])  # fmt: skip
class RatingSubmittedV1(Payload):
    """One rating of one case in five grades; the grade is a neutral word, not a direction-dependent number (A-33)."""

    session_id = Id()
    case_id = Id()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()
    grade = Code()  # very_satisfied | satisfied | basically_satisfied | dissatisfied | very_dissatisfied
    channel = Code()  # device | token
    submitted_at = Time()  # when the citizen rated


@REGISTRY.event("evaluation.bad_review.opened", audience="public", examples=[
    {**_AT, "session_id": "r2", "case_id": "c2", "grade": "dissatisfied", "opened_at": "2026-11-23T05:05:00+00:00"},
    {**_AT, "session_id": "r3", "case_id": "c3", "grade": "very_dissatisfied", "opened_at": "2026-11-23T06:05:00+00:00"},
])  # fmt: skip
class BadReviewOpenedV1(Payload):
    """A rating in the two lowest grades (差评) must be looked into."""

    session_id = Id()
    case_id = Id()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()
    grade = Code()  # dissatisfied | very_dissatisfied
    opened_at = Time()  # when the review was opened


@REGISTRY.event("evaluation.complaint.filed", audience="public", examples=[
    {"complaint_id": "k1", "category": "attitude", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001", "case_id": None,
     "anonymous": False, "filed_at": "2026-11-23T02:00:00+00:00"},
    {"complaint_id": "k2", "category": "result", "unit_id": "u0001", "window_id": None, "staff_id": None, "case_id": "c2",
     "anonymous": True, "filed_at": "2026-11-23T02:00:00+00:00"},
])  # fmt: skip
class ComplaintFiledV1(Payload):
    """A complaint (投诉) was registered; its text stays in evaluation."""

    complaint_id = Id()
    category = Code()  # attitude | result | approval | discipline | other
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)
    case_id = Id(required=False, allow_none=True)
    anonymous = Flag()  # the complainant wants to stay unnamed
    filed_at = Time()  # when it was filed


@REGISTRY.event("evaluation.complaint.verified", audience="public", examples=[
    {"complaint_id": "k1", "category": "attitude", "true": True, "serious": False, "unlawful": False, "unit_id": "u0001", "window_id": "w0001",
     "staff_id": "s0001", "occurred_at": "2026-11-23T01:50:00+00:00", "verified_at": "2026-11-23T06:00:00+00:00", "verified_by": "s0090", "round": 1},
    {"complaint_id": "k2", "category": "result", "true": False, "serious": False, "unlawful": False, "unit_id": "u0001", "window_id": None,
     "staff_id": None, "occurred_at": "2026-11-23T01:50:00+00:00", "verified_at": "2026-11-23T06:00:00+00:00", "verified_by": "s0090", "round": 1},
])  # fmt: skip
class ComplaintVerifiedV1(Payload):
    """A person decided whether the complaint is true (查实); only true ones score."""

    complaint_id = Id()
    category = Code()  # attitude | result | approval | discipline | other
    true = Flag()  # 查实: the complaint is founded
    serious = Flag()  # grave circumstances
    unlawful = Flag()  # a breach of law or discipline
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)
    occurred_at = Time()  # when what is complained about happened
    verified_at = Time()
    verified_by = Id()
    round = Count()  # 1 for the first decision; higher after a review
