"""Events of intake: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Flag, Id, Many, Text, Time
from contracts.registry import REGISTRY, Payload

_CASE = {
    "handling_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c1001", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0004",
}  # fmt: skip
_LEAD = {**_CASE, "lead_unit_id": "u0001", "lead_window_id": "w0001"}
_MEMBER = {**_CASE, "unit_id": "u0002", "unit_hall_id": "h0001", "handler_id": None}


class JointPayload(Payload):
    """What every event of a joint handling (联合办理) carries."""

    handling_id = Id()  # the joint handling, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()


class LeadPayload(JointPayload):
    """What concerns the whole handling names its lead."""

    lead_unit_id = Id()  # the unit that leads (牵头单位)
    lead_window_id = Id()  # its window


class MemberPayload(JointPayload):
    """What concerns one member names that member and never the lead."""

    unit_id = Id()  # the member
    unit_hall_id = Id()  # the hall where the member sits
    handler_id = Id(required=False, allow_none=True)  # the person of it who was asked; null when the unit was


@REGISTRY.event("intake.joint.opened", audience="public", examples=[
    {**_LEAD, "cause": "accepted", "needed": 3}, {**_LEAD, "cause": "reclassified", "needed": 2},
])  # fmt: skip
class JointOpenedV1(LeadPayload):
    """The case is handled jointly; no member is named yet."""

    cause = Code()  # accepted | deemed | reclassified
    needed = Count()  # units that make it joint, the lead's included


@REGISTRY.event("intake.joint.moved_on", audience="public", examples=[
    {**_LEAD, "before": "proposed", "state": "scheduled"}, {**_LEAD, "before": "opinions_due", "state": "all_in"},
])  # fmt: skip
class JointMovedOnV1(LeadPayload):
    """The handling has come to another step; a cancelled meeting or a further member may lead back."""

    before = Code()  # the step it was at
    state = Code()  # proposed | scheduled | met | opinions_due | all_in


@REGISTRY.event("intake.joint.opinion_requested", audience="public", examples=[
    {**_MEMBER, "limit_days": 5, "due": "2026-11-30"}, {**_MEMBER, "handler_id": "s0010", "limit_days": 2, "due": "2026-11-25"},
])  # fmt: skip
class JointOpinionRequestedV1(MemberPayload):
    """A member was asked for its opinion; its clock runs. The question stays in intake."""

    limit_days = Count()  # working days the member has
    due = Day(allow_none=True)  # the last day in time; null while a special procedure runs


@REGISTRY.event("intake.joint.opinion_given", audience="public", examples=[
    {**_MEMBER, "outcome": "agree", "given_by": "s0010", "given_at": "2026-11-25T02:00:00+00:00", "revision": 1, "overdue_days": 0},
    {**_MEMBER, "outcome": "conditional", "given_by": "s0010", "given_at": "2026-12-02T02:00:00+00:00", "revision": 2, "overdue_days": 1},
])  # fmt: skip
class JointOpinionGivenV1(MemberPayload):
    """A member's opinion is in, or replaces an earlier one; its text stays in intake."""

    outcome = Code()  # agree | disagree | conditional
    given_by = Id()  # a person of the member
    given_at = Time()  # when
    revision = Count()  # 1 for the first opinion
    overdue_days = Count()  # of the first opinion, over the member's own limit


@REGISTRY.event("intake.joint.member_overdue", audience="public", examples=[
    {**_MEMBER, "due": "2026-11-30", "overdue_days": 1, "as_of": "2026-12-01"},
    {**_MEMBER, "handler_id": "s0010", "due": "2026-11-25", "overdue_days": 2, "as_of": "2026-11-27"},
])  # fmt: skip
class JointMemberOverdueV1(MemberPayload):
    """A working day over a member's own limit has begun; sent once for each. It counts against the member, not against the lead."""

    due = Day()  # the member's own
    overdue_days = Count()  # over the member's own limit
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.joint.member_due_moved", audience="public", examples=[
    {**_MEMBER, "cause": "postponed", "before": "2026-11-30", "due": "2026-12-03"},
    {**_MEMBER, "cause": "suspended", "before": "2026-11-30", "due": None},
])  # fmt: skip
class JointMemberDueMovedV1(MemberPayload):
    """A member's last day in time is another one."""

    cause = Code()  # postponed (by the centre) | suspended | resumed | calendar
    before = Day(allow_none=True)  # what it was
    due = Day(allow_none=True)  # what it is; null while a special procedure runs


@REGISTRY.event("intake.joint.limit_overdue", audience="public", examples=[
    {**_LEAD, "number": 1, "due": "2026-12-04", "overdue_days": 1, "as_of": "2026-12-07"},
    {**_LEAD, "number": 3, "due": "2026-12-04", "overdue_days": 2, "as_of": "2026-12-08"},
])  # fmt: skip
class JointLimitOverdueV1(LeadPayload):
    """A working day over the limit that the centre set for the whole has begun; sent once for each."""

    number = Count()  # the decision of the centre that set it
    due = Day()  # last day of that limit
    overdue_days = Count()  # over that limit
    as_of = Day()  # the day this is about


class JointToldV1(Schema):
    """A working day over that was told before."""

    version = Count()  # of the event that told it
    overdue_days = Count()
    as_of = Day()  # the day it was about


@REGISTRY.event("intake.joint.overdue_withdrawn", audience="public", examples=[
    {**_CASE, "unit_id": "u0002", "cause": "calendar", "facts": [{"version": 7, "overdue_days": 2, "as_of": "2026-12-02"}]},
    {**_CASE, "unit_id": None, "cause": "suspended", "facts": [{"version": 9, "overdue_days": 1, "as_of": "2026-12-07"}]},
])  # fmt: skip
class JointOverdueWithdrawnV1(JointPayload):
    """Working days over that were told are none: a later notice made one a rest day, a special procedure began on it."""

    unit_id = Id(allow_none=True)  # the member's; null for those of the limit for the whole
    cause = Code()  # calendar | suspended | resumed
    facts = Many(JointToldV1)  # what holds no more


@REGISTRY.event("intake.joint.centre_decided", audience="public", examples=[
    {**_LEAD, "number": 1, "kind": "postpone_step", "unit_id": "u0002", "days": 3, "meeting_id": None, "decided_by": "s0040",
     "decided_at": "2026-11-26T07:00:00+00:00"},
    {**_LEAD, "number": 2, "kind": "approve", "unit_id": None, "days": None, "meeting_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c1101",
     "decided_by": "s0040", "decided_at": "2026-11-26T07:30:00+00:00"},
])  # fmt: skip
class JointCentreDecidedV1(LeadPayload):
    """The centre decided; why stays in intake. No decision moves the case's legal or promised limit."""

    number = Count()  # of the decision within the handling
    kind = Code()  # approve | return | postpone_step | drop_prerequisite | set_limit
    unit_id = Id(allow_none=True)  # the member it is about; null when about the whole
    days = Count(allow_none=True)  # working days, of a postponement or of a limit
    meeting_id = Id(allow_none=True)  # the meeting it was decided at, if at one
    decided_by = Id()  # the person
    decided_at = Time()  # when


@REGISTRY.event("intake.joint.closed", audience="public", examples=[
    {**_LEAD, "state": "issued", "closed_at": "2026-12-01T02:00:00+00:00", "limit_overdue_days": 0, "overdue_units": ["u0002"], "released": []},
    {**_LEAD, "state": "ended", "closed_at": "2026-12-01T02:00:00+00:00", "limit_overdue_days": 0, "overdue_units": [], "released": ["u0003"]},
])  # fmt: skip
class JointClosedV1(LeadPayload):
    """The case is decided, or handled jointly no more."""

    state = Code()  # issued (approved) | returned (rejected) | ended (joint no more)
    closed_at = Time()  # when
    limit_overdue_days = Count()  # over the limit that the centre set for the whole
    overdue_units = Many(Id())  # members that were late
    released = Many(Id())  # members that were still being asked and are no more


_MEETING = {
    "meeting_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c1101", "meeting_kind": "regular", "starts_at": "2026-11-26T06:30:00+00:00",
    "place": "三楼会议室", "case_nos": ["H0001-20261123-000001"], "handling_ids": ["0199b7c2-6f1e-7d34-9a41-3f2b8f1c1001"],
    "unit_ids": ["u0001", "u0002", "u0003"],
}  # fmt: skip


class JointMeetingPayload(Payload):
    """What every event of a meeting on joint handlings (联审会议) carries."""

    meeting_id = Id()  # the meeting, subject of this event
    meeting_kind = Code()  # regular | ad_hoc
    starts_at = Time()  # when it begins
    place = Text(200)  # the room
    case_nos = Many(Text(40))  # cases on its agenda
    handling_ids = Many(Id())  # their joint handlings
    unit_ids = Many(Id())  # units that are called


@REGISTRY.event(
    "intake.joint_meeting.scheduled", audience="public", examples=[_MEETING, {**_MEETING, "meeting_kind": "ad_hoc", "place": ""}]
)
class JointMeetingScheduledV1(JointMeetingPayload):
    """A meeting was called."""


@REGISTRY.event("intake.joint_meeting.agenda_changed", audience="public", examples=[_MEETING, {**_MEETING, "unit_ids": ["u0001", "u0002"]}])
class JointMeetingAgendaChangedV1(JointMeetingPayload):
    """Handlings or units were added to a meeting."""


@REGISTRY.event("intake.joint_meeting.moved", audience="public", examples=[
    {**_MEETING, "previous_starts_at": "2026-11-19T06:30:00+00:00"}, {**_MEETING, "previous_starts_at": "2026-11-26T06:30:00+00:00"},
])  # fmt: skip
class JointMeetingMovedV1(JointMeetingPayload):
    """A meeting takes place at another time or in another room."""

    previous_starts_at = Time()  # when it was to begin before


@REGISTRY.event("intake.joint_meeting.cancelled", audience="public", examples=[_MEETING, {**_MEETING, "meeting_kind": "ad_hoc"}])
class JointMeetingCancelledV1(JointMeetingPayload):
    """A meeting does not take place; why stays in intake."""


class JointSeatV1(Schema):
    """Whether a unit was there."""

    unit_id = Id()
    status = Code()  # present | absent | excused


@REGISTRY.event("intake.joint_meeting.held", audience="public", examples=[
    {**_MEETING, "attendance": [{"unit_id": "u0001", "status": "present"}, {"unit_id": "u0002", "status": "absent"}]},
    {**_MEETING, "attendance": [{"unit_id": "u0001", "status": "present"}, {"unit_id": "u0002", "status": "excused"}]},
])  # fmt: skip
class JointMeetingHeldV1(JointMeetingPayload):
    """A meeting took place; who was there by unit, as first written down."""

    attendance = Many(JointSeatV1)  # by unit


@REGISTRY.event("intake.joint_meeting.minuted", audience="public", examples=[
    {**_MEETING, "minutes_no": "联审纪要〔2026〕12号"}, {**_MEETING, "minutes_no": "2026-13"},
])  # fmt: skip
class JointMeetingMinutedV1(JointMeetingPayload):
    """The minutes are written; their text and the resolutions stay in intake."""

    minutes_no = Text(100)  # the document number


_INSPECTION = {
    "inspection_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c1201", "handling_id": _CASE["handling_id"], "case_id": _CASE["case_id"],
    "case_no": _CASE["case_no"], "planned_on": "2026-11-27", "unit_ids": ["u0002", "u0003"],
}  # fmt: skip


class JointInspectionPayload(Payload):
    """What every event of an on-site joint inspection (现场联合踏勘) carries; the place stays in intake."""

    inspection_id = Id()  # the inspection, subject of this event
    handling_id = Id()  # the joint handling
    case_id = Id()
    case_no = Text(40)
    planned_on = Day()  # the day of it
    unit_ids = Many(Id())  # units that go


@REGISTRY.event("intake.joint_inspection.planned", audience="public", examples=[_INSPECTION, {**_INSPECTION, "unit_ids": ["u0002"]}])
class JointInspectionPlannedV1(JointInspectionPayload):
    """The units are to go to the site together."""


@REGISTRY.event("intake.joint_inspection.moved", audience="public", examples=[
    {**_INSPECTION, "previous_on": "2026-11-26"}, {**_INSPECTION, "previous_on": "2026-11-30"},
])  # fmt: skip
class JointInspectionMovedV1(JointInspectionPayload):
    """On another day."""

    previous_on = Day()  # the day it was to be before


@REGISTRY.event("intake.joint_inspection.done", audience="public", examples=[
    {**_INSPECTION, "done_on": "2026-11-27", "result": "passed", "in_time": True}, {**_INSPECTION, "done_on": "2026-12-01", "result": "rectify", "in_time": False},
])  # fmt: skip
class JointInspectionDoneV1(JointInspectionPayload):
    """They were there; findings and the decision on the spot stay in intake."""

    done_on = Day()  # when they were there
    result = Code()  # passed | rectify | failed
    in_time = Flag()  # inside the limits that ran


@REGISTRY.event("intake.joint_inspection.cancelled", audience="public", examples=[_INSPECTION, {**_INSPECTION, "planned_on": "2026-11-30"}])
class JointInspectionCancelledV1(JointInspectionPayload):
    """They do not go; why stays in intake."""


_CONDUCT = {
    "conduct_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c1301", "kind": "obstruct", "handling_id": _CASE["handling_id"], "case_id": _CASE["case_id"],
    "unit_id": "u0002", "window_id": None, "staff_id": "s0010", "recorded_by": "s0040", "occurred_at": "2026-11-27T01:20:00+00:00",
}  # fmt: skip
_SUPPORT = {**_CONDUCT, "kind": "support", "window_id": "w0002", "staff_id": None, "handling_id": None, "case_id": None}


class JointConductPayload(Payload):
    """What every event about conduct in joint handling carries; the evidence stays with its owner."""

    conduct_id = Id()  # the report, subject of this event
    kind = Code()  # obstruct | support
    handling_id = Id(required=False, allow_none=True)  # the joint handling it was about, if about one
    case_id = Id(required=False, allow_none=True)
    unit_id = Id()  # whose conduct it was
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)  # the person whose duty it was; always there when something was held up
    recorded_by = Id()  # the person who reported it
    occurred_at = Time()  # when it happened


@REGISTRY.event("intake.joint_conduct.recorded", audience="internal", examples=[_CONDUCT, _SUPPORT])
class JointConductRecordedV1(JointConductPayload):
    """Reported by a person; nobody has judged it yet."""


@REGISTRY.event("intake.joint_conduct.decided", audience="internal", examples=[
    {**_CONDUCT, "verified": True, "decided_by": "s0041"}, {**_SUPPORT, "verified": False, "decided_by": "s0041"},
])  # fmt: skip
class JointConductDecidedV1(JointConductPayload):
    """A second person found it true, or not; the newest verdict counts."""

    verified = Flag()  # true, or not
    decided_by = Id()  # the second person
