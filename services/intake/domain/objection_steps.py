"""What happens next with an objection, by when and why, in the applicant's words; names nobody."""

from __future__ import annotations

from services.intake.domain.objections import ACCEPTED, ANSWERED, ESCALATED, RAISED, SETTLED, WITHDRAWN, Objection
from services.intake.domain.rules import Now
from services.intake.domain.steps import Step

_CLOSED = {
    ACCEPTED: ("您已认可答复，异议已办结", "You accepted the answer; the objection is closed"),
    WITHDRAWN: ("您已撤回异议", "You withdrew the objection"),
    SETTLED: ("中心已作出最终答复，异议已办结", "The centre has given its final answer; the objection is closed"),
}
_SILENT = ("答复后未再提出意见，异议已办结", "Nothing was said after the answer; the objection is closed")


def objection_step(objection: Objection, now: Now) -> Step:
    """The next step of an objection in any state."""
    due = objection.due
    if objection.state in (RAISED, ESCALATED):
        zh, en = ("办理单位", "The handling unit") if objection.state == RAISED else ("政务服务中心", "The service centre")
        over = now.calendar.workdays_between(due, now.today)
        if over > 0:
            return Step(
                f"{zh}应于{due}前明确答复，已超过{over}个工作日，正在催办",
                f"{en} owed an explicit answer by {due}; {over} working days over, being chased",
                due,
            )
        return Step(f"{zh}将在{due}前明确答复", f"{en} gives an explicit answer by {due}", due)
    if objection.state == ANSWERED:
        last = now.calendar.add_workdays(objection.answered_day(now), now.rules.objections.quiet_days).date
        return Step(
            f"已答复；如不满意，请在{last}前提请中心处理，逾期视为无异议",
            f"Answered; if you are not satisfied please escalate it to the centre by {last}, afterwards it is closed",
            last,
        )
    return Step(*_CLOSED.get(objection.outcome or "", _SILENT))
