"""The agency register through the RPC: an entry with every agency case, its course, its limit, and what the case may do meanwhile."""

import csv
import io
import threading
import uuid

import pytest

from chassis.errors import HallbusError
from chassis.testing import outbox_events
from services.intake.queries import agency_export
from tests.integration.intake.conftest import hall, immediate, person

DEPARTMENT = "县市场监督管理局"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def agency_case(intake, **over):
    """An accepted agency case and its entry."""
    case = intake("accept_case", case_id=intake.receipt(**over)["case_id"], routing="agency")
    return case, intake("get_agency_matter", case_id=case["case_id"])


def assigned(intake, matter, **over):
    request = {"matter_id": matter["matter_id"], "agent_id": "s11", "upper_department": DEPARTMENT, "staff_id": "s11"}
    return intake("assign_agency_agent", **{**request, **over})


def submitted(intake, matter, upper_department=DEPARTMENT, **over):
    assigned(intake, matter, upper_department=upper_department)
    return intake("submit_agency_matter", **{"matter_id": matter["matter_id"], "upper_due": "2026-12-09", "staff_id": "s11", **over})


def returned(intake, matter, result="approved", **over):
    submitted(intake, matter)
    return intake("record_upper_result", **{"matter_id": matter["matter_id"], "result": result, "staff_id": "s11", **over})


def decide(intake, case, outcome="approved"):
    return intake("decide_case", case_id=case["case_id"], outcome=outcome, handler_id="s11", opinion="依上级决定办理")


def verbs(intake, matter):
    """What was said about an entry, in order; versions have no gap."""
    found = [e for e in outbox_events(intake.db) if e["subject"] == matter["matter_id"]]
    assert [e["version"] for e in found] == list(range(1, len(found) + 1))
    return [e["type"].split(".")[3] for e in found]


def test_acceptance_makes_the_entry_and_no_other_case_has_one(intake):
    case, matter = agency_case(intake)
    assert (matter["state"], matter["case_no"], matter["hall_id"]) == ("registered", case["case_no"], "h0001")
    assert (matter["due"], matter["due_working"], matter["due_natural"]) == ("2026-12-02", "2026-12-02", "2026-11-30")
    assert case["kind"] == "agency"
    plain = intake.accepted()
    refused("AGENCY_MATTER_NOT_FOUND", intake, "get_agency_matter", case_id=plain["case_id"])
    assert "agency" not in intake("get_case", case_id=plain["case_id"])
    assert intake("list_agency_matters")["total_size"] == 1
    assert verbs(intake, matter) == ["registered"]


def test_deemed_acceptance_and_reclassification_make_the_entry_too(intake):
    waiting = intake.receipt()["case_id"]
    intake("reclassify_case", case_id=waiting, routing="agency", reason="上级审批", staff_id="s11")
    refused("AGENCY_MATTER_NOT_FOUND", intake, "get_agency_matter", case_id=waiting)
    intake.clock.at("2026-12-01 00:01")
    intake.sweep()
    deemed = intake("get_agency_matter", case_id=waiting)
    # It counts from the day it stood in the register.
    assert (deemed["registered_on"], deemed["due"]) == ("2026-12-01", "2026-12-10")
    plain = intake.accepted()
    intake("reclassify_case", case_id=plain["case_id"], routing="agency", reason="上级审批", staff_id="s11")
    assert intake("get_agency_matter", case_id=plain["case_id"])["state"] == "registered"


def test_a_case_that_leaves_the_class_ends_its_entry_and_may_come_back(intake):
    case, matter = agency_case(intake)
    to_plain = {"case_id": case["case_id"], "routing": "plain", "reason": "已下放", "staff_id": "s11"}
    intake("reclassify_case", **to_plain)
    ended = intake("get_agency_matter", matter_id=matter["matter_id"])
    assert (ended["state"], ended["end_reason_code"], ended["end_reason"]) == ("ended", "reclassified", "已下放")
    intake("reclassify_case", case_id=case["case_id"], routing="agency", reason="仍需上级", staff_id="s11")
    again = intake("get_agency_matter", case_id=case["case_id"])
    assert again["matter_id"] != matter["matter_id"]
    submitted(intake, again)
    refused("MATTER_AT_UPPER_LEVEL", intake, "reclassify_case", **to_plain)
    assert intake("get_case", case_id=case["case_id"])["routing"] == "agency", "nothing of a refused change stays"


def test_the_whole_course_and_what_the_applicant_reads(intake):
    receipt = intake.receipt()
    case = intake("accept_case", case_id=receipt["case_id"], routing="agency")
    matter = intake("get_agency_matter", case_id=case["case_id"])

    def tracked():
        return intake("track_case", token=receipt["track_token"])

    assert "将于2026-12-02前报送上级部门" in tracked()["next_step_zh"]
    request_id = str(uuid.uuid4())
    first = assigned(intake, matter, promised_on="2026-11-27", request_id=request_id)
    assert assigned(intake, matter, promised_on="2026-11-27", request_id=request_id) == first
    intake("record_upper_contact", matter_id=matter["matter_id"], note="电话沟通材料要求", staff_id="s11")
    up = intake("submit_agency_matter", matter_id=matter["matter_id"], upper_due="2026-12-09", staff_id="s11")
    assert (up["state"], up["promise_kept"], up["overdue_days"]) == ("submitted", True, 0)
    assert intake("get_case", case_id=case["case_id"])["agency"] == up
    assert DEPARTMENT in tracked()["next_step_en"]
    assert tracked()["next_step_by"] == "2026-12-09"
    refused("AGENCY_RESULT_OUTSTANDING", decide, intake, case)
    intake.clock.at("2026-11-25 09:00")
    intake("record_upper_result", matter_id=matter["matter_id"], result="approved", staff_id="s11")
    intake.clock.at("2026-11-25 10:30")
    told = intake("notify_agency_result", matter_id=matter["matter_id"], how="phone", staff_id="s11")
    assert (told["state"], told["notice_minutes"]) == ("notified", 90)
    wrong = refused("DIFFERS_FROM_UPPER_RESULT", decide, intake, case, "rejected")
    assert [v.field for v in wrong.violations] == ["outcome"]
    assert decide(intake, case)["decision"] == "approved"
    intake("deliver_case", case_id=case["case_id"], collector="张三丰")
    done = intake("get_agency_matter", matter_id=matter["matter_id"])
    assert (done["state"], done["version"]) == ("collected", 6)
    assert "age_days" not in done or done["age_days"] is None
    assert verbs(intake, matter) == ["registered", "assigned", "submitted", "returned", "notified", "collected"]


def test_a_refusal_of_the_upper_level_is_decided_as_one_and_collecting_tells_it(intake):
    case, matter = agency_case(intake)
    returned(intake, matter, "refused")
    refused("DIFFERS_FROM_UPPER_RESULT", decide, intake, case)
    decide(intake, case, "rejected")
    intake("deliver_case", case_id=case["case_id"], collector="张三丰")
    done = intake("get_agency_matter", case_id=case["case_id"])
    assert (done["state"], done["notified_how"]) == ("collected", "on_collection")
    assert verbs(intake, matter)[-2:] == ["notified", "collected"]


def test_another_round_when_the_upper_level_needs_more(intake):
    case, matter = agency_case(intake)
    submitted(intake, matter)
    refused("NOTE_REQUIRED", intake, "record_upper_result", matter_id=matter["matter_id"], result="needs_more", staff_id="s11")
    again = intake("record_upper_result", matter_id=matter["matter_id"], result="needs_more", note="补充环评", staff_id="s11")
    assert (again["state"], again["round"], again["rounds"][0]["note"]) == ("assigned", 2, "补充环评")
    refused("AGENCY_RESULT_OUTSTANDING", decide, intake, case)
    intake("submit_agency_matter", matter_id=matter["matter_id"], staff_id="s11")
    assert intake("record_upper_result", matter_id=matter["matter_id"], result="approved", staff_id="s11")["state"] == "returned"
    assert decide(intake, case)["state"] == "decided"


def test_an_ended_entry_lets_the_hall_decide(intake):
    case, matter = agency_case(intake)
    end = {"matter_id": matter["matter_id"], "reason_code": "competent_here", "reason": "权限已下放", "staff_id": "s11"}
    assert intake("end_agency_matter", **end)["state"] == "ended"
    refused("MATTER_ENDED", intake, "end_agency_matter", **end)
    assert decide(intake, case)["state"] == "decided"
    intake("deliver_case", case_id=case["case_id"], collector="张三丰")
    assert verbs(intake, matter) == ["registered", "ended"]


def test_what_each_command_refuses(intake):
    _, matter = agency_case(intake)
    key = {"matter_id": matter["matter_id"]}
    mine = {**key, "staff_id": "s11"}
    refused("MATTER_NOT_ASSIGNED", intake, "submit_agency_matter", **mine)
    refused("MATTER_NOT_ASSIGNED", intake, "record_upper_result", **mine, result="approved")
    refused("MATTER_NOT_ASSIGNED", intake, "notify_agency_result", **mine, how="phone")
    refused("MATTER_NOT_ASSIGNED", intake, "set_upper_due", **mine, upper_due="2026-12-01", reason="x")
    refused("UPPER_DEPARTMENT_REQUIRED", assigned, intake, matter, upper_department="")
    refused("STAFF_NOT_FOUND", assigned, intake, matter, agent_id="s12")
    refused("PROMISE_AFTER_LIMIT", assigned, intake, matter, promised_on="2026-12-03")
    assigned(intake, matter)
    refused("ALREADY_AGENT", assigned, intake, matter)
    refused("REASON_REQUIRED", assigned, intake, matter, agent_id="s21")
    assert assigned(intake, matter, agent_id="s21", reason="请假")["agent_id"] == "s21"
    refused("MATTER_NOT_SUBMITTED", intake, "record_upper_result", **mine, result="approved")
    refused("UPPER_DUE_PAST", intake, "submit_agency_matter", **mine, upper_due="2026-11-20")
    refused("STAFF_NOT_FOUND", intake, "submit_agency_matter", **key, staff_id="s12")
    refused("STAFF_REQUIRED", intake, "submit_agency_matter", **key)
    intake("submit_agency_matter", **mine)
    assert intake("set_upper_due", **mine, upper_due="2026-12-09", reason="电话答复")["upper_due"] == "2026-12-09"
    assert verbs(intake, matter)[-1] == "upper_due_moved"
    refused("UPPER_DUE_UNCHANGED", intake, "set_upper_due", **mine, upper_due="2026-12-09", reason="x")
    refused("INVALID_REQUEST", intake, "record_upper_result", **mine, result="perhaps")
    refused("INVALID_REQUEST", intake, "notify_agency_result", **mine, how="on_collection")
    refused("INVALID_REQUEST", intake, "get_agency_matter", matter_id="x", case_id="y")
    refused("AGENCY_MATTER_NOT_FOUND", intake, "submit_agency_matter", matter_id="nobody", staff_id="s11")


def test_another_hall_neither_sees_nor_changes_an_entry(intake):
    _, matter = agency_case(intake)
    other = intake.acting_as("hall:h0002", staff_id="s12")
    assert other("list_agency_matters")["total_size"] == 0
    assert other("get_agency_figures", day_from="2026-11-01", day_to="2026-12-31")["halls"] == []
    assert other("export_agency_matters")["text"].count("\r\n") == 1
    refused("OUT_OF_SCOPE", other, "get_agency_matter", matter_id=matter["matter_id"])
    for method, request in (
        ("assign_agency_agent", {"agent_id": "s11", "upper_department": "x"}), ("record_upper_contact", {"note": "x"}), ("submit_agency_matter", {}),
        ("set_upper_due", {"upper_due": "2026-12-09", "reason": "x"}), ("record_upper_result", {"result": "approved"}),
        ("notify_agency_result", {"how": "sms"}), ("end_agency_matter", {"reason_code": "other", "reason": "x"}),
    ):  # fmt: skip
        refused("OUT_OF_SCOPE", other, method, matter_id=matter["matter_id"], **request)


def test_the_paper_of_the_register_names_the_limit(intake):
    accepted, _ = agency_case(intake)
    turned = intake.accepted()
    intake("reclassify_case", case_id=turned["case_id"], routing="agency", reason="上级审批", staff_id="s11")
    for case in (accepted, turned):
        (paper,) = [p for p in intake("list_papers", case_id=case["case_id"])["papers"] if p["kind"] == "agency_register"]
        assert (paper["title"], paper["template_version"]) == ("代办事项登记表", 2)
        assert "2026-12-02前" in paper["text"]
    # Nothing is in writing of a class that acceptance may still change.
    waiting = intake.receipt()["case_id"]
    intake("reclassify_case", case_id=waiting, routing="agency", reason="x", staff_id="s11")
    assert intake("list_papers", case_id=waiting)["papers"] == []


def test_the_limit_is_told_in_order_and_once_after_downtime_and_by_two_schedulers(intake):
    matters = [agency_case(intake)[1] for _ in range(6)]
    intake.clock.at("2026-12-04 08:00")
    start, served = threading.Barrier(2), []

    def sweep():
        start.wait()
        served.append(intake.service.run_agency_timers())

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(served) == len(matters)
    assert intake.service.run_agency_timers() == 0
    for matter in matters:
        assert verbs(intake, matter) == ["registered", "due_soon", "overdue", "overdue"]
    late = [e["data"] for e in intake.events_of("intake.agency.overdue") if e["subject"] == matters[0]["matter_id"]]
    assert [(d["overdue_days"], d["as_of"]) for d in late] == [(1, "2026-12-03"), (2, "2026-12-04")]
    assert intake("get_agency_matter", matter_id=matters[0]["matter_id"])["overdue_days"] == 2


def test_the_upper_levels_day_is_watched_as_its_own(intake):
    _, matter = agency_case(intake)
    submitted(intake, matter, upper_due="2026-12-02")
    for moment in ("2026-12-01 08:00", "2026-12-03 08:00", "2026-12-04 08:00"):
        intake.clock.at(moment)
        intake.service.run_agency_timers()
    assert verbs(intake, matter)[3:] == ["due_soon", "upper_overdue", "upper_overdue"]
    assert intake.events_of("intake.agency.due_soon")[0]["data"]["limit_kind"] == "upper"
    assert intake.events_of("intake.agency.overdue") == []
    seen = intake("get_agency_matter", matter_id=matter["matter_id"])
    assert (seen["overdue_days"], seen["upper_overdue_days"]) == (0, 2)


def test_a_special_procedure_stops_the_limit_with_the_case(intake):
    case, matter = agency_case(intake)
    intake.clock.at("2026-11-25 09:00")
    told = {"procedure": "inspection", "limit_days": 10, "reason": "x", "notice_no": "1", "staff_id": "s11"}
    intake("suspend_case", case_id=case["case_id"], **told)
    stopped = intake("get_agency_matter", matter_id=matter["matter_id"])
    assert (stopped["stopped"], stopped.get("due")) == (True, None)
    intake.clock.at("2026-12-04 09:00")
    assert intake.service.run_agency_timers() == 0
    intake("resume_case", case_id=case["case_id"], result="x", staff_id="s11")
    running = intake("get_agency_matter", matter_id=matter["matter_id"])
    assert (running["stopped"], running["due"]) == (False, "2026-12-14")
    # A case that becomes an agency case while a procedure runs waits for its end, too.
    plain = intake.accepted()
    intake("suspend_case", case_id=plain["case_id"], **told)
    intake("reclassify_case", case_id=plain["case_id"], routing="agency", reason="x", staff_id="s11")
    assert intake("get_agency_matter", case_id=plain["case_id"])["stopped"] is True


def test_a_new_calendar_moves_open_entries_and_takes_back_what_was_told(intake):
    _, matter = agency_case(intake)
    _, done = agency_case(intake)
    returned(intake, done)
    intake.clock.at("2026-12-03 08:00")
    intake.service.run_agency_timers()
    change = {"date": "2026-12-03", "is_workday": False, "reason": "抗洪", "notice_no": "市府办1号"}
    intake.tell("directory.calendar.changed", {"revision": 3, "overrides": [change], "notices": []}, hall_id=None)
    assert intake.service.reproject_registers() == 1
    assert intake.service.reproject_registers() == 0
    assert verbs(intake, matter) == ["registered", "due_soon", "overdue", "overdue_withdrawn"]
    intake.clock.at("2026-12-04 08:00")
    intake.service.run_agency_timers()
    assert intake.events_of("intake.agency.overdue")[-1]["data"]["as_of"] == "2026-12-04"
    assert intake.events_of("intake.agency.overdue")[-1]["data"]["overdue_days"] == 1


def test_a_case_from_before_the_register_gets_its_entry_once(intake):
    case = intake.accepted()
    with intake.db.transaction() as tx:  # accepted by an earlier release
        tx.execute("UPDATE intake.cases SET routing = 'agency' WHERE case_id = :case_id", {"case_id": case["case_id"]})
    _, ended = agency_case(intake)
    intake("end_agency_matter", matter_id=ended["matter_id"], reason_code="other", reason="x", staff_id="s11")
    assert intake.service.adopt_agency_cases() == 1
    assert intake.service.adopt_agency_cases() == 0
    assert intake("get_agency_matter", case_id=case["case_id"])["state"] == "registered"


@pytest.fixture
def register(intake):
    """Seven entries in two halls: late, submitted late, in time, open, returned, ended, and one of the other hall."""
    intake.tell("directory.hall.changed", hall("h0002", "52.02.01"), version=2, subject="h2", region="52.02.01", hall_id="h0002")
    late, late_sent, good, back, ended = (agency_case(intake)[1] for _ in range(5))
    other = agency_case(intake, hall_id="h0002", window_id="w12", item_id="i0009", staff_id="s12")[1]
    submitted(intake, good)
    returned(intake, back)
    intake("end_agency_matter", matter_id=ended["matter_id"], reason_code="withdrawn", reason="=1+1", staff_id="s11")
    intake.clock.at("2026-12-03 10:00")
    intake.service.run_agency_timers()
    submitted(intake, late_sent, upper_department="市局")
    fresh = agency_case(intake)[1]
    return {"late": late, "late_sent": late_sent, "good": good, "back": back, "ended": ended, "other": other, "fresh": fresh}


def test_the_register_is_filtered_and_paged(intake, register):
    def ids(**filters):
        page = intake("list_agency_matters", **filters)
        assert page["total_size"] == len(page["matters"])
        by_id = {matter["matter_id"]: name for name, matter in register.items()}
        return {by_id[matter["matter_id"]] for matter in page["matters"]}

    assert ids(hall_id="h0002") == {"other"}
    assert ids(state="submitted") == {"good", "late_sent"}
    assert ids(agent_id="s11") == {"good", "back", "late_sent"}
    assert ids(upper_department="市局") == {"late_sent"}
    assert ids(overdue=True) == {"late", "other"}
    assert ids(overdue=False) == {"late_sent", "good", "back", "ended", "fresh"}
    assert ids(due_from="2026-12-03") == {"fresh"}
    assert ids(due_to="2026-12-02", state="registered") == {"late", "other"}
    assert ids(case_id=register["good"]["case_id"]) == {"good"}
    seen, token = [], None
    while token != "":
        page = intake("list_agency_matters", page_size=2, page_token=token)
        assert page["total_size"] == 7
        seen, token = [*seen, *page["matters"]], page["next_page_token"]
    assert [m["matter_id"] for m in seen] == sorted((m["matter_id"] for m in register.values()), reverse=True)


def test_the_figures_have_numerator_and_denominator(intake, register):
    figures = intake("get_agency_figures", day_from="2026-11-01", day_to="2026-12-31")
    mine, other = figures["halls"]
    # Judged: late, late_sent, good, back. What still has time and what ended in time is not.
    assert (mine["submission_count"], mine["on_time_count"], mine["on_time_rate"]) == (4, 2, "50.0")
    assert (other["hall_id"], other["submission_count"], other["on_time_rate"]) == ("h0002", 1, "0.0")
    assert (figures["total"]["submission_count"], figures["total"]["on_time_rate"]) == (5, "40.0")
    # Open: four of eight working days and one of today.
    assert (mine["open_count"], mine["median_age_days"], mine["max_age_days"]) == (5, "8", 8)
    counts = {entry["state"]: entry["count"] for entry in mine["by_state"]}
    assert counts == {"registered": 2, "submitted": 2, "returned": 1, "ended": 1}
    one = intake("get_agency_figures", hall_id="h0002", day_from="2026-11-01", day_to="2026-11-30")
    assert (one["halls"][0]["submission_count"], one["halls"][0]["on_time_rate"]) == (0, "")
    refused("INVALID_REQUEST", intake, "get_agency_figures", day_from="2026-12-02", day_to="2026-12-01")


def test_the_register_as_a_file(intake, register, monkeypatch):
    monkeypatch.setattr(agency_export, "ROWS", 3)
    text, token = "", None
    while token != "":
        piece = intake("export_agency_matters", page_token=token)
        text, token = text + piece["text"], piece["next_page_token"]
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["办件编号"] for row in rows] == [
        m["case_no"] for m in sorted(register.values(), key=lambda m: m["matter_id"], reverse=True)
    ]
    by_no = {row["办件编号"]: row for row in rows}
    late = by_no[register["late_sent"]["case_no"]]
    assert (late["上级部门"], late["状态"], late["报送超期（工作日）"], late["报送时间"]) == ("市局", "已报送", "1", "2026-12-03 10:00")
    assert (late["事项"], late["政务服务大厅"]) == ("食品经营许可", "市政务服务中心")
    assert by_no[register["ended"]["case_no"]]["终止原因"] == "'=1+1"


def test_an_immediate_item_may_be_an_agency_matter_too(intake):
    intake.tell("directory.item.published", immediate("i0005"), subject="i5")
    case, matter = agency_case(intake, item_id="i0005", materials=[])
    assert (case["kind"], case["time_class"], matter["state"]) == ("agency", "immediate", "registered")


def test_an_agent_who_is_not_stationed_any_more_can_be_replaced(intake):
    _, matter = agency_case(intake)
    assigned(intake, matter, agent_id="s21")
    intake.tell("directory.staff.changed", person("s21", unit_id="u21", valid_to="2026-11-24"), version=2, subject="s21")
    intake.clock.at("2026-11-25 09:00")
    refused("STAFF_NOT_FOUND", intake, "record_upper_contact", matter_id=matter["matter_id"], note="x", staff_id="s21")
    assert assigned(intake, matter, reason="调离")["agent_id"] == "s11"
