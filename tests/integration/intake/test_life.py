"""A case from receipt to delivery, on a real database."""

import threading
import uuid

import pytest

from chassis.errors import FailedPrecondition, HallbusError, NotFound


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def test_a_promised_case_lives_from_receipt_to_delivery(intake):
    receipt = intake.receipt()
    assert (receipt["case_no"], receipt["state"], receipt["missing"]) == ("H0001-20261123-000001", "registered", [])
    assert receipt["notice_due"] == "2026-11-30"
    case_id = receipt["case_id"]
    accepted = intake("accept_case", case_id=case_id)
    assert (accepted["promised_due"], accepted["legal_due"], accepted["kind"]) == ("2026-11-30", "2026-12-21", "promised")
    intake.clock.at("2026-11-25 10:00")
    assert intake("record_stage", case_id=case_id, stage="review", handler_id="s11", opinion="同意")["state"] == "in_review"
    decided = intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    assert (decided["state"], decided["elapsed_days"], decided["overdue_days"]) == ("decided", 2, 0)
    delivered = intake("deliver_case", case_id=case_id, collector="张三丰")
    assert [s["stage"] for s in delivered["stages"]] == ["accept", "review", "complete", "issue"]
    events = intake.events()
    assert [e["type"].split(".")[3] for e in events] == [
        "registered", "accepted", "stage_completed", "stage_completed", "decided", "stage_completed", "delivered", "stage_completed",
    ]  # fmt: skip
    assert [e["version"] for e in events] == list(range(1, 9))
    assert delivered["version"] == 8
    assert {(e["region"], e["hallid"]) for e in events} == {("52.02", "h0001")}


def test_an_immediate_case_is_due_the_same_day(intake):
    case = intake.accepted(item_id="i0002", materials=[])
    assert (case["promised_due"], case["kind"], case["remaining_days"]) == ("2026-11-23", "immediate", 0)
    decided = intake("decide_case", case_id=case["case_id"], outcome="approved", handler_id="s11")
    assert (decided["elapsed_days"], decided["overdue_days"], decided["overdue"]) == (0, 0, False)


def test_numbers_are_dense_for_each_hall_and_day(intake):
    refused("ITEM_NOT_FOUND", intake.receipt, item_id="i9999")
    refused("MATERIAL_UNKNOWN", intake.receipt, materials=["M9"])
    numbers = [intake.receipt()["case_no"] for _ in range(3)]
    other = intake.receipt(hall_id="h0002", window_id="w12", item_id="i0009", staff_id="s12")["case_no"]
    intake.clock.at("2026-11-24 09:00")
    numbers.append(intake.receipt()["case_no"])
    assert numbers == ["H0001-20261123-000001", "H0001-20261123-000002", "H0001-20261123-000003", "H0001-20261124-000001"]
    assert other == "H0002-20261123-000001"


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("HALL_NOT_FOUND", {"hall_id": "h9"}),
        ("WINDOW_NOT_FOUND", {"window_id": "w12"}),
        ("ITEM_NOT_FOUND", {"item_id": "i9"}),
        ("STAFF_NOT_FOUND", {"staff_id": "s12"}),
        ("STAFF_REQUIRED", {"staff_id": None}),
        ("ITEM_OF_OTHER_HALL", {"item_id": "i0009"}),
        ("MATERIAL_UNKNOWN", {"materials": ["M1", "M9"]}),
        ("INVALID_REQUEST", {"applicant": {"name": " "}}),
        ("INVALID_REQUEST", {"channel": "pigeon"}),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(intake, reason, over):
    refused(reason, intake.receipt, **over)
    assert intake("list_cases")["total_size"] == 0
    assert intake.events() == []


def test_a_unit_window_takes_its_own_units_items_only(intake):
    intake.tell("directory.item.published", {**_item("i0003"), "unit_id": "u21"}, subject="i3")
    refused("WINDOW_NOT_FOR_ITEM", intake.receipt, item_id="i0003")
    assert intake.receipt(item_id="i0003", window_id="w21")["case_no"]


def _item(item_id):
    return {
        "item_id": item_id, "item_version": 1, "name": "x", "unit_id": "u11", "status": "in_hall", "time_class": "promised", "legal_days": 20,
        "promised_days": 5, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 1,
        "materials": [{"code": "M1", "name": "a", "required": True}, {"code": "M2", "name": "b", "required": True}],
    }  # fmt: skip


def test_a_cancelled_item_cannot_be_received_but_runs_on_for_its_cases(intake):
    running = intake.receipt()
    intake.tell("directory.item.published", {**_item("i0001"), "status": "cancelled"}, version=2)
    request_id = str(uuid.uuid4())
    for _ in range(2):
        assert refused("ITEM_NOT_IN_HALL", intake.receipt, request_id=request_id).metadata["status"] == "cancelled"
    (attempt,) = intake.events_of("intake.receipt.refused")
    assert (attempt["data"]["staff_id"], attempt["data"]["item_id"], attempt["hallid"]) == ("s11", "i0001", "h0001")
    assert intake.receipt(item_id="i0002", materials=[])["case_no"] == "H0001-20261123-000002"
    assert intake("accept_case", case_id=running["case_id"])["promised_due"] == "2026-11-30"


def test_from_the_day_of_its_cancellation_an_item_is_not_received(intake):
    intake.tell("directory.item.published", {**_item("i0001"), "cancelled_on": "2026-11-24"}, version=2)
    assert intake.receipt()["case_no"]
    intake.clock.at("2026-11-24 08:00")
    refused("ITEM_NOT_IN_HALL", intake.receipt)
    assert len(intake.events_of("intake.receipt.refused")) == 1


def test_a_new_version_does_not_touch_running_cases(intake):
    running = intake.receipt()
    intake.tell("directory.item.published", {**_item("i0001"), "item_version": 2, "promised_days": 2}, version=2)
    assert intake("accept_case", case_id=running["case_id"])["promised_due"] == "2026-11-30"
    assert intake.accepted()["promised_due"] == "2026-11-25"


def test_a_closed_hall_takes_nothing(intake):
    hall = {
        "hall_id": "h0001",
        "name": "x",
        "level": "city",
        "region": "52.02",
        "zone": "Asia/Shanghai",
        "parent_id": None,
        "status": "closed",
        "units": [],
    }
    intake.tell(
        "directory.hall.changed",
        {**hall, "windows": [{"window_id": "w11", "code": "A", "name": "x", "unit_id": "u11", "kind": "unit"}]},
        version=2,
    )
    refused("HALL_CLOSED", intake.receipt)


def test_incomplete_materials_are_told_once_and_completely(intake):
    receipt = intake.receipt(materials=[])
    case_id = receipt["case_id"]
    assert receipt["missing"] == ["M1", "M2"]
    assert refused("MATERIALS_INCOMPLETE", intake, "accept_case", case_id=case_id).metadata["missing"] == "M1,M2"
    refused("NOTICE_INCOMPLETE", intake, "request_supplement", case_id=case_id, missing=["M1"])
    told = intake("request_supplement", case_id=case_id)
    assert (told["state"], told["kind"], told["notices"][0]["missing"]) == ("supplement", "supplementary", ["M1", "M2"])
    refused("CASE_AWAITS_SUPPLEMENT", intake, "accept_case", case_id=case_id)
    partly = intake("submit_supplement", case_id=case_id, materials=["M1"])
    assert (partly["state"], partly["missing"]) == ("supplement", ["M2"])
    assert intake("submit_supplement", case_id=case_id, materials=["M2"])["state"] == "registered"
    assert intake("accept_case", case_id=case_id)["state"] == "accepted"
    assert [e["version"] for e in intake.events()] == [1, 2, 3, 4, 5, 6]


def test_a_second_list_needs_a_reason_and_is_marked(intake):
    case_id = intake.receipt(materials=["M1"])["case_id"]
    intake("request_supplement", case_id=case_id)
    intake("submit_supplement", case_id=case_id, materials=["M2"])
    error = refused("NOTICE_REASON_REQUIRED", intake, "request_supplement", case_id=case_id, missing=["M1"])
    assert error.code == "invalid_argument"
    again = intake("request_supplement", case_id=case_id, missing=["M1"], reason="申请书未签字")
    assert (again["state"], again["missing"]) == ("supplement", ["M1"])
    assert [e["data"]["repeated"] for e in intake.events("supplement_requested")] == [False, True]


def test_a_refusal_needs_its_reason(intake):
    case_id = intake.receipt()["case_id"]
    refused("INVALID_REQUEST", intake, "return_case", case_id=case_id, reason_code="prohibited", reason=" ")
    refused("NOTHING_WAS_ASKED", intake, "return_case", case_id=case_id, reason_code="not_supplied", reason="未补正")
    returned = intake("return_case", case_id=case_id, reason_code="prohibited", reason="国家明令禁止")
    assert (returned["state"], returned["kind"], returned["return_reason"]) == ("returned", "returned", "国家明令禁止")
    (event,) = intake.events("returned")
    assert event["data"]["reason_code"] == "PROHIBITED"
    assert "国家明令禁止" not in str(event)
    refused("CASE_RETURNED", intake, "accept_case", case_id=case_id)


def test_who_does_not_supply_in_time_can_be_refused(intake):
    case_id = intake.receipt(materials=[])["case_id"]
    intake("request_supplement", case_id=case_id, supply_by="2026-12-04")
    refused("SUPPLY_TIME_NOT_OVER", intake, "return_case", case_id=case_id, reason_code="not_supplied", reason="未补正")
    intake.clock.at("2026-12-05 09:00")
    assert intake("return_case", case_id=case_id, reason_code="not_supplied", reason="未补正")["state"] == "returned"


def test_only_the_items_unit_decides(intake):
    case_id = intake.accepted()["case_id"]
    refused("HANDLER_OF_OTHER_UNIT", intake, "decide_case", case_id=case_id, outcome="approved", handler_id="s21")
    refused("STAFF_NOT_FOUND", intake, "decide_case", case_id=case_id, outcome="approved", handler_id="s12")
    refused("STAFF_REQUIRED", intake, "decide_case", case_id=case_id, outcome="approved")
    own = intake.acting_as("hall:h0001", staff_id="s11")
    assert own("decide_case", case_id=case_id, outcome="rejected", opinion="不符合条件")["decision"] == "rejected"


def test_three_units_make_a_joint_case(intake):
    intake.tell("directory.item.published", {**_item("i0004"), "units_involved": 3}, subject="i4")
    intake.tell("directory.item.published", {**_item("i0005"), "units_involved": 2}, subject="i5")
    assert intake.accepted(item_id="i0004")["kind"] == "joint"
    two = intake.receipt(item_id="i0005")["case_id"]
    assert intake("accept_case", case_id=two, routing="joint")["routing"] == "joint"
    one = intake.receipt()["case_id"]
    refused("ROUTING_NOT_POSSIBLE", intake, "accept_case", case_id=one, routing="joint")
    assert intake("accept_case", case_id=one, routing="agency")["kind"] == "agency"


def test_a_replayed_receipt_is_one_case(intake):
    request_id = "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001"
    first = intake.receipt(request_id=request_id)
    assert intake.receipt(request_id=request_id) == first
    refused("REQUEST_ID_REUSED", intake.receipt, request_id=request_id, materials=[])
    assert intake("list_cases")["total_size"] == 1
    assert len(intake.events("registered")) == 1


def test_the_applicant_is_masked_in_answers_and_absent_from_events(intake):
    receipt = intake.receipt()
    case = intake("accept_case", case_id=receipt["case_id"])
    assert case["applicant"] == {"name": "张**", "contact": "138****5678"}
    assert "张三丰" not in str(intake.events())
    assert "13812345678" not in str(intake.events())


def test_the_token_opens_the_case_and_nothing_else(intake):
    receipt = intake.receipt(materials=["M1"])
    anonymous = intake.acting_as()
    seen = anonymous("track_case", token=receipt["track_token"])
    assert (seen["case_no"], seen["applicant_name"], seen["missing_materials"]) == (receipt["case_no"], "张**", ["平面图"])
    assert "2026-11-30" in seen["next_step_zh"]
    assert isinstance(refused("TRACKING_TOKEN_UNKNOWN", anonymous, "track_case", token="x" * 24), NotFound)
    intake("request_supplement", case_id=receipt["case_id"], supply_by="2026-12-04")
    assert "2026-12-04" in anonymous("track_case", token=receipt["track_token"])["next_step_en"]
    intake("submit_supplement", case_id=receipt["case_id"], materials=["M2"])
    intake("accept_case", case_id=receipt["case_id"])
    assert "2026-11-30" in anonymous("track_case", token=receipt["track_token"])["next_step_zh"]
    intake.clock.at("2026-12-02 09:00")
    assert "2个工作日" in anonymous("track_case", token=receipt["track_token"])["next_step_zh"]
    intake("decide_case", case_id=receipt["case_id"], outcome="approved", handler_id="s11")
    assert "领取" in anonymous("track_case", token=receipt["track_token"])["next_step_zh"]


def test_every_stage_out_of_place_is_refused(intake):
    case_id = intake.accepted()["case_id"]
    refused("STAGE_NOT_RECORDABLE", intake, "record_stage", case_id=case_id, stage="issue", handler_id="s11")
    intake("record_stage", case_id=case_id, stage="pay", handler_id="s11")
    refused("STAGE_ALREADY_COMPLETED", intake, "record_stage", case_id=case_id, stage="pay", handler_id="s11")
    refused("STAGE_OUT_OF_ORDER", intake, "record_stage", case_id=case_id, stage="review", handler_id="s11")
    assert isinstance(refused("CASE_NOT_DECIDED", intake, "deliver_case", case_id=case_id), FailedPrecondition)


def test_of_two_acceptances_at_once_one_wins(intake):
    case_id = intake.receipt()["case_id"]
    start, answers = threading.Barrier(4), []

    def accept():
        start.wait()
        try:
            answers.append(intake("accept_case", case_id=case_id)["state"])
        except HallbusError as error:
            answers.append(error.reason)

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["CASE_ALREADY_ACCEPTED"] * 3 + ["accepted"]
    assert [e["version"] for e in intake.events()] == [1, 2, 3]
