"""Cases as the dicts that the answers show: applicants masked."""

from __future__ import annotations

from typing import Any

from services.intake.domain.case import OPEN, REGISTERED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.ladder import days_over
from services.intake.domain.masking import mask_name
from services.intake.domain.projection import COUNTED
from services.intake.domain.rules import Now

PROCEDURES = {
    "hearing": ("听证", "Hearing"), "tender": ("招标", "Tender"), "auction": ("拍卖", "Auction"), "inspection": ("检验", "Inspection"),
    "testing": ("检测", "Testing"), "quarantine": ("检疫", "Quarantine"), "appraisal": ("鉴定", "Appraisal"),
    "expert_review": ("专家评审", "Expert review"),
}  # fmt: skip

_PLAIN = (
    "case_id", "case_no", "region", "hall_id", "unit_id", "window_id", "staff_id", "item_id", "item_version", "channel", "received_at", "state",
    "time_class", "routing", "kind", "handed", "missing", "notices", "accepted_at", "deemed", "promised_due", "legal_due", "provisional", "stages",
    "return_reason_code", "return_reason", "returned_at", "decision", "decided_at", "decided_by", "delegation_id", "collective_no",
    "elapsed_days", "overdue_days", "delivery_method",
    "delivered_at", "reclassifications", "transfers", "version",
)  # fmt: skip


def case_view(case: Case, now: Now) -> dict[str, Any]:
    """The case for staff."""
    remaining = remaining_days(case, now)
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "applicant": case.applicant,
        "intake_outcome": case.outcome,
        "running_stage": case.running,
        "delivery": _delivery(case),
        "remaining_days": remaining,
        "overdue": bool(case.overdue_days) or (remaining is not None and remaining < 0),
    }


def _delivery(case: Case) -> dict[str, Any] | None:
    if case.delivery is None:
        return None
    signed_by = case.delivery.get("signed_by")
    shown = {**case.delivery, "collector": mask_name(case.collector) if case.collector else None}
    return {**shown, "signed_by": mask_name(signed_by) if signed_by else None}


def remaining_days(case: Case, now: Now) -> int | None:
    """Days left of the promised budget; minus the working days over. None before acceptance and after the decision."""
    if case.state not in COUNTED:
        return None
    over = len(days_over(case, now))
    if over:
        return -over
    deadline = case.calculation()
    return deadline.promised.budget - deadline.consumed_of(deadline.promised, now.calendar, now.today)


def tracked_view(case: Case, item: dict[str, Any], hall_name: str, now: Now) -> dict[str, Any]:
    """The case for its applicant: no more of him than a masked name."""
    zh, en = _next_step(case, now)
    names = {material["code"]: material["name"] for material in item["materials"]}
    waiting = case.missing if case.state in (REGISTERED, SUPPLEMENT) else []
    return {
        "case_no": case.case_no, "item_name": item["name"], "hall_name": hall_name, "state": case.state, "received_at": case.received_at,
        "applicant_name": case.applicant["name"], "promised_due": case.promised_due, "provisional": case.provisional,
        "decision": case.decision, "next_step_zh": zh, "next_step_en": en, "missing_materials": [names.get(code, code) for code in waiting],
    }  # fmt: skip


def _next_step(case: Case, now: Now) -> tuple[str, str]:
    if case.state in OPEN:
        return _running(case, now)
    if case.state == SUSPENDED:
        return _suspended(case)
    if case.state == REGISTERED:
        last = now.calendar.add_workdays(case.clock_start, now.rules.notice_days).date
        zh = f"窗口将在{last}前受理，或一次性告知需要补正的全部材料；逾期不告知即视为受理（行政许可法第三十二条）"
        return (
            zh,
            f"The window accepts the case or names everything missing by {last}; silence counts as acceptance (Licensing Law Art. 32)",
        )
    if case.state == SUPPLEMENT:
        by = case.notices[-1]["supply_by"]
        return f"请{by + '前' if by else ''}补正所列材料", f"Please supply the listed materials{' by ' + by if by else ''}"
    return {
        "decided": ("已办结，请领取办理结果", "Decided; please collect the result"),
        "delivered": ("办理结果已送达", "The result has been handed over"),
        "returned": ("不予受理，理由见退回通知书", "Not accepted; the written reason is in the return notice"),
    }[case.state]


def _suspended(case: Case) -> tuple[str, str]:
    running = case.suspensions[-1]
    zh, en = PROCEDURES[running["procedure"]]
    last = running["limit_due"]
    return (
        f"正在进行{zh}，预计于{last}前结束，所需时间不计入办理期限（行政许可法第四十五条）",
        f"{en} in progress, expected to end by {last}; its time does not count (Licensing Law Art. 45)",
    )


def _running(case: Case, now: Now) -> tuple[str, str]:
    remaining, due = remaining_days(case, now), case.promised_due
    assert remaining is not None
    if remaining < 0:
        return (
            f"承诺办结日为{due}，已超过{-remaining}个工作日，窗口正在催办",
            f"Promised by {due}; {-remaining} working days over, being chased",
        )
    zh, en = f"正在办理，承诺于{due}前办结（还有{remaining}个工作日）", f"In progress, promised by {due} ({remaining} working days left)"
    if case.provisional:
        zh, en = zh + "；节假日安排公布后可能调整", en + "; may move when the holiday notice is published"
    return zh, en
