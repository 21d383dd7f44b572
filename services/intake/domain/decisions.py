"""The decision (办结)."""

from __future__ import annotations

from services.intake.domain.case import DECIDED, OPEN, Case
from services.intake.domain.errors import Refused
from services.intake.domain.happenings import Decided
from services.intake.domain.ladder import send_overdue
from services.intake.domain.rules import Now
from services.intake.domain.stages import complete


def decide(case: Case, outcome: str, *, by: str, by_unit: str, opinion: str, now: Now) -> None:
    """Decide (办结). Working days over that nobody has told yet are told first. Raises Refused HANDLER_OF_OTHER_UNIT."""
    case.require(*OPEN)
    if by_unit != case.unit_id:
        raise Refused("HANDLER_OF_OTHER_UNIT", "only the item's own unit decides", handler_id=by, unit_id=case.unit_id)
    send_overdue(case, now)
    today = now.today
    start, due = case.calculation().start, case.promised_due
    assert due is not None
    case.elapsed_days = max(0, now.calendar.workdays_between(start, today))
    case.overdue_days = max(0, now.calendar.workdays_between(due, today))
    case.state, case.timer_at = DECIDED, None
    case.decision, case.decided_at, case.decided_by, case.opinion = outcome, now.at, by, opinion
    case.happened(Decided, now.at, outcome=outcome, elapsed_days=case.elapsed_days, overdue_days=case.overdue_days)
    complete(case, "complete", by, opinion, now.at)
