"""The one-time notice (一次性告知): one complete list for each round, its service on the applicant, and the supply of what it asks for.

A notice is issued → partly supplied → complete, or expired when its last day has passed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from services.intake.domain.case import REGISTERED, SUPPLEMENT, Case, check_codes
from services.intake.domain.clocks import next_look, silent_past_limit, supply_ends
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import NoticeServed, SupplementExpired, SupplementRequested, SupplementSubmitted
from services.intake.domain.rules import Item, Now

SERVICES = ("signed", "electronic", "courier", "left", "public")
"""How a notice reaches the applicant: signed for, electronically, by courier, left with a witness, or by public announcement."""


@dataclass(frozen=True)
class Demand:
    """The one list: material codes (none: the missing ones), who asks, why again, and the last day to supply."""

    codes: tuple[str, ...]
    by: str
    reason: str = ""
    supply_by: dt.date | None = None


@dataclass(frozen=True)
class Service:
    """Proof that a notice reached the applicant (送达): how, when, a reference such as the courier's number, and who wrote it down."""

    how: str
    at: dt.datetime
    reference: str
    by: str


def request_supplement(case: Case, demand: Demand, item: Item, *, now: Now) -> None:
    """Tell the applicant once and completely what is missing (一次性告知).

    Raises Refused NOTICE_TOO_LATE, NOTHING_MISSING; Invalid MATERIAL_UNKNOWN, NOTICE_INCOMPLETE, NOTICE_REASON_REQUIRED, SUPPLY_TIME_PAST.
    """
    case.require(REGISTERED, SUPPLEMENT)
    if silent_past_limit(case, now):
        raise Refused("NOTICE_TOO_LATE", "the notice limit has passed: the case counts as accepted since its receipt")
    asked = _asked(case, demand, item)
    if case.notices and not demand.reason.strip():
        raise Invalid("NOTICE_REASON_REQUIRED", "reason: a second list needs one", field="reason")
    if demand.supply_by is not None and demand.supply_by < now.today:
        raise Invalid("SUPPLY_TIME_PAST", "supply_by: lies in the past", field="supply_by")
    case.handed = [code for code in case.handed if code not in asked]
    case.wanted = asked
    notice = {
        "round": len(case.notices) + 1, "missing": asked, "requested_at": now.at.isoformat(), "reason": demand.reason, "staff_id": demand.by,
        "supply_by": demand.supply_by.isoformat() if demand.supply_by else None, "state": "issued",
    }  # fmt: skip
    case.notices = [*case.notices, notice]
    case.state = SUPPLEMENT
    case.timer_at = next_look(case, now)
    case.happened(SupplementRequested, now.at, round=len(case.notices), missing=tuple(asked), repeated=len(case.notices) > 1)


def _asked(case: Case, demand: Demand, item: Item) -> list[str]:
    check_codes(demand.codes, item, "missing")
    asked = list(dict.fromkeys(demand.codes)) or case.missing
    if not asked:
        raise Refused("NOTHING_MISSING", "every required material is there")
    left_out = [code for code in case.missing if code not in asked]
    if left_out:
        raise Invalid("NOTICE_INCOMPLETE", f"missing: the one list must also name {', '.join(left_out)}", field="missing")
    return asked


def confirm_service(case: Case, number: int, service: Service, *, now: Now) -> None:
    """Write down that a notice reached the applicant; service neither moves the last day to supply nor the case.

    Raises Refused NOTICE_UNKNOWN, NOTICE_ALREADY_SERVED; Invalid SERVICE_TIME_WRONG.
    """
    if not 1 <= number <= len(case.notices):
        raise Refused("NOTICE_UNKNOWN", f"the case has no notice {number}", case_id=case.case_id)
    notice = case.notices[number - 1]
    if notice.get("served"):
        raise Refused("NOTICE_ALREADY_SERVED", f"notice {number} was served on {notice['served']['at']}", case_id=case.case_id)
    if not dt.datetime.fromisoformat(notice["requested_at"]) <= service.at <= now.at:
        raise Invalid("SERVICE_TIME_WRONG", "served_at: between the notice and now", field="served_at")
    served = {"how": service.how, "at": service.at.isoformat(), "reference": service.reference, "staff_id": service.by}
    _change(case, number, served=served)
    case.happened(NoticeServed, now.at, round=number, how=service.how, served_at=service.at)


def submit_supplement(case: Case, codes: tuple[str, ...], item: Item, *, now: Now) -> None:
    """Take in what was asked for, also after its last day; when all of it is there the case is registered again and the notice limit starts anew.

    Raises Refused CASE_AWAITS_NOTHING, Invalid MATERIAL_UNKNOWN.
    """
    if case.state == REGISTERED:
        raise Refused("CASE_AWAITS_NOTHING", "no material has been asked for", case_id=case.case_id)
    case.require(SUPPLEMENT)
    check_codes(codes, item, "materials")
    came = tuple(sorted(set(codes)))
    case.handed = sorted({*case.handed, *codes})
    case.wanted = [code for code in case.wanted if code not in codes]
    running = case.notices[-1]
    supplied = [*running.get("supplied", ()), {"codes": list(came), "at": now.at.isoformat()}]
    if case.missing:
        _change(case, running["round"], supplied=supplied, state="expired" if running["state"] == "expired" else "partial")
    else:
        _change(case, running["round"], supplied=supplied, state="complete")
        case.state = REGISTERED
        case.clock_at, case.clock_start = now.at, now.start(now.at, case.channel)
    case.timer_at = next_look(case, now)
    case.happened(SupplementSubmitted, now.at, handed=came, missing=tuple(case.missing))


def expire(case: Case, now: Now) -> None:
    """Tell once that the last day to supply has passed with something still missing; from then on the case may be returned."""
    ends = supply_ends(case, now)
    if ends is None or now.at < ends:
        return
    running = case.notices[-1]
    _change(case, running["round"], state="expired")
    supply_by = dt.date.fromisoformat(running["supply_by"])
    case.happened(SupplementExpired, now.at, round=running["round"], missing=tuple(case.missing), supply_by=supply_by)


def _change(case: Case, number: int, **values: Any) -> None:
    case.notices = [{**notice, **values} if notice["round"] == number else notice for notice in case.notices]
