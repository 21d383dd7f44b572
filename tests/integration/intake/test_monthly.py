"""Monthly case statistics through the RPC: opened by time, signed by the window, compiled and forwarded by the hall."""

import threading
import uuid

import pytest

from chassis.errors import HallbusError

OCTOBER = "2026-10"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def sweep(intake) -> None:
    """What the schedulers do, until nothing is due."""
    while intake.service.run_hall_report_timers() + intake.service.run_monthly_report_timers():
        pass


def decided(intake, **over):
    case = intake.accepted(**over)
    staff = over.get("staff_id", "s11")
    return intake("decide_case", case_id=case["case_id"], outcome="approved", handler_id=staff)


def october(intake):
    """Both halls wait for the end of October; three cases at the first, and the time is the morning of 2 November (the 1st is a Sunday)."""
    intake.clock.at("2026-10-08 09:00")
    sweep(intake)
    decided(intake)
    intake.clock.at("2026-10-30 16:00")
    intake.accepted()
    intake.receipt(materials=[])
    intake.clock.at("2026-11-02 08:00")
    sweep(intake)


def report_of(intake, window_id="w11", month=OCTOBER):
    (found,) = intake("list_monthly_reports", window_id=window_id, month=month)["reports"]
    return found


def sign(intake, window_id="w11", month=OCTOBER, **over):
    report = report_of(intake, window_id, month)
    return intake("submit_monthly_report", **{"report_id": report["report_id"], "computed_at": report["computed_at"], **over})


def shown(figures, *names):
    return {name: figures[name] for name in names}


def test_reports_open_on_the_first_working_day_filled_in_and_are_told(intake):
    october(intake)
    assert intake("list_monthly_reports")["total_size"] == 4
    report = report_of(intake)
    assert (report["state"], report["due"], report["round"]) == ("open", "2026-11-02", 1)
    figures = shown(report["figures"], "received", "accepted", "decided", "in_time", "carried_out", "kind_promised", "mean_days")
    assert figures == {"received": 3, "accepted": 2, "decided": 1, "in_time": 1, "carried_out": 1, "kind_promised": 2, "mean_days": "1.00"}
    empty = report_of(intake, "w21")
    assert (empty["unit_id"], empty["figures"]["received"], empty["figures"]["mean_days"]) == ("u21", 0, "–")
    assert [e["data"]["window_id"] for e in intake.events_of("intake.monthly_report.opened")] == ["w11", "w21", "w12", "w22"]
    sweep(intake)
    assert intake("list_monthly_reports")["total_size"] == 4
