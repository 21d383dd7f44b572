"""What scoring builds on: each act is told by one event, however often the command is sent."""

import uuid

from .conftest import item
from .test_charges import FEES, refused


def twice(intake, method, /, **request):
    """The same command again, as a client does whose answer got lost."""
    request_id = str(uuid.uuid4())
    answers = [intake(method, **request, request_id=request_id) for _ in range(2)]
    assert answers[0] == answers[1]
    return answers[0]


def test_an_acceptance_outside_the_hall_is_one_fact(intake):
    intake.tell("directory.item.published", item(item_version=2, key_stages=["accept"]), version=2)
    twice(intake, "accept_case", case_id=intake.receipt()["case_id"], off_hall=True)
    facts = [(e["data"]["stage"], e["data"]["key_stage"]) for e in intake.events("stage_completed") if e["data"]["off_hall"]]
    assert facts == [("accept", True)]


def test_a_delivery_away_from_the_window_is_one_fact(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    twice(intake, "deliver_case", case_id=case_id, method="elsewhere", place="村委会", collector="李四")
    refused("CASE_ALREADY_DELIVERED", intake, "deliver_case", case_id=case_id, collector="李四")
    assert [e["data"]["off_window"] for e in intake.events("delivered")] == [True]


def test_a_second_list_is_one_fact(intake):
    case_id = intake.receipt(materials=[])["case_id"]
    twice(intake, "request_supplement", case_id=case_id)
    twice(intake, "request_supplement", case_id=case_id, missing=["M1", "M2", "M3"], reason="漏了")
    assert [(e["data"]["round"], e["data"]["repeated"]) for e in intake.events("supplement_requested")] == [(1, False), (2, True)]


def test_a_wrong_fee_and_a_tie_in_are_one_fact_each_and_an_off_counter_charge_one_for_each_report(intake):
    intake.tell("directory.item.published", item("i0012", fee_fen=8000, fees=FEES), subject="i12")
    case_id = intake.accepted(item_id="i0012")["case_id"]
    clerk = intake.acting_as("hall:h0001", staff_id="s11")
    for _ in range(3):
        refused("CHARGE_DIFFERS", clerk, "issue_charge", case_id=case_id, lines=[{"code": "F1"}], total_fen=9000)
        refused("CHARGE_NOT_IN_STANDARD", clerk, "issue_charge", case_id=case_id, lines=[{"code": "F1"}, {"code": "X"}], total_fen=9000)
    seen = {"hall_id": "h0001", "staff_id": "s11", "kind": "off_counter", "occurred_at": "2026-11-23T00:30:00Z", "evidence": "录像"}
    twice(intake, "report_fee_violation", **seen)
    kinds = [event["data"]["kind"] for event in intake.events_of("intake.fee_violation.recorded")]
    assert kinds == ["wrong_standard", "tie_in", "off_counter"]
