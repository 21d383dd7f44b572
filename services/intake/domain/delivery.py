"""Handing the result over (发证/取件): who collected it, for whom, where, with which notice (M-B24)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.case import DECIDED, DELIVERED, OPEN, REGISTERED, SUPPLEMENT, Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import CourierReceived, Delivered
from services.intake.domain.masking import mask_name, mask_number
from services.intake.domain.rules import Now
from services.intake.domain.stages import ISSUE, Done, complete

METHODS = ("window", "courier", "elsewhere")


@dataclass(frozen=True)
class Collector:
    """Who took the result: name and identity paper; an agent (代理人) shows his authorisation (授权委托书)."""

    name: str
    id_kind: str = ""
    id_no: str = ""
    agent: bool = False
    authorisation_no: str = ""


@dataclass(frozen=True)
class Handover:
    """How the result was handed over: by which method, by whom, against which notice; `place` when not at the window."""

    method: str
    by: str
    collector: Collector
    notice_no: str = ""
    place: str = ""
    courier: str = ""
    courier_no: str = ""


def deliver(case: Case, handover: Handover, *, now: Now) -> None:
    """Hand the result over; anywhere but at the window or by courier is recorded as off-window.

    Raises Refused CASE_NOT_DECIDED; Invalid COLLECTOR_REQUIRED, AUTHORISATION_REQUIRED, COURIER_NO_REQUIRED, PLACE_REQUIRED.
    """
    if case.state in (REGISTERED, SUPPLEMENT, *OPEN):
        raise Refused("CASE_NOT_DECIDED", "there is no result to hand over", case_id=case.case_id)
    case.require(DECIDED)
    _check(handover)
    collector = handover.collector
    case.state, case.timer_at = DELIVERED, None
    case.delivery_method, case.delivered_at = handover.method, now.at
    # In plain the name is sealed beside the case; here stands what may be shown.
    case.collector = mask_name(collector.name) if collector.name else None
    case.delivery = {
        # The number is compared with the paper at the window; nobody needs it afterwards, so only its mask is kept.
        "id_kind": collector.id_kind, "id_no_masked": mask_number(collector.id_no), "agent": collector.agent,
        "authorisation_no": collector.authorisation_no, "notice_no": handover.notice_no, "place": handover.place,
        "courier": handover.courier, "courier_no": handover.courier_no, "staff_id": handover.by,
    }  # fmt: skip
    off_window = handover.method == "elsewhere"
    case.happened(Delivered, now.at, method=handover.method, off_window=off_window, agent=collector.agent)
    complete(case, Done(ISSUE, handover.by, off_hall=off_window), now=now)


def _check(handover: Handover) -> None:
    collector = handover.collector
    if handover.method != "courier" and not collector.name.strip():
        raise Invalid("COLLECTOR_REQUIRED", "collector: who collected it", field="collector")
    if collector.agent and not collector.authorisation_no.strip():
        raise Invalid("AUTHORISATION_REQUIRED", "authorisation_no: an agent needs one", field="authorisation_no")
    if handover.method == "courier" and not handover.courier_no.strip():
        raise Invalid("COURIER_NO_REQUIRED", "courier_no: the courier's number", field="courier_no")
    if handover.method == "elsewhere" and not handover.place.strip():
        raise Invalid("PLACE_REQUIRED", "place: where, when not at the window", field="place")


def confirm_courier(case: Case, *, signed_by: str, received_at: dt.datetime, now: Now) -> None:
    """The courier's receipt came back. Raises Refused NOT_BY_COURIER, COURIER_ALREADY_CONFIRMED; Invalid RECEIVED_TIME_WRONG."""
    if case.state != DELIVERED or case.delivery is None or case.delivery_method != "courier" or case.delivered_at is None:
        raise Refused("NOT_BY_COURIER", "the result is not on its way by courier", case_id=case.case_id)
    if case.delivery.get("received_at"):
        raise Refused("COURIER_ALREADY_CONFIRMED", f"received on {case.delivery['received_at']}", case_id=case.case_id)
    if not case.delivered_at <= received_at <= now.at:
        raise Invalid("RECEIVED_TIME_WRONG", "received_at: between the dispatch and now", field="received_at")
    case.delivery = {**case.delivery, "received_at": received_at.isoformat(), "signed_by": mask_name(signed_by)}
    case.happened(CourierReceived, now.at, received_at=received_at)
