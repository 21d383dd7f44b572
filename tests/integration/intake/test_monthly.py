"""Monthly case statistics through the RPC: opened by time, signed by the window, compiled and forwarded by the hall."""

import csv
import io
import threading
import uuid

import pytest

from chassis.errors import HallbusError
from chassis.testing import a_vault, make_service
from services.intake.config import IntakeConfig
from services.intake.queries import monthly_export
from services.intake.service import IntakeService
from tests.integration.intake.conftest import hall

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
    opened = intake.events_of("intake.monthly_report.opened")
    assert sorted(e["data"]["window_id"] for e in opened) == ["w11", "w12", "w21", "w22"]
    assert opened[0]["data"]["due"] == "2026-11-02"
    sweep(intake)
    assert intake("list_monthly_reports")["total_size"] == 4


def told(intake, verb):
    return [(e["data"]["window_id"], e["data"]["days_late"], e["data"]["as_of"]) for e in intake.events_of(f"intake.monthly_report.{verb}")]


def test_a_long_holiday_moves_both_days_and_leaves_the_hall_a_day_of_its_own(intake):
    intake.clock.at("2026-09-24 09:00")
    sweep(intake)
    for moment, opened in (("2026-09-30 23:59", 0), ("2026-10-01 00:01", 0), ("2026-10-07 23:00", 0), ("2026-10-08 00:00", 4)):
        intake.clock.at(moment)
        sweep(intake)
        assert intake("list_monthly_reports")["total_size"] == opened, moment
    assert {report["due"] for report in intake("list_monthly_reports")["reports"]} == {"2026-10-08"}
    assert {report["due"] for report in intake("list_hall_reports")["reports"]} == {"2026-10-09"}


def test_a_city_may_leave_the_days_where_they_are(intake):
    config = IntakeConfig(monthly_rest_days="as_is", monthly_compile_day=7)
    intake.service = make_service(IntakeService, db=intake.db, vault=a_vault(), config=config)
    intake.clock.at("2026-10-08 09:00")
    sweep(intake)
    intake.clock.at("2026-11-01 00:00")
    sweep(intake)
    assert report_of(intake)["due"] == "2026-11-01"
    assert intake("get_hall_report", hall_id="h0001", month=OCTOBER)["due"] == "2026-11-07"


def test_months_of_downtime_open_in_order_each_once_and_nobody_is_late_for_it(intake):
    intake.clock.at("2026-10-08 09:00")
    sweep(intake)
    intake.accepted()
    intake.clock.at("2027-01-12 10:00")
    sweep(intake)
    opened = [
        (e["data"]["month"], e["data"]["due"]) for e in intake.events_of("intake.monthly_report.opened") if e["data"]["window_id"] == "w11"
    ]
    assert opened == [(month, "2027-01-12") for month in ("2026-10", "2026-11", "2026-12")]
    assert intake("list_monthly_reports")["total_size"] == 12
    assert report_of(intake, month="2026-12")["figures"]["carried_in"] == 1
    assert told(intake, "late") == []


def test_racing_schedulers_open_every_month_once_and_tell_lateness_once(intake):
    intake.clock.at("2026-10-08 09:00")
    start = threading.Barrier(4)

    def race():
        def run():
            start.wait()
            sweep(intake)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    race()
    intake.clock.at("2026-12-02 10:00")
    race()
    assert len(intake.events_of("intake.monthly_report.opened")) == 8
    assert intake("list_monthly_reports")["total_size"] == 8
    intake.clock.at("2026-12-04 10:00")
    race()
    late = told(intake, "late")
    assert len(late) == len(set(late)) * 2 == 16  # two months, four windows, two days
    versions = {}
    for event in intake.events_of("intake.monthly_report.opened") + intake.events_of("intake.monthly_report.late"):
        versions.setdefault(event["subject"], []).append(event["version"])
    assert all(sorted(numbers) == [1, 2, 3] for numbers in versions.values())


def test_a_window_signs_once_and_a_replay_is_the_same_signature(intake):
    october(intake)
    request_id = str(uuid.uuid4())
    seen = report_of(intake)
    signed = sign(intake, remarks="已核对", request_id=request_id)
    assert (
        intake(
            "submit_monthly_report", report_id=seen["report_id"], computed_at=seen["computed_at"], remarks="已核对", request_id=request_id
        )
        == signed
    )
    assert (signed["state"], signed["days_late"], signed["remarks"], signed["submitted_by"]) == ("submitted", 0, "已核对", "system")
    refused("REPORT_SUBMITTED", sign, intake)
    refused("MONTHLY_REPORT_NOT_FOUND", intake, "submit_monthly_report", report_id="x", computed_at=seen["computed_at"])
    there = report_of(intake, "w12")
    elsewhere = intake.acting_as("hall:h0001")
    refused("OUT_OF_SCOPE", elsewhere, "submit_monthly_report", report_id=there["report_id"], computed_at=there["computed_at"])
    (event,) = intake.events_of("intake.monthly_report.submitted")
    assert (event["data"]["received"], event["data"]["decided"], event["data"]["days_late"]) == (3, 1, 0)
    assert "已核对" not in str(event)


def test_lateness_is_told_every_working_day_up_to_a_bound_and_after_downtime_in_order(intake):
    october(intake)
    sign(intake, "w21")
    intake.clock.at("2026-11-04 09:00")
    sweep(intake)
    assert [entry for entry in told(intake, "late") if entry[0] == "w11"] == [("w11", 1, "2026-11-03"), ("w11", 2, "2026-11-04")]
    assert not [entry for entry in told(intake, "late") if entry[0] == "w21"]
    intake.clock.at("2026-11-20 09:00")
    sweep(intake)
    days = [(days, as_of) for window, days, as_of in told(intake, "late") if window == "w11"]
    assert days == [(1, "2026-11-03"), (2, "2026-11-04"), (3, "2026-11-05"), (4, "2026-11-06"), (5, "2026-11-09")]
    halls = [entry[1:] for entry in told(intake, "compile_late")]
    days_of_the_hall = [(1, "2026-11-06"), (2, "2026-11-09"), (3, "2026-11-10"), (4, "2026-11-11"), (5, "2026-11-12")]
    assert sorted(halls) == sorted(2 * days_of_the_hall)
    assert sign(intake)["days_late"] == 14
    assert intake("list_monthly_reports", late=True)["total_size"] == 3
    assert intake("list_monthly_reports", late=False)["total_size"] == 1


def test_changed_figures_are_looked_at_before_they_are_signed(intake):
    october(intake)
    before = report_of(intake)
    intake.clock.at("2026-11-09 09:00")
    intake.sweep()  # the silent receipt of 30 October counts as accepted since then
    error = refused("FIGURES_CHANGED", sign, intake)
    assert "accepted" in error.metadata["columns"]
    refused("FIGURES_OUTDATED", sign, intake, computed_at=before["computed_at"])
    signed = sign(intake)
    assert shown(signed["figures"], "accepted", "deemed", "carried_out") == {"accepted": 3, "deemed": 1, "carried_out": 2}
    assert signed["version"] == len([e for e in intake.events_of("intake.monthly_report.late") if e["subject"] == signed["report_id"]]) + 2


def compiled(intake, **over):
    return intake("compile_monthly_reports", **{"hall_id": "h0001", "month": OCTOBER, **over})


def test_the_hall_sums_up_and_drops_nobody_in_silence(intake):
    october(intake)
    refused("HALL_REPORT_NOT_FOUND", compiled, intake, month="2026-11")
    refused("HALL_NOT_FOUND", compiled, intake, hall_id="h0099")
    refused("OUT_OF_SCOPE", compiled, intake.acting_as("hall:h0002"))
    assert refused("REPORTS_NOT_DUE", compiled, intake).metadata["missing"] == "w11,w21"
    sign(intake, "w21")
    intake.clock.at("2026-11-05 09:00")
    assert refused("REPORTS_MISSING", compiled, intake).metadata["missing"] == "w11"
    refused("REASON_REQUIRED", compiled, intake, missing_window_ids=["w11"])
    refused("MISSING_SUBMITTED", compiled, intake, missing_window_ids=["w11", "w21"], reason="x")
    refused("HALL_REPORT_OPEN", intake, "forward_hall_report", hall_id="h0001", month=OCTOBER)
    report = compiled(intake, missing_window_ids=["w11"], reason="停电")
    assert (report["state"], report["missing_window_ids"], report["missing_reason"]) == ("compiled", ["w11"], "停电")
    assert [(part["window_id"], part["submitted"], part["figures"]["received"]) for part in report["windows"]] == [
        ("w11", False, 3),
        ("w21", True, 0),
    ]
    assert report["figures"]["received"] == 3
    refused("HALL_REPORT_COMPILED", sign, intake)
    refused("HALL_REPORT_COMPILED", compiled, intake)
    forwarded = intake("forward_hall_report", hall_id="h0001", month=OCTOBER)
    assert (forwarded["state"], forwarded["reported_by"]) == ("reported", "system")
    refused("HALL_REPORT_REPORTED", intake, "forward_hall_report", hall_id="h0001", month=OCTOBER)
    (event,) = intake.events_of("intake.monthly_report.compiled")
    assert (event["data"]["missing_window_ids"], event["data"]["window_count"], event["data"]["received"]) == (["w11"], 2, 3)
    assert event["data"]["computed_at"] == report["computed_at"]
    assert len(intake.events_of("intake.monthly_report.reported")) == 1
    assert intake("get_monthly_report", report_id=report_of(intake)["report_id"])["hall_state"] == "reported"
    sweep(intake)
    assert [e["data"]["month"] for e in intake.events_of("intake.monthly_report.compile_late")] == []


def test_what_is_reported_stays_and_a_late_correction_is_shown_beside_it(intake):
    october(intake)
    sign(intake)
    sign(intake, "w21")
    intake.clock.at("2026-11-05 09:00")
    report = compiled(intake)
    assert intake("get_hall_report", hall_id="h0001", month=OCTOBER)["differences"] == []
    intake.clock.at("2026-11-09 09:00")
    intake.sweep()
    later = intake("get_hall_report", hall_id="h0001", month=OCTOBER)
    assert later["figures"] == report["figures"]
    wanted = [{"column": "accepted", "reported": 2, "now": 3}, {"column": "accepted_promised", "reported": 2, "now": 3}]
    assert later["differences"][:2] == wanted
    assert {difference["column"] for difference in later["differences"]} == {
        "accepted",
        "accepted_promised",
        "kind_promised",
        "deemed",
        "carried_out",
    }
    assert later["recomputed_at"] > later["computed_at"]
    window = intake("get_monthly_report", report_id=report_of(intake)["report_id"])
    assert window["differences"] == later["differences"]


def test_a_correction_between_signature_and_sum_is_kept_with_the_sum(intake):
    october(intake)
    sign(intake)
    sign(intake, "w21")
    intake.clock.at("2026-11-09 09:00")
    intake.sweep()
    report = compiled(intake)
    assert report["figures"]["accepted"] == 2
    assert {"window_id": "w11", "column": "accepted", "reported": 2, "now": 3} in report["corrections"]
    assert report["days_late"] == 2


def test_taking_back_needs_a_reason_and_keeps_what_was_signed_and_compiled(intake):
    october(intake)
    first = sign(intake, remarks="第一次")
    sign(intake, "w21")
    report_id = first["report_id"]
    intake.clock.at("2026-11-05 09:00")
    compiled(intake)
    refused("HALL_REPORT_COMPILED", intake, "reopen_monthly_report", report_id=report_id, reason="更正")
    refused("INVALID_REQUEST", intake, "reopen_hall_report", hall_id="h0001", month=OCTOBER, reason=" ")
    intake("forward_hall_report", hall_id="h0001", month=OCTOBER)
    taken = intake("reopen_hall_report", hall_id="h0001", month=OCTOBER, reason="漏报更正")
    assert (taken["state"], taken["round"], taken["due"], taken.get("figures")) == ("open", 2, "2026-11-06", None)
    assert [(r["round"], r["state"], r["reason"], r["figures"]["received"]) for r in taken["history"]] == [(1, "reported", "漏报更正", 3)]
    refused("HALL_REPORT_OPEN", intake, "reopen_hall_report", hall_id="h0001", month=OCTOBER, reason="x")
    again = intake("reopen_monthly_report", report_id=report_id, reason="更正备注")
    assert (again["state"], again["round"], again["due"], again["history"][0]["remarks"]) == ("open", 2, "2026-11-06", "第一次")
    refused("REPORT_OPEN", intake, "reopen_monthly_report", report_id=report_id, reason="x")
    assert sign(intake, remarks="第二次")["days_late"] == 0
    parts = intake("get_hall_report", hall_id="h0001", month=OCTOBER)["windows"]
    assert [(part["window_id"], part["submitted"], part["round"]) for part in parts] == [("w11", True, 2), ("w21", True, 1)]
    assert compiled(intake)["round"] == 2
    rounds = [(e["data"]["window_id"], e["data"]["round"]) for e in intake.events_of("intake.monthly_report.reopened")]
    assert rounds == [(None, 2), ("w11", 2)]
    versions = [e["version"] for e in intake.events_of("intake.monthly_report.compiled")]
    assert versions == [1, 4]


def test_a_window_that_is_gone_still_accounts_for_its_cases_and_a_closed_hall_has_nothing_to_say(intake):
    intake.clock.at("2026-10-08 09:00")
    sweep(intake)
    intake.accepted()
    windows = [w for w in hall()["windows"] if w["window_id"] != "w11"]
    intake.tell("directory.hall.changed", hall(windows=windows), version=2)
    closed = hall("h0002", "52.02.01", status="closed")
    intake.tell("directory.hall.changed", closed, version=2, subject="h2", region="52.02.01", hall_id="h0002")
    intake.clock.at("2026-11-02 08:00")
    sweep(intake)
    assert {(r["window_id"], r["unit_id"]) for r in intake("list_monthly_reports")["reports"]} == {("w11", "u11"), ("w21", "u21")}
    reopened = hall("h0002", "52.02.01")
    intake.tell("directory.hall.changed", reopened, version=3, subject="h2", region="52.02.01", hall_id="h0002")
    intake.clock.at("2026-12-01 08:00")
    sweep(intake)
    assert intake("list_monthly_reports", month="2026-11", hall_id="h0002")["total_size"] == 2


def test_lists_and_sums_stay_in_the_callers_scope_and_name_halls_that_are_missing(intake):
    october(intake)
    sign(intake)
    sign(intake, "w21")
    intake.clock.at("2026-11-05 09:00")
    compiled(intake)
    other = intake.acting_as("hall:h0002")
    assert other("list_monthly_reports")["total_size"] == 2
    assert other("list_hall_reports")["total_size"] == 1
    refused("OUT_OF_SCOPE", other, "get_hall_report", hall_id="h0001", month=OCTOBER)
    refused("OUT_OF_SCOPE", other, "get_monthly_report", report_id=report_of(intake)["report_id"])
    refused("OUT_OF_SCOPE", other, "reopen_monthly_report", report_id=report_of(intake)["report_id"], reason="x")
    seen, token = [], None
    while token != "":
        page = intake("list_monthly_reports", page_size=1, page_token=token)
        assert page["total_size"] == 4
        seen, token = [*seen, *(r["report_id"] for r in page["reports"])], page["next_page_token"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 4
    assert intake("list_monthly_reports", state="open")["total_size"] == 2
    assert intake("list_hall_reports", state="compiled")["reports"][0]["hall_id"] == "h0001"
    summary = intake("get_monthly_summary", month=OCTOBER)
    assert (summary["figures"]["received"], summary["missing_hall_ids"]) == (3, ["h0002"])
    assert [(row["hall_id"], row["figures"]["decided"]) for row in summary["rows"]] == [("h0001", 1)]
    assert intake("get_monthly_summary", month=OCTOBER, region="52.02.01")["missing_hall_ids"] == ["h0002"]
    by_region = intake("get_monthly_summary", month=OCTOBER, by="region")
    assert [(row["region"], row["hall_count"], row["figures"]["received"]) for row in by_region["rows"]] == [("52.02", 1, 3)]
    assert other("get_monthly_summary", month=OCTOBER)["figures"]["received"] == 0
    assert other("get_monthly_summary", month=OCTOBER, hall_id="h0001")["missing_hall_ids"] == []
    refused("INVALID_REQUEST", intake, "get_monthly_summary", month="2026-13")


def exported(intake, **request):
    text, token = "", None
    while token != "":
        piece = intake("export_monthly_reports", month=OCTOBER, page_token=token, **request)
        text, token = text + piece["text"], piece["next_page_token"]
    return text


def test_the_month_as_csv_has_every_window_and_the_sum_of_every_compiled_hall(intake, monkeypatch):
    monkeypatch.setattr(monthly_export, "HALLS", 1)
    october(intake)
    sign(intake, remarks="=1+1")
    intake.clock.at("2026-11-05 09:00")
    compiled(intake, missing_window_ids=["w21"], reason="停电")
    text = exported(intake)
    assert text.startswith("\ufeff月份,政务服务大厅,窗口,")
    assert text.count("\ufeff") == text.count("月份") == 1
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [(row["窗口"], row["状态"], row["收件"], row["备注"]) for row in rows] == [
        ("w11", "已报送", "3", "'=1+1"), ("w21", "待报送", "0", ""), ("合计", "已汇总", "3", "未报送窗口：w21；停电"), ("w12", "待报送", "0", ""),
        ("w22", "待报送", "0", ""),
    ]  # fmt: skip
    assert exported(intake.acting_as("hall:h0002")).count("\r\n") == 3
    assert exported(intake.acting_as()).count("\r\n") == 1


def test_a_hall_that_the_scheduler_has_not_served_yet_is_missing_and_not_forgotten(intake):
    intake.clock.at("2026-10-08 09:00")
    sweep(intake)
    assert intake("get_monthly_summary", month=OCTOBER)["missing_hall_ids"] == []  # the month is not over
    intake.clock.at("2026-12-01 00:00")
    for month in (OCTOBER, "2026-11"):
        assert intake("get_monthly_summary", month=month)["missing_hall_ids"] == ["h0001", "h0002"]
    assert intake("get_monthly_summary", month="2026-09")["missing_hall_ids"] == []


def test_nobody_is_reminded_of_what_the_hall_has_gone_on_without(intake):
    october(intake)
    sign(intake)
    intake.clock.at("2026-11-04 09:00")
    compiled(intake, missing_window_ids=["w21"], reason="停电")
    intake.clock.at("2026-11-06 09:00")
    sweep(intake)
    assert [entry for entry in told(intake, "late") if entry[0] == "w21"] == []
    intake("reopen_hall_report", hall_id="h0001", month=OCTOBER, reason="补报")
    sweep(intake)
    assert [days for window, days, _ in told(intake, "late") if window == "w21"] == [1, 2, 3, 4]
    sweep(intake)
    assert sign(intake, "w21")["days_late"] == 4
