"""Charges by the standards alone: slips, waivers, payments, receipts, the gate before payment and decision."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import charges as c
from services.intake.domain.errors import Refused
from services.intake.domain.fee_violations import FeeViolation
from services.intake.domain.waivers import Waiver

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
F1 = c.Standard("F1", "登记费", "fixed", 8000, "件", "发改价格规〔2016〕2559号")
F2 = c.Standard("F2", "证书工本费", "per_unit", 1000, "证", "发改价格规〔2016〕2559号")


def refused(reason, call, /, *arguments, **named):
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    assert caught.value.reason == reason
    return caught.value


def a_charge(**over):
    (line,) = c.by_standard([F1], [c.Asked("F1", 1)], 8000)
    values = {
        "charge_id": "c1", "charge_no": "H-1", "case_id": "k1", "case_no": "K-1", "region": "52", "hall_id": "h1", "unit_id": "u1",
        "window_id": "w1", "item_id": "i1", "item_version": 1, "lines": [vars(line)], "standard_fen": 8000, "issued_by": "clerk", "issued_identity": "program",
        "issued_at": AT, "day": AT.date(),
    }  # fmt: skip
    return c.Charge(**{**values, **over}).issue(AT)


def payment(**over):
    return c.Payment(**{"amount_fen": 8000, "method": "bank_counter", "bank_serial": "B1", "paid_at": AT, **over})


def a_waiver(waiver_id="v1", *, percent=None, amount_fen=None):
    return Waiver(waiver_id, "c1", percent, amount_fen, "府函1号", "低保户", "clerk", "program", AT)


def test_a_slip_is_what_the_standards_come_to():
    lines = c.by_standard([F1, F2], [c.Asked("F1", 1), c.Asked("F2", 3)], 11000)
    assert [(line.code, line.quantity, line.total_fen) for line in lines] == [("F1", 1, 8000), ("F2", 3, 3000)]


@pytest.mark.parametrize(
    ("asked", "total", "reason", "kind"),
    [
        ([("F1", 1)], 8001, "CHARGE_DIFFERS", "wrong_standard"),
        ([("F1", 1)], 7999, "CHARGE_DIFFERS", "wrong_standard"),
        ([("F1", 2)], 16000, "CHARGE_DIFFERS", "wrong_standard"),
        ([("F1", 1), ("F9", 1)], 9000, "CHARGE_NOT_IN_STANDARD", "tie_in"),
    ],
)
def test_anything_else_is_refused_and_says_what_it_would_have_been(asked, total, reason, kind):
    error = refused(reason, c.by_standard, [F1, F2], [c.Asked(*one) for one in asked], total)
    assert (error.kind, error.asked_fen, error.standard_fen) == (kind, total, sum({"F1": 8000}.get(code, 0) * n for code, n in asked))


def test_a_free_item_has_nothing_to_charge():
    refused("CHARGE_NOT_IN_STANDARD", c.by_standard, [], [c.Asked("F1", 1)], 100)


def test_one_standard_stands_once_on_a_slip():
    refused("CHARGE_TWICE", c.by_standard, [F2], [c.Asked("F2", 1), c.Asked("F2", 1)], 2000)


@given(st.integers(1, 10**9), st.integers(1, 100))
def test_a_percentage_never_costs_the_payer_a_fen_too_much(standard, percent):
    charge = a_charge(standard_fen=standard)
    charge.request_waiver(a_waiver(percent=percent))
    waived = charge.waivers[0].waived_fen
    assert waived * 100 >= standard * percent > (waived - 1) * 100
    assert 0 < waived <= standard


def test_a_waiver_is_asked_for_approved_by_another_and_applied():
    charge = a_charge()
    charge.request_waiver(a_waiver(percent=50))
    refused("WAIVER_RUNNING", charge.request_waiver, a_waiver("v2", percent=10))
    refused("WAIVER_NOT_APPROVED", charge.apply_waiver, "v1", by="clerk", at=AT)
    refused("WAIVER_UNDECIDED", charge.pay, payment(), by="bank", at=AT)
    waiver = charge.waiver("v1")
    for by in ("clerk", "program"):
        refused("SAME_PERSON", waiver.decide, approve=True, by=by, note="", at=AT)
    waiver.decide(approve=True, by="director", note="", at=AT)
    refused("WAIVER_DECIDED", waiver.decide, approve=False, by="director", note="", at=AT)
    refused("WAIVER_UNDECIDED", charge.pay, payment(), by="bank", at=AT)
    charge.apply_waiver("v1", by="clerk", at=AT)
    assert (charge.due_fen, charge.state, [e.version for e in charge.pending_events]) == (4000, "issued", [1, 2])
    refused("PAYMENT_DIFFERS", charge.pay, payment(), by="bank", at=AT)
    charge.pay(payment(amount_fen=4000), by="bank", at=AT)
    assert charge.state == "paid"


def test_a_charge_waived_in_full_is_settled():
    charge = a_charge()
    charge.request_waiver(a_waiver(amount_fen=8000))
    charge.waiver("v1").decide(approve=True, by="director", note="", at=AT)
    charge.apply_waiver("v1", by="clerk", at=AT)
    assert charge.state == "waived"
    refused("CHARGE_NOT_OPEN", charge.pay, payment(), by="bank", at=AT)


@pytest.mark.parametrize(("wanted", "reason"), [({}, "WAIVER_AMOUNT"), ({"percent": 5, "amount_fen": 5}, "WAIVER_AMOUNT"), ({"amount_fen": 8001}, "WAIVER_TOO_LARGE")])  # fmt: skip
def test_a_waiver_says_how_much(wanted, reason):
    charge = a_charge()
    refused(reason, charge.request_waiver, a_waiver(**wanted))
    assert charge.waivers == []


@pytest.mark.parametrize(
    ("over", "by", "reason"),
    [
        ({"method": "cash"}, "bank", "CASH_REFUSED"),
        ({}, "clerk", "SAME_PERSON"),
        ({}, "program", "SAME_PERSON"),
        ({"amount_fen": 7999}, "bank", "PAYMENT_DIFFERS"),
        ({"paid_at": AT + dt.timedelta(seconds=1)}, "bank", "PAID_IN_FUTURE"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_changes_nothing(over, by, reason):
    charge = a_charge()
    refused(reason, charge.pay, payment(**over), by=by, at=AT)
    assert (charge.state, len(charge.pending_events)) == ("issued", 1)


def test_a_receipt_follows_the_payment_and_a_spoilt_one_is_replaced():
    charge = a_charge()
    refused("CHARGE_NOT_PAID", charge.receipt, "R1", AT)
    charge.pay(payment(), by="bank", at=AT)
    refused("CHARGE_NOT_OPEN", charge.cancel, reason="x", at=AT)
    charge.receipt("R1", AT)
    refused("RECEIPT_ISSUED", charge.receipt, "R2", AT)
    assert charge.void_receipt(AT) == "R1"
    refused("NO_RECEIPT", charge.void_receipt, AT)
    charge.receipt("R2", AT)
    assert (charge.state, charge.receipt_no, charge.version) == ("receipted", "R2", 5)


def test_the_treasury_may_be_faster_than_the_receipt():
    charge = a_charge()
    charge.pay(payment(), by="bank", at=AT)
    charge.state = "reconciled"
    charge.receipt("R1", AT)
    charge.void_receipt(AT)
    assert charge.state == "reconciled"


def stand(state, *codes):
    return c.Stand(state, frozenset(codes))


@pytest.mark.parametrize(
    ("has_fee", "states", "refusing", "passes"),
    [
        (False, [], False, True),
        (True, [], False, False),
        (True, [], True, True),
        (True, ["cancelled"], False, False),
        (True, ["issued"], False, False),
        (True, ["issued"], True, False),
        (True, ["paid"], False, True),
        (True, ["paid", "issued"], False, False),
        (True, ["waived", "cancelled"], False, True),
        (True, ["reconciled", "receipted"], False, True),
    ],
)
def test_the_gate_before_payment_and_decision(has_fee, states, refusing, passes):
    charges = [stand(state, "F1") for state in states]
    if passes:
        c.check_settled(has_fee=has_fee, charges=charges, refusing=refusing)
    else:
        refused("FEE_PENDING", c.check_settled, has_fee=has_fee, charges=charges, refusing=refusing)


def test_a_standard_is_charged_once_to_a_case():
    refused("FEE_ALREADY_CHARGED", c.check_not_charged, [c.Asked("F1", 1)], [stand("paid", "F1")])
    c.check_not_charged([c.Asked("F1", 1)], [stand("cancelled", "F1"), stand("issued", "F2")])


def a_violation(**over):
    values = {
        "violation_id": "x", "key": "x", "kind": "tie_in", "source": "report", "region": "52", "hall_id": "h1", "unit_id": "u1",
        "window_id": None, "staff_id": "s1", "case_id": None, "charge_id": None, "occurred_at": AT, "recorded_at": AT,
        "recorded_by": "inspector", "recorded_identity": "program", "evidence": "x",
    }  # fmt: skip
    return FeeViolation(**{**values, **over})


def test_a_violation_is_judged_by_somebody_who_has_no_part_in_it():
    violation = a_violation()
    violation.record()
    for by in ("inspector", "program", "s1"):
        refused("SAME_PERSON", violation.decide, true=True, by=by, note="", at=AT)
    violation.decide(true=True, by="verifier", note="", at=AT)
    refused("VIOLATION_DECIDED", violation.decide, true=True, by="verifier", note="", at=AT)
    violation.decide(true=False, by="verifier", note="申诉成立", at=AT)
    refused("VIOLATION_DECIDED", violation.decide, true=True, by="verifier", note="", at=AT)
    assert [e.version for e in violation.pending_events] == [1, 2, 3]


def test_a_violation_names_somebody_and_lies_in_the_past():
    refused("SUBJECT_MISSING", a_violation(unit_id=None, staff_id=None).record)
    refused("OCCURRED_IN_FUTURE", a_violation(occurred_at=AT + dt.timedelta(seconds=1)).record)
