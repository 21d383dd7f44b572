"""What happens next with a case, by when and why, in the applicant's words (M-B18); names nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import workdays
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_steps import whereabouts
from services.intake.domain.case import ACCEPTED, DECIDED, DELIVERED, IN_REVIEW, REGISTERED, RETURNED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.joint.notes import Note
from services.intake.domain.rules import Now
from services.intake.domain.steps import Step

CERTIFICATE_DAYS = 10
"""Within so many working days of the decision the paper is handed over or sent (Licensing Law Art. 44)."""

PROCEDURES = {
    "hearing": ("听证", "Hearing"), "tender": ("招标", "Tender"), "auction": ("拍卖", "Auction"), "inspection": ("检验", "Inspection"),
    "testing": ("检测", "Testing"), "quarantine": ("检疫", "Quarantine"), "appraisal": ("鉴定", "Appraisal"),
    "expert_review": ("专家评审", "Expert review"),
}  # fmt: skip
_RETURNS = {
    "prohibited": ("属于国家禁止的事项", "the matter is prohibited"),
    "not_eligible": ("不符合法定条件", "the legal conditions are not met"),
    "not_competent": ("不属于本机关职权范围", "another body is competent"),
    "not_supplied": ("逾期未补正材料", "the materials asked for did not come in time"),
    "withdrawn": ("申请人已撤回申请", "the application was withdrawn"),
}


@dataclass(frozen=True)
class Facts:
    """What the sentence is made of besides the case: the hall's name, days left of the promise (minus: over), as the list shows them,
    the live entry of the agency register, and what a joint handling waits for.
    """

    hall: str
    remaining: int | None
    now: Now
    agency: AgencyMatter | None = None
    joint: Note | None = None


def next_step(case: Case, facts: Facts) -> Step:
    """The next step of a case in any state."""
    step = _STEPS[case.state](case, facts)
    if facts.joint is None:
        return step
    return Step(f"{step.zh}；{facts.joint.zh}", f"{step.en}. {facts.joint.en}", step.by)


def _registered(case: Case, facts: Facts) -> Step:
    last = facts.now.calendar.add_workdays(case.clock_start, facts.now.rules.notice_days).date
    return Step(
        f"窗口将在{last}前受理，或一次性告知需要补正的全部材料；逾期不告知即视为受理（行政许可法第三十二条）",
        f"The window accepts the case or names everything missing by {last}; silence counts as acceptance (Licensing Law Art. 32)",
        last,
    )


def _supplement(case: Case, facts: Facts) -> Step:
    last = case.notices[-1].get("supply_by")
    if last is None:
        return Step(
            "请补正所列材料；材料齐全后重新计算受理期限",
            "Please supply the listed materials; the time for acceptance starts when all are there",
        )
    by = dt.date.fromisoformat(last)
    if by < facts.now.today:
        return Step(
            f"补正期限{by}已过，窗口可不予受理；如仍需办理，请尽快到{facts.hall}补正",
            f"The time to supply ended on {by}; the case may be refused. To go on, please supply the materials at once at {facts.hall}",
            by,
        )
    return Step(
        f"请在{by}前补正所列材料；逾期未补正的，可不予受理（行政许可法第三十二条）",
        f"Please supply the listed materials by {by}; without them the case may be refused (Licensing Law Art. 32)",
        by,
    )


def _running(case: Case, facts: Facts) -> Step:
    whole = _promised(case, facts)
    where = None if facts.agency is None else whereabouts(facts.agency, facts.now)
    return whole if where is None else Step(f"{where.zh}；{whole.zh}", f"{where.en}; {whole.en}", where.by or whole.by)


def _promised(case: Case, facts: Facts) -> Step:
    due, left = case.promised_due, facts.remaining
    if left is not None and left < 0:
        return Step(
            f"承诺办结日为{due}，已超过{-left}个工作日，窗口正在催办", f"Promised by {due}; {-left} working days over, being chased", due
        )
    zh, en = f"正在办理，承诺于{due}前办结（还有{left}个工作日）", f"In progress, promised by {due} ({left} working days left)"
    if case.extension is not None:
        days = case.extension["days"]
        zh += f"；经批准已延长{days}日（行政许可法第四十二条）"
        en += f"; extended by {days} days with approval (Licensing Law Art. 42)"
    if case.provisional:
        zh, en = zh + "；节假日安排公布后可能调整", en + "; may move when the holiday notice is published"
    return Step(zh, en, due)


def _suspended(case: Case, _facts: Facts) -> Step:
    running = case.suspensions[-1]
    zh, en = PROCEDURES[running["procedure"]]
    last = dt.date.fromisoformat(running["limit_due"])
    return Step(
        f"正在进行{zh}，预计于{last}前结束，所需时间不计入办理期限（行政许可法第四十五条）",
        f"{en} in progress, expected to end by {last}; its time does not count (Licensing Law Art. 45)",
        last,
    )


def _decided(case: Case, facts: Facts) -> Step:
    assert case.decided_at is not None
    last = facts.now.calendar.add_workdays(workdays.beijing_date(case.decided_at), CERTIFICATE_DAYS).date
    zh, en = ("准予", "the result") if case.decision == "approved" else ("不予许可", "the written refusal with its reasons")
    return Step(
        f"已办结（{zh}），请凭受理凭证到{facts.hall}窗口领取；{last}前未领取的将按约定方式送达（行政许可法第四十四条）",
        f"Decided; please collect {en} with your receipt at a window of {facts.hall}; it is handed over or sent by {last} (Licensing Law Art. 44)",
        last,
    )


def _delivered(case: Case, _facts: Facts) -> Step:
    if case.delivery_method == "courier":
        return Step("办理结果已邮寄送达", "The result has been sent by courier")
    return Step("办理结果已送达；欢迎对本次服务作出评价", "The result has been handed over; you are welcome to rate the service")


def _returned(case: Case, _facts: Facts) -> Step:
    zh, en = _RETURNS.get(case.return_reason_code or "", ("", ""))
    why_zh, why_en = f"：{zh}" if zh else "", f": {en}" if en else ""
    return Step(
        f"不予受理{why_zh}；详细理由见退回通知书，有异议可在窗口要求书面答复",
        f"Not accepted{why_en}; the written reason is in the return notice, and an explicit answer may be demanded at the window",
    )


_STEPS: dict[str, Callable[[Case, Facts], Step]] = {
    REGISTERED: _registered, SUPPLEMENT: _supplement, ACCEPTED: _running, IN_REVIEW: _running, SUSPENDED: _suspended, DECIDED: _decided,
    DELIVERED: _delivered, RETURNED: _returned,
}  # fmt: skip
