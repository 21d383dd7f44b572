"""Cases as the dicts that the answers show: applicants masked."""

from __future__ import annotations

from typing import Any

from services.intake.domain.case import REGISTERED, SUPPLEMENT, Case
from services.intake.domain.ladder import days_over
from services.intake.domain.next_step import Facts, next_step
from services.intake.domain.projection import COUNTED
from services.intake.domain.rules import Now

_IN_LISTS = (
    "case_id", "case_no", "region", "hall_id", "unit_id", "window_id", "staff_id", "item_id", "item_version", "channel", "received_at", "state",
    "time_class", "routing", "kind", "missing", "accepted_at", "deemed", "promised_due", "legal_due", "provisional",
    "return_reason_code", "returned_at", "decision", "decided_at", "decided_by", "elapsed_days", "overdue_days", "delivery_method", "delivered_at",
    "version",
)  # fmt: skip
_ALONE = ("handed", "notices", "stages", "return_reason", "delegation_id", "collective_no", "reclassifications", "transfers")
#: Columns that no list shows and nothing that it shows rests on.
NOT_IN_LISTS = (
    "track_hash", "notices", "stages", "breaches", "judgements", "running", "transfers", "delivery", "key_stages", "opinion", "collector", "return_reason",
    "delegation_id", "collective_no", "timer_at", "rungs_sent", "clock_at", "clock_start",
)  # fmt: skip


def case_view(case: Case, now: Now) -> dict[str, Any]:
    """The case for staff, with everything that happened to it."""
    more = {name: getattr(case, name) for name in _ALONE}
    return {**line_view(case, now), **more, "running_stage": case.running, "delivery": _delivery(case)}


def line_view(case: Case, now: Now) -> dict[str, Any]:
    """The case as a line of a list: where it stands, without its materials, notices, stages, transfers and delivery."""
    remaining = remaining_days(case, now)
    return {
        **{name: getattr(case, name) for name in _IN_LISTS},
        "applicant": case.applicant,
        "intake_outcome": case.outcome,
        "green_channel": _green(case),
        "remaining_days": remaining,
        "overdue": bool(case.overdue_days) or (remaining is not None and remaining < 0),
    }


def _green(case: Case) -> dict[str, Any] | None:
    entry = case.green_channel
    return None if entry is None else {**entry, "original_kind": entry["before"]["kind"]}


def _delivery(case: Case) -> dict[str, Any] | None:
    if case.delivery is None:
        return None
    return {**case.delivery, "collector": case.collector, "signed_by": case.delivery.get("signed_by")}


def remaining_days(case: Case, now: Now) -> int | None:
    """Days left of the promised budget; minus the working days over. None before acceptance and after the decision."""
    if case.state not in COUNTED:
        return None
    over = len(days_over(case, now))
    if over:
        return -over
    deadline = case.calculation()
    return deadline.promised.budget - deadline.consumed_of(deadline.promised, now.calendar, now.today)


def tracked_view(case: Case, item: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """The case for its applicant: no more of him than a masked name."""
    joint = facts.joint
    step = next_step(case, facts)
    names = {material["code"]: material["name"] for material in item["materials"]}
    waiting = case.missing if case.state in (REGISTERED, SUPPLEMENT) else []
    return {
        "case_no": case.case_no, "item_name": item["name"], "hall_name": facts.hall, "state": case.state, "received_at": case.received_at,
        "applicant_name": case.applicant["name"], "promised_due": case.promised_due, "provisional": case.provisional,
        "decision": case.decision, "next_step_zh": step.zh, "next_step_en": step.en,
        "next_step_by": step.by, "missing_materials": [names.get(code, code) for code in waiting],
        "joint": joint is not None, "awaited_units": list(joint.awaited) if joint else [],
    }  # fmt: skip
