"""Where an agency matter (代办件) is and what comes next, in the applicant's words; names nobody."""

from __future__ import annotations

from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import NEEDS_MORE, NOTIFIED, PREPARING, REFUSED, RETURNED, SUBMITTED
from services.intake.domain.rules import Now
from services.intake.domain.steps import Step


def whereabouts(matter: AgencyMatter, now: Now) -> Step | None:
    """The step of an entry that is live; None when the case goes its own way."""
    if matter.state in PREPARING:
        return _preparing(matter, now)
    if matter.state == SUBMITTED:
        return _at_upper_level(matter, now)
    if matter.state in (RETURNED, NOTIFIED):
        return _back(matter)
    return None


def _preparing(matter: AgencyMatter, now: Now) -> Step:
    zh, en = _department(matter)
    again_zh, again_en = ("上级要求补充材料，", "More was asked for; ") if matter.upper_result == NEEDS_MORE else ("", "")
    if matter.due is None:
        return Step(
            f"{again_zh}本件由大厅代办，特别程序结束后报送{zh}",
            f"{again_en}the hall takes the matter to {en} for you as soon as the special procedure ends",
        )
    if now.calendar.workdays_between(matter.due, now.today) > 0:
        return Step(
            f"{again_zh}本件由大厅代办，应于{matter.due}前报送{zh}，现已逾期，正在催办",
            f"{again_en}the hall takes the matter to {en} for you; that was due by {matter.due} and is being chased",
            matter.due,
        )
    # A promise that passed is no news; the limit still is.
    day = matter.promised_on if matter.promised_on is not None and matter.promised_on >= now.today else matter.due
    return Step(
        f"{again_zh}本件由大厅代办，将于{day}前报送{zh}",
        f"{again_en}the hall takes the matter to {en} for you by {day}",
        day,
    )


def _at_upper_level(matter: AgencyMatter, now: Now) -> Step:
    zh, en = _department(matter)
    assert matter.submitted_at is not None
    sent = now.day_of(matter.submitted_at)
    if matter.upper_due is None:
        return Step(f"已于{sent}报送{zh}，正在等待答复", f"Taken to {en} on {sent}; its answer is awaited")
    if now.calendar.workdays_between(matter.upper_due, now.today) > 0:
        return Step(
            f"已于{sent}报送{zh}，原定{matter.upper_due}前答复，大厅正在催问",
            f"Taken to {en} on {sent}; its answer was due by {matter.upper_due} and the hall is asking for it",
            matter.upper_due,
        )
    return Step(
        f"已于{sent}报送{zh}，预计{matter.upper_due}前答复",
        f"Taken to {en} on {sent}; its answer is due by {matter.upper_due}",
        matter.upper_due,
    )


def _back(matter: AgencyMatter) -> Step:
    zh, en = _department(matter)
    result_zh, result_en = ("不予办理", "refused") if matter.upper_result == REFUSED else ("准予办理", "granted")
    return Step(
        f"{zh}已答复（{result_zh}），大厅正在办结", f"{en[:1].upper()}{en[1:]} has answered ({result_en}); the hall is closing the case"
    )


def _department(matter: AgencyMatter) -> tuple[str, str]:
    return (matter.upper_department or "上级部门", matter.upper_department or "the upper level")
