"""Notices, stages, class, responsibility and delivery through the RPC, on a real database."""

import threading
import uuid

import pytest

from chassis.errors import HallbusError

from .conftest import item, person


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def test_a_notice_is_served_expires_and_the_case_is_returned(intake):
    case_id = intake.receipt(materials=[])["case_id"]
    intake("request_supplement", case_id=case_id, supply_by="2026-11-27")
    served = intake("confirm_notice", case_id=case_id, round=1, how="signed", reference="签收1")
    assert served["notices"][0]["served"]["how"] == "signed"
    intake("submit_supplement", case_id=case_id, materials=["M1"])
    intake.clock.at("2026-11-28 00:01")
    assert intake.sweep() == 1
    assert intake.sweep() == 0
    case = intake("get_case", case_id=case_id)
    assert (case["state"], case["notices"][0]["state"], case["missing"]) == ("supplement", "expired", ["M2"])
    (event,) = intake.events("supplement_expired")
    assert (event["data"]["missing"], event["data"]["supply_by"]) == (["M2"], "2026-11-27")
    assert intake("return_case", case_id=case_id, reason_code="not_supplied", reason="逾期未补正")["state"] == "returned"


def test_stages_outside_the_hall_are_facts(intake):
    intake.tell("directory.item.published", item(item_version=2, key_stages=["accept", "review"]), version=2)
    case_id = intake.receipt()["case_id"]
    intake("accept_case", case_id=case_id, off_hall=True)
    case = intake("record_stage", case_id=case_id, stage="review", handler_id="s11", off_hall=True)
    assert [(s["key"], s["off_hall"]) for s in case["stages"]] == [(True, True), (True, True)]
    assert case["running_stage"]["stage"] == "complete"
    assert [(e["data"]["key_stage"], e["data"]["off_hall"]) for e in intake.events("stage_completed")] == [(True, True), (True, True)]


def test_an_undelivered_certificate_is_told_once(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    intake.clock.at("2026-12-08 00:01")
    assert (intake.sweep(), intake.sweep()) == (1, 0)
    assert [(e["data"]["stage"], e["data"]["due"]) for e in intake.events("stage_overdue")] == [("issue", "2026-12-07")]


def test_the_green_channel_needs_a_second_person_of_the_hall(intake):
    case = intake.accepted()
    ask = {"case_id": case["case_id"], "time_class": "immediate", "reason": "急事急办", "staff_id": "s11"}
    refused("APPROVER_REQUIRED", intake, "reclassify_case", **ask)
    refused("STAFF_NOT_FOUND", intake, "reclassify_case", **ask, approver_id="s12")
    request_id = str(uuid.uuid4())
    changed = [intake("reclassify_case", **ask, approver_id="s21", request_id=request_id) for _ in range(2)]
    assert changed[0] == changed[1]
    assert (changed[0]["kind"], changed[0]["promised_due"]) == ("immediate", case["promised_due"])
    assert len(intake.events("reclassified")) == 1


def test_a_case_is_transferred_within_its_hall(intake):
    intake.tell("directory.staff.changed", person("s13"), subject="s13")
    case_id = intake.accepted()["case_id"]
    refused("STAFF_NOT_FOUND", intake, "transfer_case", case_id=case_id, to_staff_id="s12", reason="x", staff_id="s11")
    moved = intake("transfer_case", case_id=case_id, to_staff_id="s13", reason="轮岗", staff_id="s11")
    assert (moved["staff_id"], moved["transfers"][0]["from_staff_id"]) == ("s13", "s11")
    assert intake("list_cases", staff_id="s13")["total_size"] == 1
    (event,) = intake.events("transferred")
    assert (event["data"]["staff_id"], event["data"]["from_staff_id"]) == ("s13", "s11")


def test_two_transfers_at_once_leave_one_line_of_history(intake):
    intake.tell("directory.staff.changed", person("s13"), subject="s13")
    case_id = intake.accepted()["case_id"]
    outcomes = []

    def move() -> None:
        try:
            intake("transfer_case", case_id=case_id, to_staff_id="s13", reason="x", staff_id="s11")
            outcomes.append("moved")
        except HallbusError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=move) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["ALREADY_RESPONSIBLE", "moved"]
    assert len(intake("get_case", case_id=case_id)["transfers"]) == 1


def test_delivery_shows_who_collected_only_masked(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    refused("COLLECTOR_REQUIRED", intake, "deliver_case", case_id=case_id)
    given = {"collector": "李四", "id_kind": "居民身份证", "id_no": "520201199001011234", "agent": True, "authorisation_no": "委1"}
    delivery = intake("deliver_case", case_id=case_id, method="elsewhere", place="村委会", **given)["delivery"]
    assert (delivery["collector"], delivery["id_no_masked"], delivery["place"]) == ("李*", "520***********1234", "村委会")
    (event,) = intake.events("delivered")
    assert (event["data"]["off_window"], event["data"]["by_agent"]) == (True, True)
    assert "520201199001011234" not in str(intake.events())


def test_the_couriers_receipt_closes_the_delivery(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    intake("deliver_case", case_id=case_id, method="courier", courier="EMS", courier_no="E1")
    intake.clock.at("2026-11-25 12:00")
    delivery = intake("confirm_courier", case_id=case_id, signed_by="张三丰")["delivery"]
    assert (delivery["courier_no"], delivery["signed_by"]) == ("E1", "张**")


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("confirm_notice", {"round": 1, "how": "signed"}),
        ("reclassify_case", {"routing": "agency", "reason": "x", "staff_id": "s11"}),
        ("transfer_case", {"to_staff_id": "s21", "reason": "x", "staff_id": "s11"}),
        ("confirm_courier", {"signed_by": "张三"}),
    ],
)
def test_no_command_reaches_another_hall(intake, method, request_):
    case_id = intake.accepted()["case_id"]
    refused("OUT_OF_SCOPE", intake.acting_as("hall:h0002"), method, case_id=case_id, **request_)
