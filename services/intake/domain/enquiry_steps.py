"""What happens next with an enquiry, by when and why, in the asker's words; names nobody."""

from __future__ import annotations

from services.intake.domain.enquiries import ANSWERED, CLOSED, OPEN, ROUTED, WAITING, WITHDRAWN, Enquiry
from services.intake.domain.enquiry_rules import FOLLOW
from services.intake.domain.rules import Now
from services.intake.domain.steps import Step


def enquiry_step(enquiry: Enquiry, hall: str, now: Now) -> Step:
    """The next step of an enquiry in any state."""
    if enquiry.state in WAITING:
        over = now.calendar.workdays_between(enquiry.due, now.today)
        return _late(enquiry, over) if over > 0 else _waiting(enquiry, hall)
    if enquiry.state == ANSWERED:
        last = now.calendar.add_workdays(enquiry.answered_day(now), now.rules.enquiries.close_days).date
        return Step(
            f"已答复；如不明白，请在{last}前持编号再次询问，逾期登记自动办结",
            f"Answered; if anything is unclear please ask again with the number by {last}, then the ticket is closed",
            last,
        )
    assert enquiry.state == CLOSED
    if enquiry.outcome == WITHDRAWN:
        return Step("您已撤回咨询", "You withdrew the question")
    return Step("咨询已办结", "The enquiry is closed")


def _late(enquiry: Enquiry, over: int) -> Step:
    return Step(
        f"应于{enquiry.due}前答复，已超过{over}个工作日，正在催办",
        f"The answer was due by {enquiry.due}; {over} working days over, being chased",
        enquiry.due,
    )


def _waiting(enquiry: Enquiry, hall: str) -> Step:
    due = enquiry.due
    if enquiry.state == OPEN and (enquiry.own_duty or enquiry.rule == FOLLOW):
        zh, en = (
            f"{hall}首问责任人将在{due}前答复（首问负责制）",
            f"The first-asked person of {hall} answers by {due} (first-asked responsibility)",
        )
    elif enquiry.state == OPEN:
        zh, en = (
            f"首问责任人正在联系对口窗口，{due}前答复（首问负责制）",
            f"The first-asked person is finding the right window; answered by {due} (first-asked responsibility)",
        )
    elif enquiry.state == ROUTED:
        zh, en = (
            f"已转对口窗口，待其接收；接收前仍由首问责任人负责，{due}前答复",
            f"Passed on to the right window, which has yet to accept; until then the first-asked person answers for it. Answered by {due}",
        )
    elif enquiry.rule == FOLLOW:
        zh, en = (
            f"对口窗口正在处理，首问责任人跟踪到底，{due}前答复",
            f"With the right window, followed by the first-asked person; answered by {due}",
        )
    else:
        zh, en = f"对口窗口已接收并负责，{due}前答复", f"Accepted by the right window, which answers by {due}"
    return Step(zh, en, due)
