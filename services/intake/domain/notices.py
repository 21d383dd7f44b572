"""The one-time notice (一次性告知) and the supply of what it asks for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.case import REGISTERED, SUPPLEMENT, Case, check_codes
from services.intake.domain.clocks import next_look, silent_past_limit
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import SupplementRequested, SupplementSubmitted
from services.intake.domain.rules import Item, Now


@dataclass(frozen=True)
class Demand:
    """The one list: material codes (none: the missing ones), who asks, why again, and the last day to supply."""

    codes: tuple[str, ...]
    by: str
    reason: str = ""
    supply_by: dt.date | None = None


def request_supplement(case: Case, demand: Demand, item: Item, *, now: Now) -> None:
    """Tell the applicant once and completely what is missing (一次性告知).

    Raises Refused NOTICE_TOO_LATE, NOTHING_MISSING; Invalid MATERIAL_UNKNOWN, NOTICE_INCOMPLETE, NOTICE_REASON_REQUIRED.
    """
    case.require(REGISTERED, SUPPLEMENT)
    if silent_past_limit(case, now):
        raise Refused("NOTICE_TOO_LATE", "the notice limit has passed: the case counts as accepted since its receipt")
    check_codes(demand.codes, item, "missing")
    asked = list(dict.fromkeys(demand.codes)) or case.missing
    if not asked:
        raise Refused("NOTHING_MISSING", "every required material is there")
    left_out = [code for code in case.missing if code not in asked]
    if left_out:
        raise Invalid("NOTICE_INCOMPLETE", f"missing: the one list must also name {', '.join(left_out)}", field="missing")
    if case.notices and not demand.reason.strip():
        raise Invalid("NOTICE_REASON_REQUIRED", "reason: a second list needs one", field="reason")
    case.handed = [code for code in case.handed if code not in asked]
    case.wanted = asked
    notice = {
        "round": len(case.notices) + 1, "missing": asked, "requested_at": now.at.isoformat(), "reason": demand.reason, "staff_id": demand.by,
        "supply_by": demand.supply_by.isoformat() if demand.supply_by else None,
    }  # fmt: skip
    case.notices = [*case.notices, notice]
    case.state = SUPPLEMENT
    case.timer_at = next_look(case, now)
    case.happened(SupplementRequested, now.at, round=len(case.notices), missing=tuple(asked), repeated=len(case.notices) > 1)


def submit_supplement(case: Case, codes: tuple[str, ...], item: Item, *, now: Now) -> None:
    """Take in what was asked for; when all of it is there the case is registered again and the notice limit starts anew.

    Raises Refused CASE_AWAITS_NOTHING, Invalid MATERIAL_UNKNOWN.
    """
    if case.state == REGISTERED:
        raise Refused("CASE_AWAITS_NOTHING", "no material has been asked for", case_id=case.case_id)
    case.require(SUPPLEMENT)
    check_codes(codes, item, "materials")
    case.handed = sorted({*case.handed, *codes})
    case.wanted = [code for code in case.wanted if code not in codes]
    if not case.missing:
        case.state = REGISTERED
        case.clock_at, case.clock_start = now.at, now.start(now.at, case.channel)
        case.timer_at = next_look(case, now)
    case.happened(SupplementSubmitted, now.at, handed=tuple(sorted(set(codes))), missing=tuple(case.missing))
