"""The decision (办结)."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.case import DECIDED, OPEN, Case
from services.intake.domain.clocks import next_look
from services.intake.domain.counting import counted_between
from services.intake.domain.delegations import Delegation, authority
from services.intake.domain.errors import Refused
from services.intake.domain.happenings import Decided
from services.intake.domain.ladder import days_over, settle_overdue
from services.intake.domain.rules import Now
from services.intake.domain.stages import COMPLETE, ISSUE, Done, complete, enter
from services.intake.domain.written import required


@dataclass(frozen=True)
class Decider:
    """Who decides: a person, his unit, and the delegations he holds; `collective_no` numbers the minutes of a collective decision (集体决定);
    `open_tasks` are the opinions of back offices still outstanding.
    """

    staff_id: str
    unit_id: str
    held: tuple[Delegation, ...]
    collective_no: str = ""
    open_tasks: int = 0


def decide(case: Case, by: Decider, *, outcome: str, opinion: str, now: Now) -> None:
    """Decide (办结). Working days over that nobody has told yet are told first.

    Raises Refused HANDLER_OF_OTHER_UNIT, NO_ACTIVE_DELEGATION, BACK_OFFICE_OUTSTANDING; Invalid REASON_REQUIRED: a licence is refused in writing and with
    reasons (Licensing Law Art. 38).
    """
    case.require(*OPEN)
    if outcome == "rejected":
        required(opinion, "REASON_REQUIRED", "opinion")
    if by.unit_id != case.unit_id:
        raise Refused("HANDLER_OF_OTHER_UNIT", "only the item's own unit decides", handler_id=by.staff_id, unit_id=case.unit_id)
    delegation = authority(by.held, staff_id=by.staff_id, unit_id=case.unit_id, item_id=case.item_id, on=now.today)
    if by.open_tasks:
        raise Refused(
            "BACK_OFFICE_OUTSTANDING", f"{by.open_tasks} opinions are outstanding: wait for or withdraw them", case_id=case.case_id
        )
    settle_overdue(case, now, cause="calendar")
    case.elapsed_days = counted_between(now.calendar, case.calculation().start, now.today, "working", case.stops)
    case.overdue_days = len(days_over(case, now))
    case.state = DECIDED
    case.decision, case.decided_at, case.decided_by, case.opinion = outcome, now.at, by.staff_id, opinion
    case.delegation_id, case.collective_no = delegation.delegation_id, by.collective_no or None
    case.happened(Decided, now.at, outcome=outcome, elapsed_days=case.elapsed_days, overdue_days=case.overdue_days)
    complete(case, Done(COMPLETE, by.staff_id, opinion), now=now)
    if outcome == "approved":
        # The limit for handing over the certificate is that of a granted licence (Licensing Law Art. 44).
        enter(case, ISSUE, at=now.at, now=now)
    case.timer_at = next_look(case, now)
