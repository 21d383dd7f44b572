"""Cases as the dicts that the answers show: applicants masked."""

from __future__ import annotations

from typing import Any

from services.intake.domain.case import OPEN, REGISTERED, SUPPLEMENT, Case
from services.intake.domain.deadlines import Deadline, Limit, explained
from services.intake.domain.masking import mask_contact, mask_name
from services.intake.domain.rules import Now

_PLAIN = (
    "case_id", "case_no", "region", "hall_id", "unit_id", "window_id", "staff_id", "item_id", "item_version", "channel", "received_at", "state",
    "time_class", "routing", "kind", "handed", "missing", "notices", "accepted_at", "deemed", "promised_due", "legal_due", "provisional", "stages",
    "return_reason_code", "return_reason", "returned_at", "decision", "decided_at", "decided_by", "delegation_id", "collective_no",
    "elapsed_days", "overdue_days", "delivery_method",
    "delivered_at", "version",
)  # fmt: skip


def case_view(case: Case, now: Now) -> dict[str, Any]:
    """The case for staff."""
    remaining = _remaining(case, now)
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "applicant": {"name": mask_name(case.applicant_name), "contact": mask_contact(case.applicant_contact)},
        "intake_outcome": case.outcome,
        "remaining_days": remaining,
        "overdue": bool(case.overdue_days) or (remaining is not None and remaining < 0),
    }


def _remaining(case: Case, now: Now) -> int | None:
    if case.state not in OPEN or case.promised_due is None:
        return None
    return now.calendar.workdays_between(now.today, case.promised_due)


def deadline_view(case: Case, now: Now) -> dict[str, Any]:
    """The stored calculation, day by day. Raises Refused CASE_NOT_ACCEPTED."""
    deadline = case.calculation()
    names = ("start", "start_cause", "rest_day_rule", "calendar_version", "calendar_revision", "provisional", "provisional_days")
    return {
        "case_id": case.case_id,
        "accepted_at": case.accepted_at,
        "deemed": case.deemed,
        **{name: getattr(deadline, name) for name in names},
        "promised": _limit_view(deadline, deadline.promised),
        "legal": _limit_view(deadline, deadline.legal),
        "warnings": [{"level": rung.level, "on": rung.on, "sent": rung.level in case.rungs_sent} for rung in deadline.rungs],
        "remaining_days": _remaining(case, now),
    }


def _limit_view(deadline: Deadline, limit: Limit) -> dict[str, Any]:
    return {"days": limit.days, "day_kind": limit.day_kind, "due": limit.due, "counted": explained(deadline.start, limit)}


def tracked_view(case: Case, item: dict[str, Any], hall_name: str, now: Now) -> dict[str, Any]:
    """The case for its applicant: no more of him than a masked name."""
    zh, en = _next_step(case, now)
    names = {material["code"]: material["name"] for material in item["materials"]}
    waiting = case.missing if case.state in (REGISTERED, SUPPLEMENT) else []
    return {
        "case_no": case.case_no, "item_name": item["name"], "hall_name": hall_name, "state": case.state, "received_at": case.received_at,
        "applicant_name": mask_name(case.applicant_name), "promised_due": case.promised_due, "provisional": case.provisional,
        "decision": case.decision, "next_step_zh": zh, "next_step_en": en, "missing_materials": [names.get(code, code) for code in waiting],
    }  # fmt: skip


def _next_step(case: Case, now: Now) -> tuple[str, str]:
    if case.state in OPEN:
        return _running(case, now)
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


def _running(case: Case, now: Now) -> tuple[str, str]:
    remaining, due = _remaining(case, now), case.promised_due
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
