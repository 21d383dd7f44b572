"""What the centre may decide about a joint handling (中心的权限, M-B20): decisions are numbered, with reason and person, and stay on record.

Approving or returning binds the decision on the case, which a person with a delegation makes as before. Postponing adds working days to one member's
limit, as an extension does to the case's: what is over already cannot be postponed. A limit for the whole is watched on its own and moves nothing of the
case.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.case import Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.joint import clock
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.handling import APPROVE, RETURN, JointHandling
from services.intake.domain.joint.members import ASKED, EXCUSED, OPEN
from services.intake.domain.rules import Now
from services.intake.domain.written import required

POSTPONE, DROP, LIMIT = "postpone_step", "drop_prerequisite", "set_limit"
KINDS = (APPROVE, RETURN, POSTPONE, DROP, LIMIT)


@dataclass(frozen=True)
class Ruling:
    """What is decided, on which unit or by how many working days where that is asked for, why, by whom, and at which meeting if at one."""

    kind: str
    reason: str
    by: str
    unit_id: str | None = None
    days: int | None = None
    meeting_id: str | None = None


def check_decider(case: Case, handling: JointHandling, by: str) -> None:
    """Who handles the case or spoke for a member does not decide for the centre. Raises Refused DECIDER_IS_INVOLVED."""
    spoke = {person for member in handling.members for person in member.people}
    if by in case.handlers or by in spoke:
        raise Refused("DECIDER_IS_INVOLVED", "who handles the case or spoke for a member cannot decide for the centre", decided_by=by)


def decide(handling: JointHandling, ruling: Ruling, *, now: Now) -> None:
    """Record the decision and do what follows from it.

    Raises Refused JOINT_CLOSED, NOT_A_MEMBER, OPINION_NOT_OUTSTANDING, STEP_NOT_RUNNING, STEP_OVERDUE, MEETING_NOT_HELD; Invalid REASON_REQUIRED,
    UNIT_REQUIRED, JOINT_LIMIT_INVALID, NOT_OF_THIS_DECISION.
    """
    handling.require_running()
    required(ruling.reason, "REASON_REQUIRED", "reason")
    _check_fields(ruling)
    _check_meeting(handling, ruling)
    handling.settle(now, cause="calendar")
    number = len(handling.decisions) + 1
    entry = {**vars(ruling), "number": number, "at": now.at.isoformat()}
    if ruling.kind == POSTPONE:
        _postpone(handling, ruling, number, now)
    elif ruling.kind == DROP:
        _drop(handling, ruling, number)
    elif ruling.kind == LIMIT:
        days = clock.check_days(ruling.days, "days")
        handling.limit = {"number": number, "days": days, "began": now.at.isoformat(), "told": []}
    handling.decisions = [*handling.decisions, entry]
    handling.happened(h.CentreDecided, now.at, entry=entry)
    handling.settle(now, cause="calendar")


def _check_fields(ruling: Ruling) -> None:
    if ruling.kind in (POSTPONE, DROP):
        required(ruling.unit_id, "UNIT_REQUIRED", "unit_id")
    elif ruling.unit_id is not None:
        raise Invalid("NOT_OF_THIS_DECISION", f"unit_id: {ruling.kind} is about the whole", field="unit_id")
    if ruling.days is not None and ruling.kind not in (POSTPONE, LIMIT):
        raise Invalid("NOT_OF_THIS_DECISION", f"days: {ruling.kind} moves no limit", field="days")


def _check_meeting(handling: JointHandling, ruling: Ruling) -> None:
    if ruling.meeting_id is None:
        return
    held = {meeting["meeting_id"] for meeting in handling.meetings if meeting["state"] in ("held", "minuted")}
    if ruling.meeting_id not in held:
        raise Refused("MEETING_NOT_HELD", "no meeting was held on it under this id", meeting_id=ruling.meeting_id)


def _postpone(handling: JointHandling, ruling: Ruling, number: int, now: Now) -> None:
    member = handling.member(ruling.unit_id or "")
    days = clock.check_days(ruling.days, "days")
    if member.state != ASKED:
        raise Refused("STEP_NOT_RUNNING", f"the unit is {member.state}: no clock of its runs", unit_id=member.unit_id, state=member.state)
    if member.overdue_days:
        raise Refused("STEP_OVERDUE", "what is over cannot be postponed", unit_id=member.unit_id)
    member.postponed_days += days
    before, due = member.reckon(handling.standing, now)
    move = {
        "number": number,
        "days": days,
        "before": before and before.isoformat(),
        "due": due and due.isoformat(),
        "at": now.at.isoformat(),
    }
    member.moves = [*member.moves, {**move, "by": ruling.by, "reason": ruling.reason}]
    handling.happened(h.MemberDueMoved, now.at, unit_id=member.unit_id, cause="postponed", before=before, due=due)


def _drop(handling: JointHandling, ruling: Ruling, number: int) -> None:
    member = handling.member(ruling.unit_id or "")
    if member.state not in OPEN:
        raise Refused("OPINION_NOT_OUTSTANDING", f"the unit is {member.state}", unit_id=member.unit_id, state=member.state)
    member.state, member.excused = EXCUSED, number
