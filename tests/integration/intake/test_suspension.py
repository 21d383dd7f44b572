"""Suspension, extension, judgement and re-projection through the whole service: rows, evidence, events, permissions."""

import threading

import pytest

from chassis.errors import HallbusError

OFF = {"is_workday": False, "reason": "暴雪停工", "notice_no": "市政办〔2026〕9号"}


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def suspended(intake, case_id, **over):
    given = {"procedure": "expert_review", "limit_days": 2, "reason": "专家评审", "notice_no": "特告1号", "staff_id": "s11"}
    return intake("suspend_case", case_id=case_id, **{**given, **over})


def new_calendar(intake, revision, *days, notices=()):
    overrides = [{"date": day, **OFF} for day in days]
    intake.tell("directory.calendar.changed", {"revision": revision, "overrides": overrides, "notices": list(notices)}, version=revision,
                subject="calendar", hall_id=None)  # fmt: skip


def test_a_suspension_from_its_notice_to_its_explanation(intake):
    case_id = intake.accepted()["case_id"]
    intake.clock.at("2026-11-26 10:00")
    stopped = suspended(intake, case_id)
    assert (stopped["state"], stopped["promised_due"], stopped["remaining_days"]) == ("suspended", None, 3)
    assert intake("list_cases", order="due")["total_size"] == 0
    assert intake("list_cases", state="suspended")["total_size"] == 1
    refused("CASE_SUSPENDED", intake, "decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    for moment in ("2026-12-01 08:00", "2026-12-02 08:00", "2026-12-08 08:00"):  # its own limit ended on 30 November
        intake.clock.at(moment)
        intake.sweep()
        assert intake.sweep() == 0
    assert [e["data"]["level"] for e in intake.events("suspension_overrun")] == ["red", "double_red"]
    resumed = intake("resume_case", case_id=case_id, result="通过", staff_id="s11")
    assert (resumed["state"], resumed["promised_due"], resumed["remaining_days"]) == ("in_review", "2026-12-11", 3)
    assert intake.events("due_soon", "overdue") == []
    shown = intake("explain_deadline", case_id=case_id)
    limit = shown["promised"]
    assert (limit["budget"], limit["consumed"], limit["remaining"], limit["due"]) == (5, 2, 3, "2026-12-11")
    assert {day["date"] for day in limit["counted"] if day.get("suspension") == 1} == {f"2026-11-{d}" for d in range(26, 31)} | {
        f"2026-12-0{d}" for d in range(1, 9)
    }
    (told,) = shown["suspensions"]
    assert (told["started_by"], told["reason"], told["notice_no"], told["ended_by"], told["overrun_days"]) == (
        "s11",
        "专家评审",
        "特告1号",
        "s11",
        6,
    )
    assert [(move["cause"], move["actor"], move["notice_nos"]) for move in shown["moves"]] == [
        ("suspended", "s11", ["特告1号"]), ("resumed", "s11", ["特告1号"]),
    ]  # fmt: skip
    (moved,) = intake.events("deadline_moved")
    assert (moved["data"]["promised_before"], moved["data"]["promised_due"]) == (None, "2026-12-11")
    versions = [event["version"] for event in intake.events()]
    assert versions == list(range(1, len(versions) + 1))
    assert "专家评审" not in str(intake.events())


def test_the_applicant_is_told_what_runs(intake):
    receipt = intake.receipt()
    intake("accept_case", case_id=receipt["case_id"])
    suspended(intake, receipt["case_id"])
    seen = intake.acting_as()("track_case", token=receipt["track_token"])
    assert "专家评审" in seen["next_step_zh"]
    assert "2026-11-25" in seen["next_step_en"]


def test_an_extension_is_approved_by_a_person_who_is_no_handler(intake):
    case_id = intake.accepted()["case_id"]
    request = {"case_id": case_id, "days": 10, "reason": "案情复杂", "notice_no": "延告1号"}
    refused("PERSON_REQUIRED", intake, "extend_case", **request)  # a program, for whomever it speaks
    refused("APPROVER_IS_HANDLER", intake.acting_as("*", staff_id="s11"), "extend_case", **request)
    refused("OUT_OF_SCOPE", intake.acting_as("hall:h0002", staff_id="s21"), "extend_case", **request)
    head = intake.acting_as("hall:h0001", staff_id="s21")
    refused("NOTICE_NO_REQUIRED", head, "extend_case", **{**request, "notice_no": ""})
    assert head("extend_case", **request)["promised_due"] == "2026-12-14"
    refused("CASE_ALREADY_EXTENDED", head, "extend_case", **request)
    shown = intake("explain_deadline", case_id=case_id)
    assert (shown["extension"]["approver_id"], shown["promised"]["extension_days"], shown["legal"]["budget"]) == ("s21", 10, 30)


def test_a_breach_is_judged_by_a_person_who_is_no_handler(intake):
    case_id = intake.accepted()["case_id"]
    intake.clock.at("2026-12-02 10:00")
    intake.sweep()
    request = {"case_id": case_id, "breach": "overdue", "reason": "系统故障", "basis": "运维记录12号"}
    judge = intake.acting_as("*", staff_id="s21")
    refused("INVALID_REQUEST", judge, "judge_breach", **request)  # whose fault must be said
    refused("PERSON_REQUIRED", intake, "judge_breach", staff_fault=False, **request)
    refused("JUDGE_HANDLED_CASE", intake.acting_as("*", staff_id="s11"), "judge_breach", staff_fault=False, **request)
    judge("judge_breach", staff_fault=False, **request)
    (event,) = intake.events("breach_judged")
    told = intake.events("overdue")
    assert [fact["version"] for fact in event["data"]["facts"]] == [e["version"] for e in told]
    refused("JUDGED_BY_SAME_PERSON", judge, "judge_breach", staff_fault=True, **request)
    shown = intake("explain_deadline", case_id=case_id)
    assert [(b["breach"], b["overdue_days"], b["staff_fault"]) for b in shown["breaches"]] == [("overdue", 1, False), ("overdue", 2, False)]
    assert shown["judgements"][0]["basis"] == "运维记录12号"
    assert "运维记录12号" not in str(intake.events())


def test_every_open_case_follows_a_new_calendar_once_with_its_evidence(intake):
    open_ones = [intake.accepted()["case_id"] for _ in range(3)]
    waiting = intake.receipt(materials=[])["case_id"]
    done = intake.accepted()["case_id"]
    intake("decide_case", case_id=done, outcome="approved", handler_id="s11")
    assert intake.service.reproject_cases() == 0
    new_calendar(intake, 1, "2026-11-24")
    assert [intake("get_case", case_id=i)["promised_due"] for i in open_ones] == ["2026-11-30"] * 3
    assert intake.service.reproject_cases() == 5
    assert intake.service.reproject_cases() == 0
    moved = intake.events("deadline_moved")
    assert sorted(e["subject"] for e in moved) == sorted(open_ones)
    assert {
        (e["data"]["cause"], e["data"]["promised_before"], e["data"]["promised_due"], tuple(e["data"]["notice_nos"])) for e in moved
    } == {("calendar", "2026-11-30", "2026-12-01", ("市政办〔2026〕9号",))}
    shown = intake("explain_deadline", case_id=open_ones[0])
    (move,) = shown["moves"]
    assert (move["promised_before"], move["promised_due"]) == ("2026-11-30", "2026-12-01")
    assert move["calendar_version_before"] != shown["calendar_version"]
    assert shown["promised"]["counted"][1]["why"] == "override_rest_day"
    assert intake("get_case", case_id=done)["promised_due"] == "2026-11-30"
    intake.clock.at("2026-12-01 08:00")  # the silence of the fourth would have ended now, but for the day off
    intake.sweep()
    assert intake("get_case", case_id=waiting)["state"] == "registered"


def test_a_batch_is_bounded_and_two_processes_share_the_work(intake):
    for _ in range(7):
        intake.accepted()
    new_calendar(intake, 1, "2026-11-24")
    from services.intake.usecases import reprojection

    assert reprojection.reproject_cases(intake.db, intake.service.config.rules, limit=3) == 3
    done, start = [], threading.Barrier(2)

    def work():
        start.wait()
        done.append(intake.service.reproject_cases())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 4
    assert len(intake.events("deadline_moved")) == 7


def test_a_case_that_breaks_stops_no_other(intake):
    broken = intake.accepted()["case_id"]
    intake.accepted()
    with intake.db.transaction() as tx:
        tx.execute("UPDATE intake.cases SET deadline = '{}' WHERE case_id = :case_id", {"case_id": broken})
    new_calendar(intake, 1, "2026-11-24")
    assert intake.service.reproject_cases() == 1
    assert len(intake.events("deadline_moved")) == 1


def test_a_command_that_comes_before_the_job_sees_the_new_calendar(intake):
    case_id = intake.accepted()["case_id"]
    intake.clock.at("2026-12-01 10:00")
    new_calendar(intake, 1, "2026-11-24")
    decided = intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    assert (decided["overdue_days"], decided["promised_due"], decided["elapsed_days"]) == (0, "2026-12-01", 5)
    assert [e["type"].split(".")[3] for e in intake.events()][-3:] == ["deadline_moved", "decided", "stage_completed"]
    assert intake.service.reproject_cases() == 0


def test_provisional_cases_are_listed_until_the_notice_comes(intake):
    intake.clock.at("2026-12-10 10:00")
    near = intake.accepted(item_id="i0002", materials=[])["case_id"]
    case_id = intake.accepted()["case_id"]  # its legal limit of 20 working days crosses the year
    assert [c["case_id"] for c in intake("list_cases", provisional=True)["cases"]] == [case_id]
    assert [c["case_id"] for c in intake("list_cases", provisional=False)["cases"]] == [near]
    new_calendar(intake, 1, "2027-01-01", "2027-01-04", notices=[{"year": 2027, "notice_no": "国办发明电〔2026〕99号"}])
    intake.service.reproject_cases()
    assert intake("list_cases", provisional=True)["total_size"] == 0
    (moved,) = intake.events("deadline_moved")
    assert (moved["data"]["legal_before"], moved["data"]["legal_due"], moved["data"]["provisional"]) == ("2027-01-08", "2027-01-11", False)
    assert "国办发明电〔2026〕99号" in moved["data"]["notice_nos"]


def test_days_over_that_are_none_any_more_are_withdrawn_and_may_come_again(intake):
    intake.accepted()
    intake.clock.at("2026-12-01 08:00")
    intake.sweep()
    (told,) = intake.events("overdue")
    new_calendar(intake, 1, "2026-12-01")
    intake.service.reproject_cases()
    (gone,) = intake.events("overdue_withdrawn")
    assert gone["data"]["facts"] == [{"version": told["version"], "overdue_days": 1, "as_of": "2026-12-01"}]
    intake.clock.at("2026-12-02 08:00")
    assert intake.sweep() == 1
    assert [e["data"]["as_of"] for e in intake.events("overdue")] == ["2026-12-01", "2026-12-02"]
