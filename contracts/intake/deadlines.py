"""Events of intake: what moves, stops or excuses the deadline of a case (特别程序、延期)."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Flag, Id, Many, Text
from contracts.intake.payload import CASE, CasePayload
from contracts.registry import REGISTRY


class ToldV1(Schema):
    """An earlier event of the same case that this one corrects."""

    version = Count()  # number of the corrected event within the case
    overdue_days = Count(required=False, allow_none=True)  # its number of working days over; null for a missed notice
    as_of = Day()  # the day it was about


@REGISTRY.event("intake.case.suspended", audience="public", examples=[
    {**CASE, "procedure": "expert_review", "started_on": "2026-11-26", "limit_days": 10, "limit_due": "2026-12-10", "remaining_days": 3,
     "promised_due": None, "provisional": False, "suspended_by": "s0001", "notice_no": "特告〔2026〕12号"},
    {**CASE, "procedure": "hearing", "started_on": "2026-12-02", "limit_days": 20, "limit_due": "2026-12-30", "remaining_days": 0,
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
    {**CASE, "procedure": "expert_review", "started_on": "2026-11-26", "ended_on": "2026-12-08", "overrun_days": 0, "resumed_by": "s0001"},
    {**CASE, "procedure": "hearing", "started_on": "2026-12-02", "ended_on": "2027-01-05", "overrun_days": 3, "resumed_by": "s0003"},
])  # fmt: skip
class CaseResumedV1(CasePayload):
    """The special procedure ended; the limits run again from the next day. Its result stays in intake."""

    procedure = Code()  # as in suspended
    started_on = Day()  # the first day that was not counted
    ended_on = Day()  # the last day that was not counted
    overrun_days = Count()  # working days beyond what the applicant was told
    resumed_by = Id()  # the person who did it


@REGISTRY.event("intake.case.suspension_overrun", audience="public", examples=[
    {**CASE, "number": 1, "procedure": "testing", "level": "red", "limit_due": "2026-12-10", "overrun_days": 1, "as_of": "2026-12-11"},
    {**CASE, "number": 2, "procedure": "hearing", "level": "double_red", "limit_due": "2026-12-10", "overrun_days": 3, "as_of": "2026-12-15"},
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
    {**CASE, "days": 10, "approver_id": "s0009", "requested_by": "s0001", "notice_no": "延告〔2026〕7号"},
    {**CASE, "days": 15, "approver_id": "s0010", "requested_by": "s0003", "notice_no": "延告〔2026〕8号"},
])  # fmt: skip
class CaseExtendedV1(CasePayload):
    """Both limits were extended, once (延期, Licensing Law Art. 42); the new due days follow as deadline_moved."""

    days = Count()  # days added, of the limit's kind
    approver_id = Id()  # who approved
    requested_by = Id()  # who asked for it
    notice_no = Text(100)  # number of the written notice


@REGISTRY.event("intake.case.deadline_moved", audience="public", examples=[
    {**CASE, "cause": "extended", "actor": "s0009", "notice_nos": ["延告〔2026〕7号"], "promised_before": "2026-11-30", "promised_due": "2026-12-14",
     "legal_before": "2026-12-21", "legal_due": "2027-01-05", "provisional": True, "calendar_revision": 1},
    {**CASE, "cause": "calendar", "actor": None, "notice_nos": ["国办发明电〔2026〕1号"], "promised_before": "2027-01-04", "promised_due": "2027-01-04",
     "legal_before": "2027-01-05", "legal_due": "2027-01-05", "provisional": False, "calendar_revision": 2},
    {**CASE, "cause": "resumed", "actor": "s0001", "notice_nos": ["特告〔2026〕12号"], "promised_before": None, "promised_due": "2026-12-11",
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
    {**CASE, "cause": "calendar", "facts": [{"version": 6, "overdue_days": 1, "as_of": "2026-12-01"}]},
    {**CASE, "cause": "suspended", "facts": [{"version": 7, "overdue_days": 2, "as_of": "2026-12-02"}]},
])  # fmt: skip
class CaseOverdueWithdrawnV1(CasePayload):
    """Working days over that were told are none: the earlier `overdue` events named here do not hold any more."""

    cause = Code()  # calendar | suspended | resumed | extended
    facts = Many(ToldV1)  # the events that are withdrawn


@REGISTRY.event("intake.case.breach_judged", audience="public", examples=[
    {**CASE, "number": 1, "breach": "overdue", "staff_fault": False, "decided_by": "s0009",
     "facts": [{"version": 6, "overdue_days": 1, "as_of": "2026-12-01"}, {"version": 7, "overdue_days": 2, "as_of": "2026-12-02"}]},
    {**CASE, "number": 2, "breach": "notice_missed", "staff_fault": True, "decided_by": "s0010",
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
