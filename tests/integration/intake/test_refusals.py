"""Nothing before the receipt, nothing refused without its reason in writing, and an attempt at what may not be received is one fact."""

import pytest

from chassis.errors import HallbusError

from .conftest import item


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("accept_case", {}),
        ("return_case", {"reason_code": "prohibited", "reason": "x"}),
        ("request_supplement", {}),
        ("record_stage", {"stage": "review", "handler_id": "s11"}),
        ("decide_case", {"outcome": "approved", "handler_id": "s11"}),
        ("deliver_case", {"collector": "张三"}),
        ("issue_charge", {"lines": [{"code": "F1"}], "total_fen": 1}),
        ("assign_task", {"unit_id": "u21", "question": "x", "limit_days": 1, "staff_id": "s11"}),
    ],
)
def test_nothing_is_handled_or_refused_before_there_is_a_receipt(intake, method, request_):
    refused("CASE_NOT_FOUND", intake, method, case_id="no-receipt", **request_)
    assert intake.events() == []


def test_a_licence_is_not_refused_without_reasons_and_they_stand_on_a_paper(intake):
    case_id = intake.accepted()["case_id"]
    decision = {"case_id": case_id, "outcome": "rejected", "handler_id": "s11"}
    error = refused("REASON_REQUIRED", intake, "decide_case", **decision, opinion=" ")
    assert error.code == "invalid_argument"
    assert intake("get_case", case_id=case_id)["state"] == "accepted"
    intake("decide_case", **decision, opinion="经营场所不符合条件")
    paper = intake("list_papers", case_id=case_id)["papers"][-1]
    assert (paper["kind"], paper["title"]) == ("rejection_decision", "不予办理决定书")
    assert "理由：经营场所不符合条件" in paper["text"]
    assert "行政诉讼" in paper["text"]
    assert "张三丰" not in paper["text"]
    assert "经营场所" not in str(intake.events())


def test_who_was_told_no_last_day_cannot_have_missed_it(intake):
    case_id = intake.receipt(materials=[])["case_id"]
    intake("request_supplement", case_id=case_id)
    asked = {"case_id": case_id, "reason_code": "not_supplied", "reason": "未补正"}
    refused("SUPPLY_TIME_NOT_SET", intake, "return_case", **asked)
    intake.clock.at("2027-03-01 09:00")
    refused("SUPPLY_TIME_NOT_SET", intake, "return_case", **asked)
    assert intake("submit_supplement", case_id=case_id, materials=["M1", "M2"])["state"] == "registered"


def test_an_attempt_at_a_cancelled_item_tried_again_the_same_day_is_the_same_attempt(intake):
    intake.tell("directory.item.published", item(item_version=2, status="cancelled"), version=2)
    for _ in range(3):
        refused("ITEM_NOT_IN_HALL", intake.receipt)
    assert len(intake.events_of("intake.receipt.refused")) == 1
    intake.clock.at("2026-11-24 09:00")
    refused("ITEM_NOT_IN_HALL", intake.receipt)
    attempts = intake.events_of("intake.receipt.refused")
    assert len({event["subject"] for event in attempts}) == len(attempts) == 2


@pytest.mark.parametrize("status", ["exited", "delegated_down"])
def test_an_item_that_left_the_hall_otherwise_is_no_cancelled_one(intake, status):
    intake.tell("directory.item.published", item(item_version=2, status=status, cancelled_on="2026-11-20"), version=2)
    assert refused("ITEM_NOT_IN_HALL", intake.receipt).metadata["status"] == status
    assert intake.events_of("intake.receipt.refused") == []
