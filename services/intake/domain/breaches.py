"""Judging a breach: whether staff are at fault for working days over or for a missed notice.

What was told counts against staff until a person who had no part in the case decides otherwise. The decision covers what has been told so far; it can
only be turned round by a further decision, taken by somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.case import Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import BreachJudged
from services.intake.domain.ladder import NOTICE, OVERDUE
from services.intake.domain.rules import Now
from services.intake.domain.written import required

BREACHES = (OVERDUE, NOTICE)


@dataclass(frozen=True)
class Judgement:
    """Who decides what about which breach, why, and on what basis (a document, a record of the outage)."""

    breach: str
    staff_fault: bool
    decided_by: str | None
    reason: str
    basis: str


def judge(case: Case, verdict: Judgement, *, now: Now) -> None:
    """Excuse (no fault of staff) or confirm what was told.

    Raises Refused NOTHING_TO_JUDGE, BREACH_ALREADY_JUDGED, JUDGE_HANDLED_CASE, JUDGED_BY_SAME_PERSON; Invalid BREACH_UNKNOWN, JUDGE_REQUIRED,
    REASON_REQUIRED, BASIS_REQUIRED.
    """
    if verdict.breach not in BREACHES:
        raise Invalid("BREACH_UNKNOWN", f"breach: {verdict.breach} cannot be judged", field="breach")
    judge_id = required(verdict.decided_by, "JUDGE_REQUIRED", "decided_by")
    required(verdict.reason, "REASON_REQUIRED", "reason")
    required(verdict.basis, "BASIS_REQUIRED", "basis")
    told = [fact for fact in case.breaches if fact["kind"] == verdict.breach]
    if not told:
        raise Refused("NOTHING_TO_JUDGE", f"nothing of the kind {verdict.breach} stands against the case", case_id=case.case_id)
    concerned = [fact for fact in told if fact["staff_fault"] is not verdict.staff_fault]
    if not concerned:
        raise Refused("BREACH_ALREADY_JUDGED", "it was decided so before", case_id=case.case_id)
    if judge_id in case.handlers:
        raise Refused("JUDGE_HANDLED_CASE", "who had the case in hand cannot judge it", decided_by=judge_id)
    if any(fact["judged_by"] == judge_id for fact in concerned):
        raise Refused("JUDGED_BY_SAME_PERSON", "a decision is turned round by somebody else", decided_by=judge_id)
    mark = {"staff_fault": verdict.staff_fault, "judged_by": judge_id}
    case.breaches = [{**fact, **mark} if fact in concerned else fact for fact in case.breaches]
    number = len(case.judgements) + 1
    entry = {
        "number": number, "breach": verdict.breach, "staff_fault": verdict.staff_fault, "decided_by": judge_id, "reason": verdict.reason,
        "basis": verdict.basis, "decided_at": now.at.isoformat(), "versions": [fact["version"] for fact in concerned],
    }  # fmt: skip
    case.judgements = [*case.judgements, entry]
    case.happened(
        BreachJudged, now.at, number=number, breach=verdict.breach, staff_fault=verdict.staff_fault, decided_by=judge_id, facts=tuple(concerned),
    )  # fmt: skip
