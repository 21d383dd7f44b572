"""The one-time notice: partial supply, the end of the time to supply, and proof of service."""

import datetime as dt

import pytest

from services.intake.domain import happenings as h
from services.intake.domain.acceptance import return_
from services.intake.domain.errors import Refused
from services.intake.domain.notices import Demand, Service, confirm_service, request_supplement, submit_supplement
from services.intake.domain.timers import run_timer
from tests.unit.intake.cases import BEIJING, a_case, an_item, on, told

BOTH = an_item(materials=tuple({"code": code, "name": code, "required": True} for code in ("M1", "M2")))


def asked(supply_by="2026-11-27", day="2026-11-23"):
    case = a_case(day, BOTH, handed=())
    request_supplement(case, Demand((), "s1", supply_by=dt.date.fromisoformat(supply_by) if supply_by else None), BOTH, now=on(day))
    return case


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_a_notice_goes_from_issued_over_partial_to_complete():
    case = asked()
    seen = [case.notices[0]["state"]]
    for code in ("M2", "M1"):
        submit_supplement(case, (code,), BOTH, now=on("2026-11-24"))
        seen.append(case.notices[0]["state"])
    assert seen == ["issued", "partial", "complete"]
    assert [piece["codes"] for piece in case.notices[0]["supplied"]] == [["M2"], ["M1"]]
    assert case.state == "registered"


def test_the_end_of_the_time_to_supply_is_told_once_and_allows_the_return():
    case = asked("2026-11-27")
    assert case.timer_at == dt.datetime(2026, 11, 28, tzinfo=BEIJING)
    run_timer(case, BOTH, now=on("2026-11-27", 23))
    refused("SUPPLY_TIME_NOT_OVER", return_, case, reason_code="not_supplied", reason="x", now=on("2026-11-27"))
    submit_supplement(case, ("M1",), BOTH, now=on("2026-11-27"))
    run_timer(case, BOTH, now=on("2026-11-28", 0))
    run_timer(case, BOTH, now=on("2026-12-20"))
    (expired,) = told(case, h.SupplementExpired)
    assert (expired.missing, expired.supply_by, case.notices[0]["state"]) == (("M2",), dt.date(2026, 11, 27), "expired")
    assert (case.state, case.timer_at) == ("supplement", None)
    return_(case, reason_code="not_supplied", reason="x", now=on("2026-12-20"))
    assert case.state == "returned"


def test_a_last_day_that_is_a_rest_day_moves_on():
    case = asked("2026-11-28")  # a Saturday
    refused("SUPPLY_TIME_NOT_OVER", return_, case, reason_code="not_supplied", reason="x", now=on("2026-11-30"))
    assert case.timer_at == dt.datetime(2026, 12, 1, tzinfo=BEIJING)


def test_what_comes_late_but_before_the_return_still_counts():
    case = asked("2026-11-27")
    run_timer(case, BOTH, now=on("2026-11-28"))
    submit_supplement(case, ("M1",), BOTH, now=on("2026-12-01"))
    assert case.notices[0]["state"] == "expired"
    submit_supplement(case, ("M2",), BOTH, now=on("2026-12-02"))
    assert (case.state, case.notices[0]["state"]) == ("registered", "complete")
    assert case.clock_start == dt.date(2026, 12, 2)


def test_a_notice_without_a_last_day_never_expires():
    case = asked(None)
    assert case.timer_at is None


def test_a_last_day_in_the_past_is_refused():
    case = a_case(item=BOTH, handed=())
    demand = Demand((), "s1", supply_by=dt.date(2026, 11, 22))
    refused("SUPPLY_TIME_PAST", request_supplement, case, demand, BOTH, now=on("2026-11-23"))
    assert case.notices == []


def test_a_second_list_has_its_own_last_day_and_is_marked():
    case = asked("2026-11-25")
    run_timer(case, BOTH, now=on("2026-11-26"))
    request_supplement(case, Demand((), "s1", "漏列", dt.date(2026, 12, 1)), BOTH, now=on("2026-11-26"))
    assert [e.repeated for e in told(case, h.SupplementRequested)] == [False, True]
    assert case.timer_at == dt.datetime(2026, 12, 2, tzinfo=BEIJING)
    run_timer(case, BOTH, now=on("2026-12-02"))
    assert [e.round for e in told(case, h.SupplementExpired)] == [1, 2]


def proof(day="2026-11-24"):
    return Service("signed", on(day).at, "签收单1", "s1")


def test_service_is_written_down_once_and_moves_nothing():
    case = asked()
    before = (case.timer_at, case.state)
    confirm_service(case, 1, proof(), now=on("2026-11-24"))
    assert case.notices[0]["served"]["how"] == "signed"
    assert (case.timer_at, case.state) == before
    refused("NOTICE_ALREADY_SERVED", confirm_service, case, 1, proof(), now=on("2026-11-24"))
    refused("NOTICE_UNKNOWN", confirm_service, case, 2, proof(), now=on("2026-11-24"))
    assert len(told(case, h.NoticeServed)) == 1


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-25"])
def test_service_lies_between_the_notice_and_now(day):
    refused("SERVICE_TIME_WRONG", confirm_service, asked(), 1, proof(day), now=on("2026-11-24"))
