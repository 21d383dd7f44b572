"""Events of intake: the life of a case (办件)."""

from marshmallow import Schema

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


@REGISTRY.event("intake.receipt.refused", audience="public", examples=[
    {"attempt_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0a01", "hall_id": "h0001", "window_id": "w0001", "staff_id": "s0001", "unit_id": "u0001",
     "item_id": "i0002", "item_version": 3, "channel": "window", "reason_code": "ITEM_CANCELLED", "attempted_at": "2026-11-23T01:05:00+00:00"},
    {"attempt_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0a02", "hall_id": "h0007", "window_id": "w0031", "staff_id": "s0031", "unit_id": "u0009",
     "item_id": "i0031", "item_version": 1, "channel": "online", "reason_code": "ITEM_CANCELLED", "attempted_at": "2026-11-24T02:00:00+00:00"},
])  # fmt: skip
class ReceiptRefusedV1(Payload):
    """Somebody tried to receive an item that was cancelled: blocked, no case exists, and the attempt is a scored breach."""

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
    {**_CASE, "accepted_at": "2026-11-23T01:10:00+00:00", "deemed": False, "time_class": "promised", "routing": "plain", "kind": "promised",
     "legal_due": "2026-12-21", "promised_due": "2026-11-30", "promised_days": 5, "legal_days": 20, "day_kind": "working", "provisional": False},
    {**_CASE, "accepted_at": "2026-12-04T01:10:00+00:00", "deemed": True, "time_class": "promised", "routing": "joint", "kind": "joint",
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
    {**_CASE, "stage": "pay", "handler_id": "s0004", "completed_at": "2026-11-24T03:00:00+00:00", "started_at": "2026-11-24T02:00:00+00:00",
     "limit_days": 1, "over_days": 0, "key_stage": False, "off_hall": True},
])  # fmt: skip
class CaseStageCompletedV1(CasePayload):
    """One of the five stages (受理、审核、交费、办结、发证) ended; `off_hall` marks one done outside the hall (体外循环)."""

    stage = Code()  # accept | review | pay | complete | issue
    handler_id = Id()  # the person who did it
    completed_at = Time()  # when the stage ended
    started_at = Time(required=False)  # when the stage began
    limit_days = Count(required=False, allow_none=True)  # the stage's own limit in working days; null without one
    over_days = Count(required=False)  # working days over the stage's own limit
    key_stage = Flag(required=False)  # a key stage of the item, which belongs into the hall
    off_hall = Flag(required=False)  # done outside the hall


@REGISTRY.event("intake.case.stage_overdue", audience="public", examples=[
    {**_CASE, "stage": "review", "limit_days": 3, "due": "2026-11-26", "as_of": "2026-11-27"},
    {**_CASE, "stage": "issue", "limit_days": 10, "due": "2026-12-11", "as_of": "2026-12-14"},
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
    {**_CASE, "round": 1, "how": "signed", "served_at": "2026-11-23T01:20:00+00:00"},
    {**_CASE, "round": 1, "how": "courier", "served_at": "2026-11-25T03:00:00+00:00"},
])  # fmt: skip
class CaseNoticeServedV1(CasePayload):
    """A one-time notice reached the applicant (送达)."""

    round = Count()  # which notice
    how = Code()  # signed | electronic | courier | left | public
    served_at = Time()  # when it reached the applicant


@REGISTRY.event("intake.case.supplement_expired", audience="public", examples=[
    {**_CASE, "round": 1, "missing": ["M2"], "supply_by": "2026-11-30"},
    {**_CASE, "round": 2, "missing": ["M4", "M5"], "supply_by": "2026-12-07"},
])  # fmt: skip
class CaseSupplementExpiredV1(CasePayload):
    """The last day to supply has passed and something is still missing; the case may be returned. Sent once for each notice."""

    round = Count()  # which notice
    missing = Many(Code())  # material codes that never came
    supply_by = Day()  # the last day named in the notice


@REGISTRY.event("intake.case.reclassified", audience="public", examples=[
    {**_CASE, "reclassified_at": "2026-11-24T01:00:00+00:00", "by_staff_id": "s0001", "green_channel": True, "time_class": "immediate",
     "routing": "plain", "kind": "immediate", "previous_time_class": "promised", "previous_routing": "plain", "previous_kind": "promised"},
    {**_CASE, "reclassified_at": "2026-11-23T01:30:00+00:00", "by_staff_id": "s0001", "green_channel": False, "time_class": "promised",
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
    {**_CASE, "staff_id": "s0002", "transferred_at": "2026-11-24T01:00:00+00:00", "from_staff_id": "s0001", "to_staff_id": "s0002"},
    {**_CASE, "staff_id": "s0001", "transferred_at": "2026-11-25T01:00:00+00:00", "from_staff_id": "s0002", "to_staff_id": "s0001"},
])  # fmt: skip
class CaseTransferredV1(CasePayload):
    """The case has another first responsible person (内转外不转); no due day moves."""

    transferred_at = Time()  # when
    from_staff_id = Id()  # who was responsible
    to_staff_id = Id()  # who is now


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
    """A working day over the promise has begun; sent once for each further working day.

    A later `overdue_withdrawn` or `breach_judged` names this event by its `version`.
    """

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
    {**_CASE, "delivered_at": "2026-11-27T03:00:00+00:00", "method": "elsewhere", "off_window": True, "by_agent": True},
])  # fmt: skip
class CaseDeliveredV1(CasePayload):
    """The result was handed over (发证/取件)."""

    delivered_at = Time()  # when the result was handed over
    method = Code()  # window | courier | elsewhere
    off_window = Flag()  # handed over at a place other than the window
    by_agent = Flag(required=False)  # collected by an agent with an authorisation


class ToldV1(Schema):
    """An earlier event of the same case that this one corrects."""

    version = Count()  # number of the corrected event within the case
    overdue_days = Count(required=False, allow_none=True)  # its number of working days over; null for a missed notice
    as_of = Day()  # the day it was about


@REGISTRY.event("intake.case.suspended", audience="public", examples=[
    {**_CASE, "procedure": "expert_review", "started_on": "2026-11-26", "limit_days": 10, "limit_due": "2026-12-10", "remaining_days": 3,
     "promised_due": None, "provisional": False, "suspended_by": "s0001", "notice_no": "特告〔2026〕12号"},
    {**_CASE, "procedure": "hearing", "started_on": "2026-12-02", "limit_days": 20, "limit_due": "2026-12-30", "remaining_days": 0,
     "promised_due": "2026-11-30", "provisional": False, "suspended_by": "s0003", "notice_no": "听告〔2026〕3号"},
])  # fmt: skip
class CaseSuspendedV1(CasePayload):
    """A special procedure (特别程序) began; its time is not counted (Licensing Law Art. 45). The due days are open until it ends."""

    procedure = Code()  # hearing | tender | auction | inspection | testing | quarantine | appraisal | expert_review
    started_on = Day()  # the first day that is not counted
    limit_days = Count()  # working days the applicant was told it takes
    limit_due = Day()  # the last of them
    remaining_days = Count()  # days left of the promised budget, in days of its kind
    promised_due = Day(required=False, allow_none=True)  # null, open until it ends; a due day that had passed before stays
    provisional = Flag()  # a day that passed before rests on a calendar year not yet published
    suspended_by = Id()  # the person who did it
    notice_no = Text(100)  # number of the written notice


@REGISTRY.event("intake.case.resumed", audience="public", examples=[
    {**_CASE, "procedure": "expert_review", "started_on": "2026-11-26", "ended_on": "2026-12-08", "overrun_days": 0, "resumed_by": "s0001"},
    {**_CASE, "procedure": "hearing", "started_on": "2026-12-02", "ended_on": "2027-01-05", "overrun_days": 3, "resumed_by": "s0003"},
])  # fmt: skip
class CaseResumedV1(CasePayload):
    """The special procedure ended; the limits run again from the next day. Its result stays in intake."""

    procedure = Code()  # as in suspended
    started_on = Day()  # the first day that was not counted
    ended_on = Day()  # the last day that was not counted
    overrun_days = Count()  # working days beyond what the applicant was told
    resumed_by = Id()  # the person who did it


@REGISTRY.event("intake.case.suspension_overrun", audience="public", examples=[
    {**_CASE, "number": 1, "procedure": "testing", "level": "red", "limit_due": "2026-12-10", "overrun_days": 1, "as_of": "2026-12-11"},
    {**_CASE, "number": 2, "procedure": "hearing", "level": "double_red", "limit_due": "2026-12-10", "overrun_days": 3, "as_of": "2026-12-15"},
])  # fmt: skip
class CaseSuspensionOverrunV1(CasePayload):
    """A special procedure takes longer than was written to the applicant; the case's own limits still stand still."""

    number = Count()  # number of the suspension within the case
    procedure = Code()  # as in suspended
    level = Code()  # red | double_red
    limit_due = Day()  # the last day it should have taken
    overrun_days = Count()  # working days beyond it
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.case.extended", audience="public", examples=[
    {**_CASE, "days": 10, "approver_id": "s0009", "requested_by": "s0001", "notice_no": "延告〔2026〕7号"},
    {**_CASE, "days": 15, "approver_id": "s0010", "requested_by": "s0003", "notice_no": "延告〔2026〕8号"},
])  # fmt: skip
class CaseExtendedV1(CasePayload):
    """Both limits were extended, once (延期, Licensing Law Art. 42); the new due days follow as deadline_moved."""

    days = Count()  # days added, of the limit's kind
    approver_id = Id()  # who approved
    requested_by = Id()  # who asked for it
    notice_no = Text(100)  # number of the written notice


@REGISTRY.event("intake.case.deadline_moved", audience="public", examples=[
    {**_CASE, "cause": "extended", "actor": "s0009", "notice_nos": ["延告〔2026〕7号"], "promised_before": "2026-11-30", "promised_due": "2026-12-14",
     "legal_before": "2026-12-21", "legal_due": "2027-01-05", "provisional": True, "calendar_revision": 1},
    {**_CASE, "cause": "calendar", "actor": None, "notice_nos": ["国办发明电〔2026〕1号"], "promised_before": "2027-01-04", "promised_due": "2027-01-04",
     "legal_before": "2027-01-05", "legal_due": "2027-01-05", "provisional": False, "calendar_revision": 2},
    {**_CASE, "cause": "resumed", "actor": "s0001", "notice_nos": ["特告〔2026〕12号"], "promised_before": None, "promised_due": "2026-12-11",
     "legal_before": None, "legal_due": "2026-12-31", "provisional": False, "calendar_revision": 2},
])  # fmt: skip
class CaseDeadlineMovedV1(CasePayload):
    """The due days were calculated anew: one of them moved, or a provisional one was confirmed. The evidence is in ExplainDeadline."""

    cause = Code()  # resumed | extended | calendar
    actor = Id(required=False, allow_none=True)  # the person behind it; null when the calendar is
    notice_nos = Many(Text(100))  # numbers of the notices it rests on
    promised_before = Day(required=False, allow_none=True)  # null while it was open
    promised_due = Day(required=False, allow_none=True)  # last working day under the hall's promise; null while it is open
    legal_before = Day(required=False, allow_none=True)  # null while it was open
    legal_due = Day(required=False, allow_none=True)  # last working day under the law; null while it is open
    provisional = Flag()  # a day rests on a calendar year not yet published
    calendar_revision = Count()  # of directory's calendar


@REGISTRY.event("intake.case.overdue_withdrawn", audience="public", examples=[
    {**_CASE, "cause": "calendar", "facts": [{"version": 6, "overdue_days": 1, "as_of": "2026-12-01"}]},
    {**_CASE, "cause": "suspended", "facts": [{"version": 7, "overdue_days": 2, "as_of": "2026-12-02"}]},
])  # fmt: skip
class CaseOverdueWithdrawnV1(CasePayload):
    """Working days over that were told are none: the earlier `overdue` events named here do not hold any more."""

    cause = Code()  # calendar | suspended | resumed | extended
    facts = Many(ToldV1)  # the events that are withdrawn


@REGISTRY.event("intake.case.breach_judged", audience="public", examples=[
    {**_CASE, "number": 1, "breach": "overdue", "staff_fault": False, "decided_by": "s0009",
     "facts": [{"version": 6, "overdue_days": 1, "as_of": "2026-12-01"}, {"version": 7, "overdue_days": 2, "as_of": "2026-12-02"}]},
    {**_CASE, "number": 2, "breach": "notice_missed", "staff_fault": True, "decided_by": "s0010",
     "facts": [{"version": 2, "overdue_days": None, "as_of": "2026-12-01"}]},
])  # fmt: skip
class CaseBreachJudgedV1(CasePayload):
    """A person decided whether staff are at fault for what the events named here told; a later decision about the same event replaces it.

    Reason and basis stay in intake.
    """

    number = Count()  # number of the decision within the case
    breach = Code()  # overdue | notice_missed
    staff_fault = Flag()  # false: excused, counts against nobody
    decided_by = Id()  # who decided; never one of the case's handlers
    facts = Many(ToldV1)  # the events that were judged


@REGISTRY.event("intake.case.courier_received", audience="public", examples=[
    {**_CASE, "received_at": "2026-11-29T03:00:00+00:00"},
    {**_CASE, "received_at": "2026-12-01T08:00:00+00:00"},
])  # fmt: skip
class CaseCourierReceivedV1(CasePayload):
    """The courier's receipt came back: the result is in the applicant's hands."""

    received_at = Time()


_TASK = {
    "task_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0b01", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0001", "window_id": "w0001", "unit_id": "u0002", "handler_id": None,
}  # fmt: skip


class TaskPayload(Payload):
    """What every event of a back-office task (前后衔接) carries; `unit_id` is the unit that was asked, `window_id` the window that asked."""

    task_id = Id()  # the task, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    window_id = Id()
    unit_id = Id()
    handler_id = Id(required=False, allow_none=True)  # the person who was asked; null when the unit was


@REGISTRY.event("intake.task.assigned", audience="public", examples=[
    {**_TASK, "asked_by": "s0001", "limit_days": 3, "due": "2026-11-26"},
    {**_TASK, "handler_id": "s0010", "asked_by": "s0001", "limit_days": 1, "due": "2026-11-24"},
])  # fmt: skip
class TaskAssignedV1(TaskPayload):
    """The window asked a back office for its opinion; the task has a clock of its own."""

    asked_by = Id()  # who asked
    limit_days = Count()  # working days the back office has
    due = Day()


@REGISTRY.event("intake.task.answered", audience="public", examples=[
    {**_TASK, "answered_by": "s0010", "answered_at": "2026-11-25T02:00:00+00:00", "outcome": "agree", "overdue_days": 0},
    {**_TASK, "answered_by": "s0010", "answered_at": "2026-11-30T02:00:00+00:00", "outcome": "conditions", "overdue_days": 2},
])  # fmt: skip
class TaskAnsweredV1(TaskPayload):
    """The opinion is back; its text stays in intake."""

    answered_by = Id()  # who answered, a person of the unit
    answered_at = Time()  # when
    outcome = Code()  # agree | disagree | conditions
    overdue_days = Count()


@REGISTRY.event("intake.task.overdue", audience="public", examples=[
    {**_TASK, "due": "2026-11-26", "overdue_days": 1, "as_of": "2026-11-27"},
    {**_TASK, "handler_id": "s0010", "due": "2026-11-26", "overdue_days": 2, "as_of": "2026-11-30"},
])  # fmt: skip
class TaskOverdueV1(TaskPayload):
    """A working day over the task's limit has begun; sent once for each. It counts against the back office, not against the window."""

    due = Day()
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.task.withdrawn", audience="public", examples=[
    {**_TASK, "withdrawn_at": "2026-11-25T02:00:00+00:00"},
    {**_TASK, "handler_id": "s0010", "withdrawn_at": "2026-11-26T02:00:00+00:00"},
])  # fmt: skip
class TaskWithdrawnV1(TaskPayload):
    """The opinion is not needed any more; days over that were told before still stand."""

    withdrawn_at = Time()  # when


_CHARGE = {
    "charge_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0c01", "charge_no": "H0001-20261123-F000001", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001",
    "case_no": "H0001-20261123-000001", "item_id": "i0012", "item_version": 1, "unit_id": "u0003", "window_id": "w0005", "staff_id": "s0021",
    "due_fen": 8000,
}  # fmt: skip
_CHARGE_LINES = [{"code": "F1", "quantity": 1, "total_fen": 8000}]


class ChargePayload(Payload):
    """What every event about a bank slip (缴款单) carries; money is fen."""

    charge_id = Id()
    charge_no = Text(40)  # number printed on the slip
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    item_version = Count()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()  # who issued the slip
    due_fen = Count()  # what has to be paid, in fen


class ChargeLineV1(Schema):
    """One line of a slip."""

    code = Code()  # the fee standard of the item version
    quantity = Count()  # how many units; 1 when charged for the case
    total_fen = Count()  # in fen


@REGISTRY.event("intake.charge.issued", audience="public", examples=[
    {**_CHARGE, "lines": _CHARGE_LINES, "issued_at": "2026-11-23T01:20:00+00:00"},
    {**_CHARGE, "due_fen": 9000, "lines": [*_CHARGE_LINES, {"code": "F2", "quantity": 1, "total_fen": 1000}],
     "issued_at": "2026-11-23T01:25:00+00:00"},
])  # fmt: skip
class ChargeIssuedV1(ChargePayload):
    """A bank slip was issued by the standards of the item version; the applicant has to pay at the bank."""

    lines = Many(ChargeLineV1)  # what is charged
    issued_at = Time()  # when the slip was issued


@REGISTRY.event("intake.charge.paid", audience="public", examples=[
    {**_CHARGE, "method": "bank_counter", "paid_at": "2026-11-23T01:30:00+00:00"},
    {**_CHARGE, "method": "online", "paid_at": "2026-11-23T01:31:00+00:00"},
])  # fmt: skip
class ChargePaidV1(ChargePayload):
    """The bank has the money."""

    method = Code()  # bank_counter | pos | transfer | online
    paid_at = Time()  # when the bank took it


@REGISTRY.event("intake.charge.receipted", audience="public", examples=[
    {**_CHARGE, "receipt_no": "QZ00000001", "receipted_at": "2026-11-23T01:32:00+00:00"},
    {**_CHARGE, "receipt_no": "QZ00000002", "receipted_at": "2026-11-23T01:33:00+00:00"},
])  # fmt: skip
class ChargeReceiptedV1(ChargePayload):
    """The payer got his receipt (票据)."""

    receipt_no = Text(80)  # number of the receipt
    receipted_at = Time()  # when it was issued


@REGISTRY.event("intake.charge.receipt_voided", audience="public", examples=[
    {**_CHARGE, "receipt_no": "QZ00000001", "voided_at": "2026-11-23T01:34:00+00:00"},
    {**_CHARGE, "receipt_no": "QZ00000002", "voided_at": "2026-11-23T01:35:00+00:00"},
])  # fmt: skip
class ChargeReceiptVoidedV1(ChargePayload):
    """A receipt was spoilt and does not count any more; another one follows."""

    receipt_no = Text(80)  # number of the spoilt receipt
    voided_at = Time()  # when it was taken back


@REGISTRY.event("intake.charge.reduced", audience="public", examples=[
    {**_CHARGE, "due_fen": 4000, "standard_fen": 8000, "waived_fen": 4000, "approved_by": "s0030", "reduced_at": "2026-11-23T01:26:00+00:00"},
    {**_CHARGE, "due_fen": 0, "standard_fen": 8000, "waived_fen": 8000, "approved_by": "s0030", "reduced_at": "2026-11-23T01:27:00+00:00"},
])  # fmt: skip
class ChargeReducedV1(ChargePayload):
    """An approved waiver or reduction (减免) was taken off the slip."""

    standard_fen = Count()  # by the standards, in fen
    waived_fen = Count()  # what this waiver took off, in fen
    approved_by = Id()  # who approved it; never who asked for it
    reduced_at = Time()  # when it was applied


@REGISTRY.event("intake.charge.cancelled", audience="public", examples=[
    {**_CHARGE, "cancelled_at": "2026-11-23T01:28:00+00:00"}, {**_CHARGE, "cancelled_at": "2026-11-23T01:29:00+00:00"},
])  # fmt: skip
class ChargeCancelledV1(ChargePayload):
    """The slip was withdrawn before anybody paid."""

    cancelled_at = Time()  # when it was withdrawn


_VIOLATION = {
    "violation_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0f01", "kind": "wrong_standard", "source": "attempt", "unit_id": "u0003",
    "window_id": "w0005", "staff_id": "s0021", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "charge_id": None, "recorded_by": "system",
    "asked_fen": 9000, "standard_fen": 8000, "occurred_at": "2026-11-23T01:20:00+00:00",
}  # fmt: skip
_TIE_IN = {
    **_VIOLATION, "kind": "tie_in", "source": "report", "staff_id": None, "case_id": None, "recorded_by": "s0040", "asked_fen": None,
    "standard_fen": None,
}  # fmt: skip


class FeeViolationPayload(Payload):
    """What every event about charging against the rules (违规收费) carries; the evidence stays with its owner."""

    violation_id = Id()  # the violation
    kind = Code()  # wrong_standard | wrong_procedure | off_counter | tie_in | cash
    source = Code()  # attempt (a refused command) | reconciliation | report
    unit_id = Id(required=False, allow_none=True)
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)  # whose act it was; null when nobody can be named
    case_id = Id(required=False, allow_none=True)
    charge_id = Id(required=False, allow_none=True)  # the bank slip
    recorded_by = Id()  # the person who reported it, or "system"
    asked_fen = Count(required=False, allow_none=True)  # what was asked or taken, in fen
    standard_fen = Count(required=False, allow_none=True)  # what the standard says, in fen
    occurred_at = Time()  # when it happened


@REGISTRY.event("intake.fee_violation.recorded", audience="internal", examples=[_VIOLATION, _TIE_IN])
class FeeViolationRecordedV1(FeeViolationPayload):
    """Seen by the system or reported by a person; nobody has judged it yet."""


@REGISTRY.event("intake.fee_violation.decided", audience="internal", examples=[
    {**_VIOLATION, "verified": True, "decided_by": "s0041"}, {**_TIE_IN, "verified": False, "decided_by": "s0041"},
])  # fmt: skip
class FeeViolationDecidedV1(FeeViolationPayload):
    """A second person found it true, or not; the newest verdict counts."""

    verified = Flag()  # true, or not
    decided_by = Id()  # the second person


class MismatchCountV1(Schema):
    """How often one kind of mismatch was found."""

    kind = Code()  # paid_not_issued | amount_differs | paid_twice | paid_not_recorded | issued_not_paid | not_in_statement
    count = Count()  # how often


_STATEMENT = {
    "statement_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0d01", "statement_no": "CZ-20261123", "day_from": "2026-11-23", "day_to": "2026-11-23",
    "entry_count": 2, "matched_count": 1, "mismatch_count": 1, "total_fen": 16000, "matched_fen": 8000,
    "mismatches": [{"kind": "paid_not_issued", "count": 1}],
}  # fmt: skip


@REGISTRY.event("intake.statement.reconciled", audience="public", examples=[
    _STATEMENT, {**_STATEMENT, "statement_no": "CZ-20261124", "matched_count": 2, "mismatch_count": 0, "matched_fen": 16000, "mismatches": []},
])  # fmt: skip
class StatementReconciledV1(Payload):
    """A statement of the treasury (财政对账单) was compared with the charges."""

    statement_id = Id()  # the statement
    statement_no = Text(64)  # the treasury's own number
    day_from = Day()  # first day it covers
    day_to = Day()  # last day it covers
    entry_count = Count()  # payments in it
    matched_count = Count()  # payments that confirm a charge
    mismatch_count = Count()  # what does not match
    total_fen = Count()  # all payments in it, in fen
    matched_fen = Count()  # of that confirmed, in fen
    mismatches = Many(MismatchCountV1)  # by kind
