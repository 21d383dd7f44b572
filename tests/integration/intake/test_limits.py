"""What moves a limit and what never does, through the whole service."""

from .conftest import person
from .test_charges import refused


def suspended(intake, case_id, since, until, **over):
    given = {"procedure": "testing", "limit_days": 60, "reason": "检测", "notice_no": "特告1号", "staff_id": "s11"}
    intake.clock.at(f"{since} 10:00")
    stopped = intake("suspend_case", case_id=case_id, **{**given, **over})
    assert (stopped["state"], stopped.get("promised_due")) == ("suspended", None)
    intake.clock.at(f"{until} 10:00")
    return intake("resume_case", case_id=case_id, result="合格", staff_id="s11")


def tally(intake, case_id):
    shown = intake("explain_deadline", case_id=case_id)
    assert shown["promised"]["consumed"] + shown["promised"]["remaining"] == shown["promised"]["budget"]
    return shown


def test_two_suspensions_over_a_weekend_and_a_long_holiday_lose_and_gain_no_day(intake):
    intake.clock.at("2026-09-21 10:00")
    case_id = intake.accepted()["case_id"]  # five working days: 22, 23, 24, 28, 29 September
    # From Wednesday 23 over the Mid-Autumn holiday (25-27) to Monday 28: only the 22nd is gone.
    assert suspended(intake, case_id, "2026-09-23", "2026-09-28", limit_days=1)["promised_due"] == "2026-10-09"
    assert tally(intake, case_id)["promised"]["consumed"] == 1
    # The 29th counts; then from 30 September over National Day to 8 October. Three are left: 9, 10 (Saturday, worked) and 12 October.
    assert suspended(intake, case_id, "2026-09-30", "2026-10-08")["promised_due"] == "2026-10-12"
    shown = tally(intake, case_id)
    assert (shown["promised"]["consumed"], [entry["overrun_days"] for entry in shown["suspensions"]]) == (2, [1, 0])
    counted = [day["date"] for day in shown["promised"]["counted"] if day["number"]]
    assert counted == ["2026-09-22", "2026-09-29", "2026-10-09", "2026-10-10", "2026-10-12"]
    assert [move["cause"] for move in shown["moves"]] == ["suspended", "resumed", "suspended", "resumed"]
    intake.clock.at("2026-10-12 10:00")
    decided = intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    assert (decided["elapsed_days"], decided["overdue_days"]) == (5, 0)


def a_promise_of(intake, days):
    intake.tell("directory.item.published", {
        "item_id": "i0001", "item_version": 2, "name": "x", "unit_id": "u11", "status": "in_hall", "time_class": "promised", "legal_days": 20,
        "promised_days": days, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 1, "materials": [],
    }, version=2)  # fmt: skip


def notice_of_2027(intake, *days_off):
    overrides = [{"date": day, "is_workday": False, "reason": "元旦", "notice_no": "国办发明电〔2026〕99号"} for day in days_off]
    data = {"revision": 1, "overrides": overrides, "notices": [{"year": 2027, "notice_no": "国办发明电〔2026〕99号"}]}
    intake.tell("directory.calendar.changed", data, subject="calendar", hall_id=None)
    assert intake.service.reproject_cases() == 1
    assert intake.service.reproject_cases() == 0


def test_a_promise_over_an_unpublished_new_year_is_provisional_and_moves_with_the_notice(intake):
    a_promise_of(intake, 20)
    intake.clock.at("2026-12-04 10:00")
    case = intake.accepted(materials=[])
    assert (case["promised_due"], case["provisional"]) == ("2027-01-04", True)
    before = intake("explain_deadline", case_id=case["case_id"])
    assert before["provisional_days"] == ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]
    notice_of_2027(intake, "2027-01-01", "2027-01-04")
    moved = intake("get_case", case_id=case["case_id"])
    assert (moved["promised_due"], moved["provisional"]) == ("2027-01-05", False)
    (event,) = intake.events("deadline_moved")
    told = [event["data"][name] for name in ("cause", "promised_before", "promised_due", "provisional", "calendar_revision")]
    assert told == ["calendar", "2027-01-04", "2027-01-05", False, 1]
    (move,) = intake("explain_deadline", case_id=case["case_id"])["moves"]
    assert (move["promised_before"], move["promised_due"], move["notice_nos"]) == ("2027-01-04", "2027-01-05", ["国办发明电〔2026〕99号"])
    assert move["calendar_version_before"] == before["calendar_version"]


def test_a_notice_that_confirms_a_provisional_day_says_so_once(intake):
    a_promise_of(intake, 20)
    intake.clock.at("2026-12-04 10:00")
    case_id = intake.accepted(materials=[])["case_id"]
    notice_of_2027(intake, "2027-01-01")
    (event,) = intake.events("deadline_moved")
    assert [event["data"][name] for name in ("promised_before", "promised_due", "provisional")] == ["2027-01-04", "2027-01-04", False]
    assert intake("get_case", case_id=case_id)["provisional"] is False


def test_no_edit_no_colleague_no_class_and_no_question_moves_a_limit(intake):
    intake.tell("directory.staff.changed", person("s13"), subject="s13")
    case_id = intake.accepted(applicant={"name": "张三丰", "phone": "13812345678"})["case_id"]
    before = intake("explain_deadline", case_id=case_id)
    intake.clock.at("2026-11-25 10:00")
    intake("update_applicant", case_id=case_id, applicant={"name": "张三丰", "phone": "13912345678"}, reason="号码变更", staff_id="s11")
    intake("transfer_case", case_id=case_id, to_staff_id="s13", reason="轮岗", staff_id="s11")
    intake("reclassify_case", case_id=case_id, routing="agency", reason="代办", staff_id="s11")
    intake("reclassify_case", case_id=case_id, time_class="immediate", reason="急", staff_id="s11", approver_id="s21")
    intake("assign_task", case_id=case_id, unit_id="u21", question="x", limit_days=3, staff_id="s11")
    intake("record_stage", case_id=case_id, stage="review", handler_id="s11", opinion="改了意见")
    after = intake("explain_deadline", case_id=case_id)
    for name in ("start", "calendar_version", "moves"):
        assert after[name] == before[name]
    for limit in ("promised", "legal"):
        assert [after[limit][name] for name in ("budget", "due", "counted")] == [
            before[limit][name] for name in ("budget", "due", "counted")
        ]
    assert intake.events("deadline_moved") == []


def test_ten_days_and_fifteen_for_joint_handling_are_the_most_once_and_only_before_the_end(intake):
    ask = {"reason": "案情复杂", "notice_no": "延告1号"}
    head = intake.acting_as("hall:h0001", staff_id="s30")
    intake.tell("directory.item.published", {
        "item_id": "i0045", "item_version": 1, "name": "x", "unit_id": "u11", "status": "in_hall", "time_class": "promised", "legal_days": 45,
        "promised_days": 45, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 3, "materials": [],
    }, subject="i45")  # fmt: skip
    for item_id, most, budget in (("i0001", 10, 30), ("i0045", 15, 60)):
        case_id = intake.accepted(item_id=item_id, materials=[] if item_id == "i0045" else ["M1", "M2"])["case_id"]
        refused("EXTENSION_DAYS_INVALID", head, "extend_case", case_id=case_id, days=most + 1, requested_by="s11", **ask)
        refused("REASON_REQUIRED", head, "extend_case", case_id=case_id, days=most, requested_by="s11", **{**ask, "reason": " "})
        head("extend_case", case_id=case_id, days=most, requested_by="s11", **ask)
        refused("CASE_ALREADY_EXTENDED", head, "extend_case", case_id=case_id, days=1, requested_by="s11", **ask)
        shown = tally(intake, case_id)
        assert (shown["legal"]["budget"], shown["extension"]["approver_id"], shown["extension"]["notice_no"]) == (budget, "s30", "延告1号")
    late = intake.accepted()["case_id"]
    intake.clock.at("2026-12-01 09:00")
    refused("EXTENSION_AFTER_EXPIRY", head, "extend_case", case_id=late, days=1, requested_by="s11", **ask)
