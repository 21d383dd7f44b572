"""Back-office tasks through the RPC: they hold up the decision, never the deadline, and their lateness is the back office's."""

import uuid

import pytest

from chassis.errors import HallbusError


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def asked(intake, case, **over):
    request = {"case_id": case["case_id"], "unit_id": "u21", "question": "现场是否属实", "limit_days": 1, "staff_id": "s11"}
    return intake("assign_task", **{**request, **over})


def test_a_case_waits_for_the_opinion_but_its_deadline_does_not(intake):
    case = intake.accepted()
    request_id = str(uuid.uuid4())
    task = asked(intake, case, request_id=request_id)
    assert asked(intake, case, request_id=request_id) == task
    assert (task["due"], task["state"], task["window_id"]) == ("2026-11-24", "open", "w11")
    decision = {"case_id": case["case_id"], "outcome": "approved", "handler_id": "s11"}
    refused("BACK_OFFICE_OUTSTANDING", intake, "decide_case", **decision)
    refused("HANDLER_OF_OTHER_UNIT", intake, "answer_task", task_id=task["task_id"], outcome="agree", opinion="x", staff_id="s11")
    answered = intake("answer_task", task_id=task["task_id"], outcome="agree", opinion="属实", staff_id="s21")
    assert (answered["state"], answered["answered_by"]) == ("answered", "s21")
    decided = intake("decide_case", **decision)
    assert (decided["state"], decided["promised_due"]) == ("decided", case["promised_due"])
    assert len(intake.events_of("intake.task.assigned")) == 1


def test_lateness_is_told_once_a_day_and_names_the_back_office(intake):
    asked(intake, intake.accepted(), unit_id=None, handler_id="s21")
    intake.clock.at("2026-11-26 00:01")
    assert (intake.service.run_task_timers(), intake.service.run_task_timers()) == (1, 0)
    late = [e["data"] for e in intake.events_of("intake.task.overdue")]
    assert [(d["unit_id"], d["handler_id"], d["as_of"]) for d in late] == [("u21", "s21", "2026-11-25"), ("u21", "s21", "2026-11-26")]
    assert intake.events("overdue") == []


def test_tasks_stay_within_their_hall(intake):
    task = asked(intake, intake.accepted())
    refused("UNIT_NOT_FOUND", asked, intake, intake.accepted(), unit_id="u99")
    refused("INVALID_REQUEST", asked, intake, intake.accepted(), unit_id=None)
    other = intake.acting_as("hall:h0002")
    assert other("list_tasks")["total_size"] == 0
    refused("OUT_OF_SCOPE", other, "withdraw_task", task_id=task["task_id"], reason="x")
    assert intake("list_tasks", unit_id="u21", state="open", page_size=1)["tasks"][0]["task_id"] == task["task_id"]
    assert intake("withdraw_task", task_id=task["task_id"], reason="不再需要")["state"] == "withdrawn"
