"""The agency register (代办事项登记表): what the hall carries to the upper level for the applicant (M-B10, M-B21).

registered → assigned → submitted → returned → notified → collected; an answer "needs more" leads back to assigned for another round, and `ended`
takes an entry out that the hall carries no further. Choices that are not in the source (how entry and case hang together: decision 0017):

* The limit (in principle 7 days, A-02) is until the papers are with the upper level. It counts from the registration, not from a deemed acceptance
  in the past: nobody could act on an entry before it stood in the register. Days, kind and warning are those of the settings on that day.
* An answer "needs more" starts a new round with the same limit from the day after it. The figures judge the first submission only.
* While a special procedure stops the case (Licensing Law Art. 45) the submission limit stands still with it: papers that wait for an inspection cannot
  go up. The day that the upper level named does not: no procedure of the hall binds another body.
* The upper level's days over are told as its own, under another event, and never count against the agent.
* Papers that are at the upper level are not lost by a new class: the case cannot leave the routing class until the entry is ended by hand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain import agency_watch as watch
from services.intake.domain.agency_happenings import (
    AgentAssigned,
    MatterEnded,
    MatterRegistered,
    MatterReturned,
    MatterSubmitted,
    PapersCollected,
    ResultNotified,
    UpperDueMoved,
)
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import (
    ASSIGNED,
    COLLECTED,
    ENDED,
    NEEDS_MORE,
    NOTIFIED,
    ON_COLLECTION,
    REGISTERED,
    RETURNED,
    SUBMITTED,
)
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Now


@dataclass(frozen=True)
class Assignment:
    """Who carries it, to which department, promised to be there by when (None: at the limit), on whose word; a new agent needs a reason."""

    agent_id: str
    upper_department: str
    promised_on: dt.date | None
    reason: str
    by: str


def register(matter: AgencyMatter, now: Now) -> AgencyMatter:
    """Enter it and start its limit."""
    watch.project(matter, now)
    matter.happened(MatterRegistered, now.at)
    watch.reset(matter, now)
    return matter


def assign(matter: AgencyMatter, to: Assignment, now: Now) -> None:
    """Give it to an agent, or to another one; the limit stays.

    Raises Refused ALREADY_AGENT and what the state says; Invalid REASON_REQUIRED, UPPER_DEPARTMENT_REQUIRED, PROMISE_PAST, PROMISE_AFTER_LIMIT.
    """
    matter.require(REGISTERED, ASSIGNED, SUBMITTED)
    before = matter.agent_id
    if before == to.agent_id:
        raise Refused("ALREADY_AGENT", f"{before} is the agent", agent_id=to.agent_id)
    if before is not None and not to.reason.strip():
        raise Invalid("REASON_REQUIRED", "reason: why another agent", field="reason")
    _name_department(matter, to.upper_department)
    if matter.state != SUBMITTED:
        _promise(matter, to.promised_on, now)
    watch.settle(matter, now)
    matter.agent_id = to.agent_id
    if matter.state == REGISTERED:
        matter.state = ASSIGNED
    entry = {"at": now.at.isoformat(), "agent_id": to.agent_id, "from_agent_id": before, "by": to.by, "reason": to.reason}
    matter.assignments = [*matter.assignments, entry]
    matter.happened(AgentAssigned, now.at, from_agent_id=before, by=to.by)
    watch.reset(matter, now)


def contact(matter: AgencyMatter, note: str, *, by: str, now: Now) -> None:
    """Write down a contact with the upper department: made early, before the papers go up, or to ask where the matter stays."""
    matter.require(REGISTERED, ASSIGNED, SUBMITTED)
    purpose = "chase" if matter.state == SUBMITTED else "early"
    if matter.contacted_at is None:
        matter.contacted_at = now.at
    matter.contacts = [*matter.contacts, {"at": now.at.isoformat(), "by": by, "purpose": purpose, "note": note}]


def submit(matter: AgencyMatter, upper_department: str, upper_due: dt.date | None, *, by: str, now: Now) -> None:
    """The papers are with the upper level, which answers by `upper_due` if it said so. Days over that nobody has told yet are told first.

    Raises what the state says; Invalid UPPER_DEPARTMENT_REQUIRED, UPPER_DUE_PAST.
    """
    matter.require(ASSIGNED)
    _name_department(matter, upper_department)
    watch.settle(matter, now)
    _upper_due(matter, upper_due, "", by, now)
    matter.state, matter.submitted_at, matter.submitted_by = SUBMITTED, now.at, by
    if matter.round == 1:
        # Where the limit stood still before its end, nothing was late.
        matter.first_due, matter.first_overdue_days = matter.due or now.today, len(matter.told)
    matter.happened(MatterSubmitted, now.at, round=matter.round, upper_due=upper_due, overdue_days=len(matter.told))
    watch.reset(matter, now)


def move_upper_due(matter: AgencyMatter, upper_due: dt.date, reason: str, *, by: str, now: Now) -> None:
    """The upper level named a day, or another one. Days over the former one stand as told.

    Raises Refused UPPER_DUE_UNCHANGED and what the state says; Invalid UPPER_DUE_PAST.
    """
    matter.require(SUBMITTED)
    if upper_due == matter.upper_due:
        raise Refused("UPPER_DUE_UNCHANGED", f"the upper level's day is {upper_due} already", matter_id=matter.matter_id)
    watch.settle(matter, now)
    before = matter.upper_due
    _upper_due(matter, upper_due, reason, by, now)
    matter.happened(UpperDueMoved, now.at, before=before, upper_due=upper_due)
    watch.reset(matter, now)


def take_back(matter: AgencyMatter, result: str, note: str, *, by: str, now: Now) -> None:
    """The upper level's answer: final, or a demand for more that begins another round. Raises what the state says; Invalid NOTE_REQUIRED."""
    matter.require(SUBMITTED)
    if result == NEEDS_MORE and not note.strip():
        raise Invalid("NOTE_REQUIRED", "note: what the upper level asks for", field="note")
    watch.settle(matter, now)
    matter.returned_at, matter.upper_result, matter.result_note = now.at, result, note
    over = len(matter.upper_told)
    finished = {
        "round": matter.round, "due": _iso(matter.due), "overdue_days": len(matter.told), "submitted_at": _iso(matter.submitted_at),
        "submitted_by": matter.submitted_by, "upper_due": _iso(matter.upper_due), "upper_overdue_days": over, "returned_at": now.at.isoformat(),
        "upper_result": result, "note": note, "recorded_by": by,
    }  # fmt: skip
    matter.rounds = [*matter.rounds, finished]
    matter.happened(MatterReturned, now.at, round=matter.round, upper_result=result, overdue_days=over)
    matter.state = RETURNED
    if result == NEEDS_MORE:
        _again(matter, now)
    watch.reset(matter, now)


def notify(matter: AgencyMatter, how: str, *, by: str, now: Now) -> None:
    """The applicant knows the answer. Raises what the state says."""
    matter.require(RETURNED)
    assert matter.returned_at is not None
    matter.state, matter.notified_at, matter.notified_how, matter.notified_by = NOTIFIED, now.at, how, by
    matter.happened(ResultNotified, now.at, how=how, minutes=int((now.at - matter.returned_at).total_seconds() // 60))


def collect(matter: AgencyMatter, *, by: str, now: Now) -> None:
    """The papers were handed over; who was not told before learns it now. Raises what the state says."""
    if matter.state == RETURNED:
        notify(matter, ON_COLLECTION, by=by, now=now)
    matter.require(NOTIFIED)
    matter.state, matter.collected_at = COLLECTED, now.at
    matter.happened(PapersCollected, now.at)


def end(matter: AgencyMatter, reason_code: str, reason: str, *, by: str, now: Now) -> None:
    """Carry it no further, before the upper level has decided. Raises what the state says."""
    matter.require(REGISTERED, ASSIGNED, SUBMITTED)
    watch.settle(matter, now)
    if matter.first_overdue_days is None and matter.told:
        matter.first_overdue_days = len(matter.told)
    before, matter.state, matter.timer_at = matter.state, ENDED, None
    matter.ended_at, matter.ended_by, matter.end_reason_code, matter.end_reason = now.at, by, reason_code, reason
    matter.happened(MatterEnded, now.at, reason_code=reason_code, from_state=before)


def _again(matter: AgencyMatter, now: Now) -> None:
    matter.state, matter.round, matter.start_at = ASSIGNED, matter.round + 1, now.at
    matter.submitted_at, matter.submitted_by, matter.upper_due, matter.promised_on = None, None, None, None
    matter.told, matter.upper_told, matter.reminded, matter.upper_reminded = [], [], None, None
    watch.project(matter, now)


def _name_department(matter: AgencyMatter, name: str) -> None:
    if name.strip():
        matter.upper_department = name
    if matter.upper_department is None:
        raise Invalid("UPPER_DEPARTMENT_REQUIRED", "upper_department: which body decides", field="upper_department")


def _promise(matter: AgencyMatter, day: dt.date | None, now: Now) -> None:
    if day is not None and day < now.today:
        raise Invalid("PROMISE_PAST", "promised_on: not before today", field="promised_on")
    if day is not None and matter.due is not None and day > matter.due:
        raise Invalid("PROMISE_AFTER_LIMIT", f"promised_on: the limit ends on {matter.due}", field="promised_on")
    matter.promised_on = day or matter.promised_on or matter.due


def _upper_due(matter: AgencyMatter, day: dt.date | None, reason: str, by: str, now: Now) -> None:
    if day is not None and day < now.today:
        raise Invalid("UPPER_DUE_PAST", "upper_due: not before today", field="upper_due")
    if day is not None:
        entry = {"at": now.at.isoformat(), "by": by, "round": matter.round, "upper_due": day.isoformat(), "reason": reason}
        matter.upper_dues = [*matter.upper_dues, entry]
    matter.upper_due, matter.upper_told = day, []


def _iso(value: dt.date | dt.datetime | None) -> str | None:
    return None if value is None else value.isoformat()
