"""Suspension (特别程序): the time of a procedure that the law does not count, with a limit of its own that is watched.

Administrative Licensing Law Art. 45: hearing, tender, auction, inspection, testing, quarantine, appraisal and expert review are not counted; the time
needed is told to the applicant in writing. The day on which a suspension begins is not consumed, the day on which it ends neither.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from services.intake.domain.case import IN_REVIEW, OPEN, SUSPENDED, Case
from services.intake.domain.counting import counted_between
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import Resumed, Suspended, SuspensionOverrun
from services.intake.domain.projection import move
from services.intake.domain.rules import Now
from services.intake.domain.written import Notice, check_notice, required

PROCEDURES = ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review")
LONGEST = 730


@dataclass(frozen=True)
class Procedure:
    """What the applicant was told in writing: which procedure, why, and the working days it needs."""

    procedure: str
    limit_days: int
    reason: str
    notice: Notice
    by: str


def suspend(case: Case, told: Procedure, *, now: Now) -> None:
    """Stop the limits from today on.

    Raises Refused CASE_SUSPENDED, SUSPENSION_IN_A_ROW, LEGAL_LIMIT_OVER; Invalid PROCEDURE_UNKNOWN, PROCEDURE_LIMIT_INVALID, REASON_REQUIRED,
    NOTICE_NO_REQUIRED, NOTICE_DATE_INVALID.
    """
    case.require(*OPEN)
    if told.procedure not in PROCEDURES:
        raise Invalid("PROCEDURE_UNKNOWN", f"procedure: {told.procedure} is not one of Art. 45", field="procedure")
    if not 1 <= told.limit_days <= LONGEST:
        raise Invalid("PROCEDURE_LIMIT_INVALID", f"limit_days: between 1 and {LONGEST} working days", field="limit_days")
    required(told.reason, "REASON_REQUIRED", "reason")
    check_notice(case, told.notice, now)
    today = now.today
    if case.suspensions and case.suspensions[-1]["ended_on"] == today.isoformat():
        # Nothing is lost by beginning tomorrow: neither today nor the day of the beginning is consumed.
        raise Refused(
            "SUSPENSION_IN_A_ROW", "a suspension ended today; the next one can begin tomorrow at the earliest", case_id=case.case_id
        )
    assert case.legal_due is not None
    if today > case.legal_due:
        raise Refused(
            "LEGAL_LIMIT_OVER", f"the legal limit ended on {case.legal_due}; what is over cannot be stopped", case_id=case.case_id
        )
    limit_due = now.calendar.add_workdays(today, told.limit_days).date
    entry = {
        "number": len(case.suspensions) + 1, "procedure": told.procedure, "reason": told.reason, "notice_no": told.notice.number,
        "noticed_on": told.notice.on.isoformat(), "limit_days": told.limit_days, "limit_due": limit_due.isoformat(),
        "started_on": today.isoformat(), "started_at": now.at.isoformat(), "started_by": told.by, "ended_on": None, "ended_at": None,
        "ended_by": None, "result": None, "overrun_days": None, "told": [],
    }  # fmt: skip
    case.suspensions = [*case.suspensions, entry]
    case.state = SUSPENDED
    deadline = case.calculation()
    consumed = counted_between(now.calendar, deadline.start, today, deadline.promised.day_kind, case.stops)
    case.happened(
        Suspended, now.at, procedure=told.procedure, started_on=today, limit_days=told.limit_days, limit_due=limit_due, by=told.by,
        notice_no=told.notice.number, remaining_days=max(0, deadline.promised.budget - consumed),
    )  # fmt: skip
    move(case, now, cause="suspended", actor=told.by, notice_nos=(told.notice.number,))


def resume(case: Case, *, by: str, result: str, now: Now) -> None:
    """End the procedure with its result; the limits run again from tomorrow. Raises Refused CASE_NOT_SUSPENDED, Invalid RESULT_REQUIRED."""
    if case.state in OPEN:
        raise Refused("CASE_NOT_SUSPENDED", "no special procedure runs", case_id=case.case_id)
    case.require(SUSPENDED)
    required(result, "RESULT_REQUIRED", "result")
    _watch(case, now)
    running, today = case.suspensions[-1], now.today
    over = _overrun(running, now)
    ended = {
        **running,
        "ended_on": today.isoformat(),
        "ended_at": now.at.isoformat(),
        "ended_by": by,
        "result": result,
        "overrun_days": over,
    }
    case.suspensions = [*case.suspensions[:-1], ended]
    case.state = IN_REVIEW
    started = dt.date.fromisoformat(running["started_on"])
    case.happened(Resumed, now.at, procedure=running["procedure"], started_on=started, ended_on=today, overrun_days=over, by=by)
    move(case, now, cause="resumed", actor=by, notice_nos=(running["notice_no"],))


def watch(case: Case, now: Now) -> None:
    """Tell that a procedure takes longer than was written to the applicant: once when it begins to, once when it is grave."""
    if case.state == SUSPENDED:
        _watch(case, now)


def _watch(case: Case, now: Now) -> None:
    running = case.suspensions[-1]
    over = _overrun(running, now)
    limit_due = dt.date.fromisoformat(running["limit_due"])
    for level, days in (("red", 1), ("double_red", now.rules.double_red_days)):
        if over >= days and level not in running["told"]:
            running = {**running, "told": [*running["told"], level]}
            as_of = now.calendar.add_workdays(limit_due, days).date
            case.happened(
                SuspensionOverrun, now.at, number=running["number"], procedure=running["procedure"], level=level, limit_due=limit_due,
                overrun_days=days, as_of=as_of,
            )  # fmt: skip
    case.suspensions = [*case.suspensions[:-1], running]


def _overrun(running: dict[str, Any], now: Now) -> int:
    return max(0, now.calendar.workdays_between(dt.date.fromisoformat(running["limit_due"]), now.today))
