"""What ends intake: acceptance (受理), deemed acceptance, or return (退回/不予受理) with a written reason."""

from __future__ import annotations

import datetime as dt

from services.intake.domain.case import ACCEPTED, REGISTERED, RETURNED, SUPPLEMENT, Case
from services.intake.domain.clocks import last_day_to_supply, next_look, silent_past_limit
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import Accepted, NoticeMissed, Returned
from services.intake.domain.ladder import note_missed
from services.intake.domain.projection import begin
from services.intake.domain.rules import Item, Now
from services.intake.domain.stages import ACCEPT, REVIEW, Done, complete, enter


def accept(case: Case, item: Item, *, routing: str | None, now: Now, off_hall: bool = False) -> None:
    """Accept (受理) and fix the limits; past the notice limit the acceptance is the deemed one, from receipt.

    Raises Refused MATERIALS_INCOMPLETE, Invalid ROUTING_NOT_POSSIBLE.
    """
    case.require(REGISTERED)
    if silent_past_limit(case, now):
        deem(case, item, now=now)
        return
    if case.missing:
        text = f"missing: {', '.join(case.missing)}"
        raise Refused("MATERIALS_INCOMPLETE", text, missing=",".join(case.missing))
    chosen = item.routing(routing or case.routing, now.rules)
    if chosen is None:
        raise Invalid("ROUTING_NOT_POSSIBLE", f"routing: {routing} with {item.units_involved} units", field="routing")
    _start(case, item, routing=chosen, accepted_at=now.at, now=now, off_hall=off_hall)


def deem(case: Case, item: Item, *, now: Now) -> None:
    """Accept a case that nobody spoke about within the notice limit, from the day it came in (Licensing Law Art. 32)."""
    silent = now.calendar.workdays_between(case.clock_start, now.today)
    case.happened(NoticeMissed, now.at, working_days=silent, notified=bool(case.notices))
    note_missed(case, now)
    case.deemed = True
    _start(case, item, routing=item.routing(case.routing, now.rules), accepted_at=case.clock_at, now=now)


def _start(case: Case, item: Item, *, routing: str | None, accepted_at: dt.datetime, now: Now, off_hall: bool = False) -> None:
    case.state, case.routing, case.accepted_at, case.wanted = ACCEPTED, routing, accepted_at, []
    begin(case, item, now)
    case.happened(Accepted, now.at, accepted_at=accepted_at, deemed=case.deemed)
    case.key_stages = list(item.key_stages)
    complete(case, Done(ACCEPT, case.staff_id, off_hall=off_hall), now=now)
    enter(case, REVIEW, at=accepted_at, now=now)
    case.timer_at = next_look(case, now)


def return_(case: Case, *, reason_code: str, reason: str, now: Now) -> None:
    """Refuse with a written reason (退回/不予受理).

    Raises Refused CASE_DEEMED_ACCEPTED, NOTHING_WAS_ASKED, SUPPLY_TIME_NOT_SET, SUPPLY_TIME_NOT_OVER.
    """
    case.require(REGISTERED, SUPPLEMENT)
    if silent_past_limit(case, now):
        raise Refused("CASE_DEEMED_ACCEPTED", "the notice limit has passed: the case counts as accepted since its receipt")
    if reason_code == "not_supplied":
        _check_supply_time(case, now)
    case.state, case.timer_at = RETURNED, None
    case.return_reason_code, case.return_reason, case.returned_at = reason_code, reason, now.at
    case.happened(Returned, now.at, reason_code=reason_code)


def _check_supply_time(case: Case, now: Now) -> None:
    if case.state != SUPPLEMENT:
        raise Refused("NOTHING_WAS_ASKED", "nothing is outstanding that could have been supplied", case_id=case.case_id)
    if case.notices[-1]["supply_by"] is None:
        raise Refused("SUPPLY_TIME_NOT_SET", "the notice named no last day that could have been missed", case_id=case.case_id)
    if now.today <= last_day_to_supply(case, now):
        raise Refused("SUPPLY_TIME_NOT_OVER", f"the applicant has until {last_day_to_supply(case, now)}", case_id=case.case_id)
