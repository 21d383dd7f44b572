"""Class, responsibility and delivery: what they record, and that none of them moves a due day."""

import pytest

from services.intake.domain import happenings as h
from services.intake.domain.acceptance import accept
from services.intake.domain.classification import Change, reclassify
from services.intake.domain.delivery import Collector, Handover, confirm_courier, deliver
from services.intake.domain.errors import Refused
from services.intake.domain.ownership import transfer
from tests.unit.intake.cases import a_case, accepted, an_item, decided, on, told

NOW = on("2026-11-24")


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def limits(case):
    return case.promised_due, case.legal_due, case.deadline, case.timer_at


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (Change("immediate", None, "s1", "急事急办", "s9"), "immediate"),
        (Change(None, "agency", "s1", "需报上级"), "agency"),
        (Change(None, "joint", "s1", "涉及两个部门"), "joint"),
        (Change("immediate", "joint", "s1", "重大项目", "s9"), "joint"),
    ],
)
def test_another_class_after_acceptance_moves_no_limit(change, kind):
    item = an_item(units_involved=2)
    case = accepted(item=item)
    before = limits(case)
    reclassify(case, change, item, now=NOW)
    assert case.kind == kind
    assert limits(case) == before
    (fact,) = told(case, h.Reclassified)
    assert (fact.before["kind"], fact.after["kind"], fact.green_channel) == ("promised", kind, change.approver_id is not None)


def test_every_change_of_class_stays_in_the_history():
    case = accepted(item=an_item(units_involved=2))
    reclassify(case, Change(None, "joint", "s1", "一"), an_item(units_involved=2), now=NOW)
    reclassify(case, Change(None, "plain", "s2", "二"), an_item(units_involved=2), now=on("2026-11-25"))
    assert [(e["by"], e["reason"], e["before"]["kind"], e["after"]["kind"]) for e in case.reclassifications] == [
        ("s1", "一", "promised", "joint"),
        ("s2", "二", "joint", "promised"),
    ]


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("CLASS_UNCHANGED", Change("promised", "plain", "s1", "x")),
        ("CLASS_UNCHANGED", Change(None, None, "s1", "x")),
        ("ROUTING_NOT_POSSIBLE", Change(None, "joint", "s1", "x")),
        ("APPROVER_REQUIRED", Change("immediate", None, "s1", "x")),
        ("APPROVER_IS_ACTOR", Change("immediate", None, "s1", "x", "s1")),
    ],
)
def test_a_class_that_cannot_be_is_refused(reason, change):
    case = accepted()
    before = case.version
    refused(reason, reclassify, case, change, an_item(), now=NOW)
    assert case.version == before


def test_a_routing_chosen_before_acceptance_holds_at_acceptance():
    item = an_item(units_involved=2)
    case = a_case(item=item)
    reclassify(case, Change(None, "joint", "s1", "x"), item, now=NOW)
    accept(case, item, routing=None, now=NOW)
    assert (case.routing, case.kind) == ("joint", "joint")


def test_an_ended_case_keeps_its_class():
    refused("CASE_ALREADY_DECIDED", reclassify, decided(accepted(), "2026-11-24"), Change(None, "agency", "s1", "x"), an_item(), now=NOW)


def test_a_transfer_changes_who_is_responsible_and_nothing_else():
    case = accepted()
    before = limits(case)
    transfer(case, "s2", by="s1", reason="轮岗", now=NOW)
    transfer(case, "s3", by="s2", reason="请假", now=NOW)
    assert case.staff_id == "s3"
    assert [(t["from_staff_id"], t["to_staff_id"]) for t in case.transfers] == [("s1", "s2"), ("s2", "s3")]
    assert limits(case) == before
    refused("ALREADY_RESPONSIBLE", transfer, case, "s3", by="s1", reason="x", now=NOW)


SOMEBODY = Collector("李四", "居民身份证", "520201199001011234")


@pytest.mark.parametrize(
    ("reason", "handover"),
    [
        ("COLLECTOR_REQUIRED", Handover("window", "s1", Collector(""))),
        ("AUTHORISATION_REQUIRED", Handover("window", "s1", Collector("李四", agent=True))),
        ("COURIER_NO_REQUIRED", Handover("courier", "s1", Collector(""))),
        ("PLACE_REQUIRED", Handover("elsewhere", "s1", SOMEBODY)),
    ],
)
def test_a_handover_that_proves_nothing_is_refused(reason, handover):
    case = decided(accepted(), "2026-11-24")
    refused(reason, deliver, case, handover, now=NOW)
    assert case.state == "decided"


def test_of_the_collectors_name_and_number_only_masks_are_kept():
    case = decided(accepted(), "2026-11-24")
    deliver(case, Handover("window", "s1", SOMEBODY, notice_no="取件通知1"), now=NOW)
    assert case.delivery["id_no_masked"] == "520***********1234"
    assert case.collector == "李*"
    assert "520201199001011234" not in str(vars(case))
    assert SOMEBODY.name not in str(vars(case))
    assert (case.state, case.timer_at, case.running) == ("delivered", None, None)


def test_an_agent_shows_an_authorisation():
    case = decided(accepted(), "2026-11-24")
    deliver(case, Handover("window", "s1", Collector("李四", agent=True, authorisation_no="委1")), now=NOW)
    assert told(case, h.Delivered)[0].agent
    assert not told(case, h.Delivered)[0].off_window


def test_the_couriers_receipt_comes_back_once():
    case = decided(accepted(), "2026-11-24")
    refused("NOT_BY_COURIER", confirm_courier, case, signed_by="张三", received_at=NOW.at, now=NOW)
    deliver(case, Handover("courier", "s1", Collector(""), courier="EMS", courier_no="E1"), now=NOW)
    later = on("2026-11-26")
    refused("RECEIVED_TIME_WRONG", confirm_courier, case, signed_by="张三", received_at=on("2026-11-23").at, now=later)
    confirm_courier(case, signed_by="张三", received_at=later.at, now=later)
    refused("COURIER_ALREADY_CONFIRMED", confirm_courier, case, signed_by="张三", received_at=later.at, now=later)
    assert len(told(case, h.CourierReceived)) == 1
