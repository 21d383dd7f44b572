"""Events of intake: the life of a case (办件) from its receipt to the delivery."""

from contracts.fields import Code, Count, Day, Flag, Id, Many, Number, Time
from contracts.intake.payload import CASE, CasePayload
from contracts.registry import REGISTRY, Payload


@REGISTRY.event("intake.case.registered", audience="public", examples=[
    {**CASE, "channel": "window", "received_at": "2026-11-23T01:05:00+00:00", "missing": []},
    {**CASE, "channel": "online", "received_at": "2026-11-22T14:00:00+00:00", "missing": ["M2"]},
])  # fmt: skip
class CaseRegisteredV1(CasePayload):
    """A receipt (收件登记) exists; `missing` are the required material codes not handed in."""

    channel = Code()  # window | online
    received_at = Time()
    missing = Many(Code())  # codes of required materials not handed in


@REGISTRY.event("intake.receipt.refused", audience="public", examples=[
    {"attempt_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0a01", "hall_id": "h0001", "window_id": "w0001", "staff_id": "s0001", "unit_id": "u0001",
     "item_id": "i0002", "item_version": 3, "channel": "window", "reason_code": "ITEM_CANCELLED", "attempted_at": "2026-11-23T01:05:00+00:00"},
    {"attempt_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0a02", "hall_id": "h0007", "window_id": "w0031", "staff_id": "s0031", "unit_id": "u0009",
     "item_id": "i0031", "item_version": 1, "channel": "online", "reason_code": "ITEM_CANCELLED", "attempted_at": "2026-11-24T02:00:00+00:00"},
])  # fmt: skip
class ReceiptRefusedV1(Payload):
    """Somebody tried to receive an item that was cancelled: blocked, no case exists. It scores once a second person has confirmed the breach."""

    attempt_id = Id()  # the attempt, subject of this event
    hall_id = Id()
    window_id = Id()
    staff_id = Id()
    unit_id = Id()
    item_id = Id()
    item_version = Count()
    channel = Code()  # window | online | appointment | visit | green
    reason_code = Code()  # ITEM_CANCELLED
    attempted_at = Time()  # when


@REGISTRY.event("intake.case.accepted", audience="public", examples=[
    {**CASE, "accepted_at": "2026-11-23T01:10:00+00:00", "deemed": False, "time_class": "promised", "routing": "plain", "kind": "promised",
     "legal_due": "2026-12-21", "promised_due": "2026-11-30", "promised_days": 5, "legal_days": 20, "day_kind": "working", "provisional": False},
    {**CASE, "accepted_at": "2026-12-04T01:10:00+00:00", "deemed": True, "time_class": "promised", "routing": "joint", "kind": "joint",
     "legal_due": "2027-02-10", "promised_due": "2027-01-04", "promised_days": 20, "legal_days": 45, "day_kind": "working", "provisional": True},
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
    legal_days = Count()  # time limit set by law, in days of `day_kind`; both limits are those of the item version
    day_kind = Code()  # working | natural
    provisional = Flag()  # the day rests on a calendar year not yet published


@REGISTRY.event("intake.case.supplement_requested", audience="public", examples=[
    {**CASE, "round": 1, "missing": ["M2", "M3"], "requested_at": "2026-11-23T01:15:00+00:00", "repeated": False},
    {**CASE, "round": 2, "missing": ["M4"], "requested_at": "2026-11-24T01:15:00+00:00", "repeated": True},
])  # fmt: skip
class CaseSupplementRequestedV1(CasePayload):
    """A one-time notice (一次性告知); `repeated` marks a second "also missing" list, which is a scored breach."""

    round = Count()  # 1 for the first notice
    missing = Many(Code())  # codes of the materials asked for
    requested_at = Time()  # when the notice was given
    repeated = Flag()  # asks for what the first notice should have named


@REGISTRY.event("intake.case.supplement_submitted", audience="public", examples=[
    {**CASE, "handed": ["M2"], "missing": ["M3"], "submitted_at": "2026-11-23T02:15:00+00:00", "complete": False},
    {**CASE, "handed": ["M3"], "missing": [], "submitted_at": "2026-11-24T02:15:00+00:00", "complete": True},
])  # fmt: skip
class CaseSupplementSubmittedV1(CasePayload):
    """Asked-for materials came in (补正); when `complete`, the case is registered again and the notice limit starts anew."""

    handed = Many(Code())  # material codes that came in now
    missing = Many(Code())  # material codes still waited for
    submitted_at = Time()  # when they came in
    complete = Flag()  # nothing is waited for any more


@REGISTRY.event("intake.case.notice_missed", audience="public", examples=[
    {**CASE, "received_at": "2026-11-16T01:05:00+00:00", "working_days": 6, "notified": False},
    {**CASE, "received_at": "2026-11-16T01:05:00+00:00", "working_days": 7, "notified": True},
])  # fmt: skip
class CaseNoticeMissedV1(CasePayload):
    """No one-time notice within its limit: the case counts as accepted from receipt (Licensing Law Art. 32)."""

    received_at = Time()
    working_days = Count()  # working days since receipt
    notified = Flag()  # a notice was given, but too late


@REGISTRY.event("intake.case.returned", audience="public", examples=[
    {**CASE, "returned_at": "2026-11-23T01:20:00+00:00", "reason_code": "PROHIBITED"},
    {**CASE, "returned_at": "2026-11-23T01:20:00+00:00", "reason_code": "NOT_SUPPLIED"},
])  # fmt: skip
class CaseReturnedV1(CasePayload):
    """Returned (退回/不予受理) with a written reason, which stays in intake."""

    returned_at = Time()  # when it was returned
    reason_code = Code()  # code of the ground; the text stays in intake


@REGISTRY.event("intake.case.stage_completed", audience="public", examples=[
    {**CASE, "stage": "review", "handler_id": "s0003", "completed_at": "2026-11-24T02:00:00+00:00"},
    {**CASE, "stage": "pay", "handler_id": "s0004", "completed_at": "2026-11-24T03:00:00+00:00", "started_at": "2026-11-24T02:00:00+00:00",
     "limit_days": 1, "over_days": 0, "key_stage": True, "off_hall": True},
])  # fmt: skip
class CaseStageCompletedV1(CasePayload):
    """One of the five stages (受理、审核、交费、办结、发证) ended; `off_hall` marks one done outside the hall (体外循环).

    An acceptance or a key stage outside the hall is a scored breach.
    """

    stage = Code()  # accept | review | pay | complete | issue
    handler_id = Id()  # the person who did it
    completed_at = Time()  # when the stage ended
    started_at = Time(required=False)  # when the stage began
    limit_days = Count(required=False, allow_none=True)  # the stage's own limit in working days; null without one
    over_days = Count(required=False)  # working days over the stage's own limit
    key_stage = Flag(required=False)  # a key stage of the item, which belongs into the hall
    off_hall = Flag(required=False)  # done outside the hall


@REGISTRY.event("intake.case.stage_overdue", audience="public", examples=[
    {**CASE, "stage": "review", "limit_days": 3, "due": "2026-11-26", "as_of": "2026-11-27"},
    {**CASE, "stage": "issue", "limit_days": 10, "due": "2026-12-11", "as_of": "2026-12-14"},
])  # fmt: skip
class CaseStageOverdueV1(CasePayload):
    """A stage is over its own limit although the case as a whole is in time; sent once for each stage.

    `issue` is the handing over of the certificate, whose limit is the law's (Licensing Law Art. 44).
    """

    stage = Code()  # review | pay | complete | issue
    limit_days = Count()  # the stage's own limit in working days
    due = Day()
    as_of = Day()  # the first working day over


@REGISTRY.event("intake.case.notice_served", audience="public", examples=[
    {**CASE, "round": 1, "how": "signed", "served_at": "2026-11-23T01:20:00+00:00"},
    {**CASE, "round": 1, "how": "courier", "served_at": "2026-11-25T03:00:00+00:00"},
])  # fmt: skip
class CaseNoticeServedV1(CasePayload):
    """A one-time notice reached the applicant (送达)."""

    round = Count()  # which notice
    how = Code()  # signed | electronic | courier | left | public
    served_at = Time()  # when it reached the applicant


@REGISTRY.event("intake.case.supplement_expired", audience="public", examples=[
    {**CASE, "round": 1, "missing": ["M2"], "supply_by": "2026-11-30"},
    {**CASE, "round": 2, "missing": ["M4", "M5"], "supply_by": "2026-12-07"},
])  # fmt: skip
class CaseSupplementExpiredV1(CasePayload):
    """The last day to supply has passed and something is still missing; the case may be returned. Sent once for each notice."""

    round = Count()  # which notice
    missing = Many(Code())  # material codes that never came
    supply_by = Day()  # the last day named in the notice


@REGISTRY.event("intake.case.reclassified", audience="public", examples=[
    {**CASE, "reclassified_at": "2026-11-24T01:00:00+00:00", "by_staff_id": "s0001", "green_channel": True, "time_class": "immediate",
     "routing": "plain", "kind": "immediate", "previous_time_class": "promised", "previous_routing": "plain", "previous_kind": "promised"},
    {**CASE, "reclassified_at": "2026-11-23T01:30:00+00:00", "by_staff_id": "s0001", "green_channel": False, "time_class": "promised",
     "routing": "joint", "kind": "joint", "previous_time_class": "promised", "previous_routing": None, "previous_kind": "promised"},
])  # fmt: skip
class CaseReclassifiedV1(CasePayload):
    """The case got another time class or routing; its due days stay where they are."""

    reclassified_at = Time()  # when
    by_staff_id = Id()  # who did it
    green_channel = Flag()  # promised made immediate with an approval (绿色通道)
    time_class = Code()  # immediate | promised
    routing = Code(allow_none=True)  # plain | joint | agency; null before acceptance
    kind = Code()  # the derived six-kind label
    previous_time_class = Code()  # before
    previous_routing = Code(allow_none=True)  # before
    previous_kind = Code()  # before


@REGISTRY.event("intake.case.transferred", audience="public", examples=[
    {**CASE, "staff_id": "s0002", "transferred_at": "2026-11-24T01:00:00+00:00", "from_staff_id": "s0001", "to_staff_id": "s0002"},
    {**CASE, "staff_id": "s0001", "transferred_at": "2026-11-25T01:00:00+00:00", "from_staff_id": "s0002", "to_staff_id": "s0001"},
])  # fmt: skip
class CaseTransferredV1(CasePayload):
    """The case has another first responsible person (内转外不转); no due day moves."""

    transferred_at = Time()  # when
    from_staff_id = Id()  # who was responsible
    to_staff_id = Id()  # who is now


@REGISTRY.event("intake.case.due_soon", audience="public", examples=[
    {**CASE, "level": "blue", "due": "2026-11-30", "remaining_days": 2},
    {**CASE, "level": "yellow", "due": "2026-11-30", "remaining_days": 1},
])  # fmt: skip
class CaseDueSoonV1(CasePayload):
    """A warning rung before the due day: blue at half the budget, yellow at one working day left."""

    level = Code()  # blue | yellow
    due = Day()
    remaining_days = Number()  # working days left


@REGISTRY.event("intake.case.overdue", audience="public", examples=[
    {**CASE, "due": "2026-11-30", "overdue_days": 1, "level": "red", "as_of": "2026-12-01"},
    {**CASE, "due": "2026-11-30", "overdue_days": 3, "level": "double_red", "as_of": "2026-12-03"},
])  # fmt: skip
class CaseOverdueV1(CasePayload):
    """A working day over the promise has begun; sent once for each further working day.

    A later `overdue_withdrawn` or `breach_judged` names this event by its `version`.
    """

    due = Day()
    overdue_days = Count()
    level = Code()  # red | double_red
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.case.decided", audience="public", examples=[
    {**CASE, "outcome": "approved", "decided_at": "2026-11-27T02:00:00+00:00", "elapsed_days": 4, "overdue_days": 0},
    {**CASE, "outcome": "rejected", "decided_at": "2026-12-02T02:00:00+00:00", "elapsed_days": 7, "overdue_days": 2},
])  # fmt: skip
class CaseDecidedV1(CasePayload):
    """Decided (办结); days are working days, 0 when decided on the day of acceptance."""

    outcome = Code()  # approved | rejected
    decided_at = Time()  # when it was decided
    elapsed_days = Count()  # working days from acceptance
    overdue_days = Count()


@REGISTRY.event("intake.case.delivered", audience="public", examples=[
    {**CASE, "delivered_at": "2026-11-27T03:00:00+00:00", "method": "window", "off_window": False},
    {**CASE, "delivered_at": "2026-11-27T03:00:00+00:00", "method": "elsewhere", "off_window": True, "by_agent": True},
])  # fmt: skip
class CaseDeliveredV1(CasePayload):
    """The result was handed over (发证/取件); beside the window it scores once a second person has confirmed that nobody permitted it."""

    delivered_at = Time()  # when the result was handed over
    method = Code()  # window | courier | elsewhere
    off_window = Flag()  # handed over at a place other than the window
    by_agent = Flag(required=False)  # collected by an agent with an authorisation


@REGISTRY.event("intake.case.courier_received", audience="public", examples=[
    {**CASE, "received_at": "2026-11-29T03:00:00+00:00"},
    {**CASE, "received_at": "2026-12-01T08:00:00+00:00"},
])  # fmt: skip
class CaseCourierReceivedV1(CasePayload):
    """The courier's receipt came back: the result is in the applicant's hands."""

    received_at = Time()
