"""Events of intake: the agency register (代办事项登记表) and the hand-overs of the comprehensive window (综合窗口移交)."""

from contracts.fields import Code, Count, Day, Flag, Id, Many, Text, Time
from contracts.registry import REGISTRY, Payload

_MATTER = {
    "matter_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0d01", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0001", "unit_id": "u0001", "window_id": "w0001", "agent_id": "s0001", "upper_department": "县市场监督管理局",
}  # fmt: skip
_FRESH = {**_MATTER, "agent_id": None, "upper_department": None}


class AgencyPayload(Payload):
    """What every event of an agency matter (代办件) carries; `unit_id` and `window_id` are the case's."""

    matter_id = Id()  # the entry of the register, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    unit_id = Id()
    window_id = Id()
    agent_id = Id(required=False, allow_none=True)  # the agent (代办员); null before one is named
    upper_department = Text(120, required=False, allow_none=True)  # the body of the upper level; null before it is named


class WithdrawnDay(Payload):
    """A day over that was told and is not over any more."""

    overdue_days = Count()
    as_of = Day()  # the day it was told about


@REGISTRY.event("intake.agency.registered", audience="public", examples=[
    {**_FRESH, "registered_at": "2026-11-23T02:00:00+00:00", "limit_days": 7, "day_kind": "working", "due": "2026-12-02"},
    {**_FRESH, "registered_at": "2026-11-23T02:00:00+00:00", "limit_days": 7, "day_kind": "natural", "due": None},
])  # fmt: skip
class AgencyRegisteredV1(AgencyPayload):
    """A case became an agency matter; it needs an agent."""

    registered_at = Time()  # when
    limit_days = Count()  # days until the papers have to be with the upper level
    day_kind = Code()  # working | natural
    due = Day(allow_none=True)  # the last of these days; null while a special procedure holds the case


@REGISTRY.event("intake.agency.assigned", audience="public", examples=[
    {**_MATTER, "from_agent_id": None, "by": "s0009", "due": "2026-12-02", "promised_on": "2026-12-01"},
    {**_MATTER, "from_agent_id": "s0002", "by": "s0009", "due": None, "promised_on": None},
])  # fmt: skip
class AgencyAssignedV1(AgencyPayload):
    """An agent has it, the first or another one; the limit stays."""

    from_agent_id = Id(allow_none=True)  # who had it before
    by = Id()  # who assigned
    due = Day(allow_none=True)  # the submission limit's last day; null while a special procedure holds the case
    promised_on = Day(allow_none=True)  # when the papers are promised to be with the upper level


@REGISTRY.event("intake.agency.due_soon", audience="public", examples=[
    {**_MATTER, "limit_kind": "submission", "due": "2026-12-02", "remaining_days": 1},
    {**_MATTER, "limit_kind": "upper", "due": "2026-12-16", "remaining_days": 1},
])  # fmt: skip
class AgencyDueSoonV1(AgencyPayload):
    """A limit is about to end: the hall's own until submission, or the day that the upper level named, which is a reason to ask there."""

    limit_kind = Code()  # submission | upper
    due = Day()
    remaining_days = Count()  # working days from the day of the reminder


@REGISTRY.event("intake.agency.submitted", audience="public", examples=[
    {**_MATTER, "submitted_at": "2026-11-30T02:00:00+00:00", "round": 1, "upper_due": "2026-12-16", "overdue_days": 0},
    {**_MATTER, "submitted_at": "2026-12-04T02:00:00+00:00", "round": 2, "upper_due": None, "overdue_days": 2},
])  # fmt: skip
class AgencySubmittedV1(AgencyPayload):
    """The papers are with the upper level."""

    submitted_at = Time()  # when
    round = Count()  # 1, and one more after each demand for more
    upper_due = Day(allow_none=True)  # by when the upper level answers, if it said so
    overdue_days = Count()


@REGISTRY.event("intake.agency.upper_due_moved", audience="public", examples=[
    {**_MATTER, "upper_due_before": None, "upper_due": "2026-12-16"},
    {**_MATTER, "upper_due_before": "2026-12-16", "upper_due": "2026-12-23"},
])  # fmt: skip
class AgencyUpperDueMovedV1(AgencyPayload):
    """After the submission the upper level named a day for its answer, or another one; days over the former one stand as told."""

    upper_due_before = Day(allow_none=True)  # what it had named before
    upper_due = Day()  # by when it answers now


@REGISTRY.event("intake.agency.overdue", audience="public", examples=[
    {**_MATTER, "due": "2026-12-02", "overdue_days": 1, "as_of": "2026-12-03"},
    {**_FRESH, "due": "2026-12-02", "overdue_days": 2, "as_of": "2026-12-04"},
])  # fmt: skip
class AgencyOverdueV1(AgencyPayload):
    """A working day over the submission limit has begun; sent once for each. It is the hall's."""

    due = Day()
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.agency.upper_overdue", audience="public", examples=[
    {**_MATTER, "due": "2026-12-16", "overdue_days": 1, "as_of": "2026-12-17"},
    {**_MATTER, "due": "2026-12-16", "overdue_days": 2, "as_of": "2026-12-18"},
])  # fmt: skip
class AgencyUpperOverdueV1(AgencyPayload):
    """A working day over the day that the upper level named has begun; sent once for each. It is the upper level's and never the agent's."""

    due = Day()
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.agency.overdue_withdrawn", audience="public", examples=[
    {**_MATTER, "limit_kind": "submission", "days": [{"overdue_days": 1, "as_of": "2026-12-03"}]},
    {**_MATTER, "limit_kind": "upper", "days": [{"overdue_days": 2, "as_of": "2026-12-18"}, {"overdue_days": 3, "as_of": "2026-12-21"}]},
])  # fmt: skip
class AgencyOverdueWithdrawnV1(AgencyPayload):
    """Days over that were told are none: a notice made a day a rest day, or a special procedure began on it."""

    limit_kind = Code()  # submission | upper
    days = Many(WithdrawnDay)  # what does not hold any more


@REGISTRY.event("intake.agency.returned", audience="public", examples=[
    {**_MATTER, "returned_at": "2026-12-10T02:00:00+00:00", "round": 1, "upper_result": "approved", "upper_overdue_days": 0},
    {**_MATTER, "returned_at": "2026-12-18T02:00:00+00:00", "round": 2, "upper_result": "needs_more", "upper_overdue_days": 2},
])  # fmt: skip
class AgencyReturnedV1(AgencyPayload):
    """The upper level has answered; what it wrote stays in intake."""

    returned_at = Time()  # when it was recorded
    round = Count()  # the round that this answer ends
    upper_result = Code()  # approved | refused | needs_more
    upper_overdue_days = Count()  # working days over the day that the upper level named last


@REGISTRY.event("intake.agency.notified", audience="public", examples=[
    {**_MATTER, "notified_at": "2026-12-10T03:00:00+00:00", "how": "phone", "minutes": 60},
    {**_MATTER, "notified_at": "2026-12-11T03:00:00+00:00", "how": "on_collection", "minutes": 1500},
])  # fmt: skip
class AgencyNotifiedV1(AgencyPayload):
    """The applicant knows the answer."""

    notified_at = Time()  # when
    how = Code()  # phone | sms | mail | online | window; on_collection: nobody told him before
    minutes = Count()  # since the answer came


@REGISTRY.event("intake.agency.collected", audience="public", examples=[
    {**_MATTER, "collected_at": "2026-12-11T03:00:00+00:00"}, {**_MATTER, "collected_at": "2026-12-14T03:00:00+00:00"},
])  # fmt: skip
class AgencyCollectedV1(AgencyPayload):
    """The papers were handed over to the applicant."""

    collected_at = Time()  # when


@REGISTRY.event("intake.agency.ended", audience="public", examples=[
    {**_MATTER, "ended_at": "2026-11-25T03:00:00+00:00", "reason_code": "withdrawn", "from_state": "assigned"},
    {**_FRESH, "ended_at": "2026-11-25T03:00:00+00:00", "reason_code": "reclassified", "from_state": "registered"},
])  # fmt: skip
class AgencyEndedV1(AgencyPayload):
    """The hall carries it no further; days over that were told before still stand."""

    ended_at = Time()  # when
    reason_code = Code()  # withdrawn | competent_here | not_competent | other | reclassified
    from_state = Code()  # registered | assigned | submitted


_HANDOVER = {
    "handover_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0001", "window_id": "w0003", "unit_id": "u0002",
}  # fmt: skip


class HandOverPayload(Payload):
    """What every event of a hand-over (移交) carries; `window_id` is the comprehensive window, `unit_id` the unit that owns the item."""

    handover_id = Id()  # the hand-over, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    window_id = Id()
    unit_id = Id()


@REGISTRY.event("intake.handover.made", audience="public", examples=[
    {**_HANDOVER, "handed_by": "s0001", "handed_at": "2026-11-23T02:00:00+00:00", "limit_days": 3, "due": "2026-11-26"},
    {**_HANDOVER, "handed_by": "s0002", "handed_at": "2026-11-24T02:00:00+00:00", "limit_days": 1, "due": "2026-11-25"},
])  # fmt: skip
class HandOverMadeV1(HandOverPayload):
    """A comprehensive window handed a case over to the unit that owns its item."""

    handed_by = Id()  # who, at the window
    handed_at = Time()  # when
    limit_days = Count()  # working days for the feedback
    due = Day()


@REGISTRY.event("intake.handover.acknowledged", audience="public", examples=[
    {**_HANDOVER, "acknowledged_by": "s0010", "acknowledged_at": "2026-11-23T03:00:00+00:00"},
    {**_HANDOVER, "acknowledged_by": "s0011", "acknowledged_at": "2026-11-24T03:00:00+00:00"},
])  # fmt: skip
class HandOverAcknowledgedV1(HandOverPayload):
    """Somebody of the unit has received it."""

    acknowledged_by = Id()  # who
    acknowledged_at = Time()  # when


@REGISTRY.event("intake.handover.urged", audience="public", examples=[
    {**_HANDOVER, "by": "s0001", "urged_at": "2026-11-25T03:00:00+00:00", "urging_count": 1, "due": "2026-11-26"},
    {**_HANDOVER, "by": "s0001", "urged_at": "2026-11-27T03:00:00+00:00", "urging_count": 2, "due": "2026-11-26"},
])  # fmt: skip
class HandOverUrgedV1(HandOverPayload):
    """The window asked where it stays (催办)."""

    by = Id()  # who asked
    urged_at = Time()  # when
    urging_count = Count()  # how often it has been asked, this time included
    due = Day()


@REGISTRY.event("intake.handover.overdue", audience="public", examples=[
    {**_HANDOVER, "due": "2026-11-26", "overdue_days": 1, "as_of": "2026-11-27"},
    {**_HANDOVER, "due": "2026-11-26", "overdue_days": 2, "as_of": "2026-11-30"},
])  # fmt: skip
class HandOverOverdueV1(HandOverPayload):
    """A working day over the limit for feedback has begun; sent once for each. It is the owning unit's."""

    due = Day()
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.handover.overdue_withdrawn", audience="public", examples=[
    {**_HANDOVER, "days": [{"overdue_days": 1, "as_of": "2026-11-27"}]},
    {**_HANDOVER, "days": [{"overdue_days": 2, "as_of": "2026-11-30"}, {"overdue_days": 3, "as_of": "2026-12-01"}]},
])  # fmt: skip
class HandOverOverdueWithdrawnV1(HandOverPayload):
    """Days over that were told are none, because a notice made one a rest day."""

    days = Many(WithdrawnDay)  # what does not hold any more


@REGISTRY.event("intake.handover.fed_back", audience="public", examples=[
    {**_HANDOVER, "fed_back_by": "s0010", "fed_back_at": "2026-11-25T02:00:00+00:00", "outcome": "done", "overdue_days": 0, "by_decision": True},
    {**_HANDOVER, "fed_back_by": "s0010", "fed_back_at": "2026-11-30T02:00:00+00:00", "outcome": "needs_more", "overdue_days": 2, "by_decision": False},
])  # fmt: skip
class HandOverFedBackV1(HandOverPayload):
    """The unit has answered; its text stays in intake."""

    fed_back_by = Id()  # who, of the unit
    fed_back_at = Time()  # when
    outcome = Code()  # done | needs_more | not_competent
    overdue_days = Count()
    by_decision = Flag()  # the unit decided the case, which says it


@REGISTRY.event("intake.handover.withdrawn", audience="public", examples=[
    {**_HANDOVER, "withdrawn_at": "2026-11-25T02:00:00+00:00"}, {**_HANDOVER, "withdrawn_at": "2026-11-26T02:00:00+00:00"},
])  # fmt: skip
class HandOverWithdrawnV1(HandOverPayload):
    """No answer is needed any more; days over that were told before still stand."""

    withdrawn_at = Time()  # when
