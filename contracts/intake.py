"""Events of intake: the life of a case (办件)."""

from contracts.fields import Code, Count, Day, Flag, Id, Many, Number, Text, Time
from contracts.registry import REGISTRY, Payload

_CASE = {
    "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001", "item_id": "i0001", "item_version": 1,
    "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001",
}  # fmt: skip


class CasePayload(Payload):
    """What every case event carries; `staff_id` is the first responsible person (承办第一责任人)."""

    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    item_version = Count()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()


@REGISTRY.event("intake.case.registered", audience="public", examples=[
    {**_CASE, "channel": "window", "received_at": "2026-11-23T01:05:00+00:00", "missing": []},
    {**_CASE, "channel": "online", "received_at": "2026-11-22T14:00:00+00:00", "missing": ["M2"]},
])  # fmt: skip
class CaseRegisteredV1(CasePayload):
    """A receipt (收件登记) exists; `missing` are the required material codes not handed in."""

    channel = Code()  # window | online
    received_at = Time()
    missing = Many(Code())  # codes of required materials not handed in


@REGISTRY.event("intake.case.accepted", audience="public", examples=[
    {**_CASE, "accepted_at": "2026-11-23T01:10:00+00:00", "deemed": False, "time_class": "promised", "routing": "plain", "kind": "promised",
     "legal_due": "2026-12-21", "promised_due": "2026-11-30", "promised_days": 5, "provisional": False},
    {**_CASE, "accepted_at": "2026-12-04T01:10:00+00:00", "deemed": True, "time_class": "promised", "routing": "joint", "kind": "joint",
     "legal_due": "2027-02-10", "promised_due": "2027-01-04", "promised_days": 20, "provisional": True},
])  # fmt: skip
class CaseAcceptedV1(CasePayload):
    """Accepted (受理) or deemed accepted; due days are the last working days on which the case is in time."""

    accepted_at = Time()  # when it was accepted, or deemed to be
    deemed = Flag()  # true when nobody decided in time and the law accepts it
    time_class = Code()  # immediate | promised
    routing = Code()  # plain | joint | agency
    kind = Code()  # the derived six-kind label
    legal_due = Day()  # last working day under the law
    promised_due = Day()  # last working day under the hall's promise
    promised_days = Count()
    provisional = Flag()  # the day rests on a calendar year not yet published


@REGISTRY.event("intake.case.supplement_requested", audience="public", examples=[
    {**_CASE, "round": 1, "missing": ["M2", "M3"], "requested_at": "2026-11-23T01:15:00+00:00", "repeated": False},
    {**_CASE, "round": 2, "missing": ["M4"], "requested_at": "2026-11-24T01:15:00+00:00", "repeated": True},
])  # fmt: skip
class CaseSupplementRequestedV1(CasePayload):
    """A one-time notice (一次性告知); `repeated` marks a second "also missing" list, which is a scored breach."""

    round = Count()  # 1 for the first notice
    missing = Many(Code())  # codes of the materials asked for
    requested_at = Time()  # when the notice was given
    repeated = Flag()  # asks for what the first notice should have named


@REGISTRY.event("intake.case.supplement_submitted", audience="public", examples=[
    {**_CASE, "handed": ["M2"], "missing": ["M3"], "submitted_at": "2026-11-23T02:15:00+00:00", "complete": False},
    {**_CASE, "handed": ["M3"], "missing": [], "submitted_at": "2026-11-24T02:15:00+00:00", "complete": True},
])  # fmt: skip
class CaseSupplementSubmittedV1(CasePayload):
    """Asked-for materials came in (补正); when `complete`, the case is registered again and the notice limit starts anew."""

    handed = Many(Code())  # material codes that came in now
    missing = Many(Code())  # material codes still waited for
    submitted_at = Time()  # when they came in
    complete = Flag()  # nothing is waited for any more


@REGISTRY.event("intake.case.notice_missed", audience="public", examples=[
    {**_CASE, "received_at": "2026-11-16T01:05:00+00:00", "working_days": 6, "notified": False},
    {**_CASE, "received_at": "2026-11-16T01:05:00+00:00", "working_days": 7, "notified": True},
])  # fmt: skip
class CaseNoticeMissedV1(CasePayload):
    """No one-time notice within its limit: the case counts as accepted from receipt (Licensing Law Art. 32)."""

    received_at = Time()
    working_days = Count()  # working days since receipt
    notified = Flag()  # a notice was given, but too late


@REGISTRY.event("intake.case.returned", audience="public", examples=[
    {**_CASE, "returned_at": "2026-11-23T01:20:00+00:00", "reason_code": "PROHIBITED"},
    {**_CASE, "returned_at": "2026-11-23T01:20:00+00:00", "reason_code": "NOT_SUPPLIED"},
])  # fmt: skip
class CaseReturnedV1(CasePayload):
    """Returned (退回/不予受理) with a written reason, which stays in intake."""

    returned_at = Time()  # when it was returned
    reason_code = Code()  # code of the ground; the text stays in intake


@REGISTRY.event("intake.case.stage_completed", audience="public", examples=[
    {**_CASE, "stage": "review", "handler_id": "s0003", "completed_at": "2026-11-24T02:00:00+00:00"},
    {**_CASE, "stage": "pay", "handler_id": "s0004", "completed_at": "2026-11-24T03:00:00+00:00"},
])  # fmt: skip
class CaseStageCompletedV1(CasePayload):
    """One of the five stages (受理、审核、交费、办结、发证) ended."""

    stage = Code()  # accept | review | pay | complete | issue
    handler_id = Id()  # the person who did it
    completed_at = Time()  # when the stage ended


@REGISTRY.event("intake.case.due_soon", audience="public", examples=[
    {**_CASE, "level": "blue", "due": "2026-11-30", "remaining_days": 2},
    {**_CASE, "level": "yellow", "due": "2026-11-30", "remaining_days": 1},
])  # fmt: skip
class CaseDueSoonV1(CasePayload):
    """A warning rung before the due day: blue at half the budget, yellow at one working day left."""

    level = Code()  # blue | yellow
    due = Day()
    remaining_days = Number()  # working days left


@REGISTRY.event("intake.case.overdue", audience="public", examples=[
    {**_CASE, "due": "2026-11-30", "overdue_days": 1, "level": "red", "as_of": "2026-12-01"},
    {**_CASE, "due": "2026-11-30", "overdue_days": 3, "level": "double_red", "as_of": "2026-12-03"},
])  # fmt: skip
class CaseOverdueV1(CasePayload):
    """A working day over the promise has begun; sent once for each further working day."""

    due = Day()
    overdue_days = Count()
    level = Code()  # red | double_red
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.case.decided", audience="public", examples=[
    {**_CASE, "outcome": "approved", "decided_at": "2026-11-27T02:00:00+00:00", "elapsed_days": 4, "overdue_days": 0},
    {**_CASE, "outcome": "rejected", "decided_at": "2026-12-02T02:00:00+00:00", "elapsed_days": 7, "overdue_days": 2},
])  # fmt: skip
class CaseDecidedV1(CasePayload):
    """Decided (办结); days are working days, 0 when decided on the day of acceptance."""

    outcome = Code()  # approved | rejected
    decided_at = Time()  # when it was decided
    elapsed_days = Count()  # working days from acceptance
    overdue_days = Count()


@REGISTRY.event("intake.case.delivered", audience="public", examples=[
    {**_CASE, "delivered_at": "2026-11-27T03:00:00+00:00", "method": "window", "off_window": False},
    {**_CASE, "delivered_at": "2026-11-27T03:00:00+00:00", "method": "courier", "off_window": False},
])  # fmt: skip
class CaseDeliveredV1(CasePayload):
    """The result was handed over (发证/取件)."""

    delivered_at = Time()  # when the result was handed over
    method = Code()  # window | courier | elsewhere
    off_window = Flag()  # handed over at a place other than the window
