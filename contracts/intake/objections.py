"""Events of intake: objections (异议) of applicants to the progress of a case; texts stay in intake."""

from contracts.fields import Code, Count, Day, Id, Text, Time
from contracts.registry import REGISTRY, Payload

_OBJECTION = {
    "objection_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e31", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0001", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001", "channel": "token",
}  # fmt: skip
_AT_WINDOW = {**_OBJECTION, "channel": "window"}


class ObjectionPayload(Payload):
    """What every event of an objection (异议) carries."""

    objection_id = Id()  # the objection, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    unit_id = Id()  # the handling unit, which answers
    window_id = Id()
    staff_id = Id()  # the person responsible for the case when it was raised; he does not answer
    channel = Code()  # token | window


@REGISTRY.event("intake.objection.raised", audience="public", examples=[
    {**_OBJECTION, "due": "2026-11-26", "raised_at": "2026-11-23T01:00:00+00:00"},
    {**_AT_WINDOW, "due": "2026-11-27", "raised_at": "2026-11-24T01:00:00+00:00"},
])  # fmt: skip
class ObjectionRaisedV1(ObjectionPayload):
    """The applicant demands an explicit answer; no deadline of the case moves."""

    due = Day()  # last day for the unit's answer
    raised_at = Time()  # when


@REGISTRY.event("intake.objection.answered", audience="public", examples=[
    {**_OBJECTION, "answered_by": "s0002", "answered_at": "2026-11-25T01:00:00+00:00", "overdue_days": 0},
    {**_AT_WINDOW, "answered_by": "s0002", "answered_at": "2026-11-30T01:00:00+00:00", "overdue_days": 1},
])  # fmt: skip
class ObjectionAnsweredV1(ObjectionPayload):
    """The handling unit has answered."""

    answered_by = Id()  # who; never the person responsible for the case
    answered_at = Time()  # when
    overdue_days = Count()


@REGISTRY.event("intake.objection.escalated", audience="public", examples=[
    {**_OBJECTION, "due": "2026-12-01", "escalated_at": "2026-11-26T01:00:00+00:00"},
    {**_AT_WINDOW, "due": "2026-12-03", "escalated_at": "2026-11-30T02:00:00+00:00"},
])  # fmt: skip
class ObjectionEscalatedV1(ObjectionPayload):
    """The applicant is not satisfied with the answer; the centre has to settle it."""

    due = Day()  # last day for the centre's settlement
    escalated_at = Time()  # when


@REGISTRY.event("intake.objection.overdue", audience="public", examples=[
    {**_OBJECTION, "waits_for": "answer", "due": "2026-11-26", "overdue_days": 1, "as_of": "2026-11-27"},
    {**_AT_WINDOW, "waits_for": "settlement", "due": "2026-12-03", "overdue_days": 2, "as_of": "2026-12-07"},
])  # fmt: skip
class ObjectionOverdueV1(ObjectionPayload):
    """A working day over the limit has begun; told once for each."""

    waits_for = Code()  # answer (the unit's) | settlement (the centre's)
    due = Day()  # last day of that limit
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.objection.closed", audience="public", examples=[
    {**_OBJECTION, "outcome": "accepted", "closed_at": "2026-11-26T02:00:00+00:00"},
    {**_AT_WINDOW, "outcome": "settled", "closed_at": "2026-12-02T02:00:00+00:00"},
])  # fmt: skip
class ObjectionClosedV1(ObjectionPayload):
    """Done with."""

    outcome = Code()  # accepted | withdrawn | settled | silent (nobody came back on the answer)
    closed_at = Time()  # when
