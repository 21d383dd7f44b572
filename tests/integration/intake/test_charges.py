"""Charges on a real database: the gate, two persons, attempts that leave a trace, receipts, the treasury's statement."""

import threading
import uuid

import pytest

from chassis.errors import HallbusError

from .conftest import item

FEES = [
    {"code": "F1", "name": "登记费", "kind": "fixed", "amount_fen": 8000, "unit": "件", "basis": "发改价格规〔2016〕2559号"},
    {"code": "F2", "name": "证书工本费", "kind": "per_unit", "amount_fen": 1000, "unit": "证", "basis": "发改价格规〔2016〕2559号"},
]
PAID_AT = "2026-11-23T01:00:00+00:00"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.fixture
def desk(intake):
    """Intake with an item that costs something, asked by its window's clerk."""
    intake.tell("directory.item.published", item("i0012", fee_fen=8000, fees=FEES), subject="i12")
    return intake


def acting(intake, staff_id):
    return intake.acting_as("hall:h0001", staff_id=staff_id)


def slip(intake, case, **over):
    request = {"case_id": case["case_id"], "lines": [{"code": "F1"}], "total_fen": 8000, **over}
    return acting(intake, "s11")("issue_charge", **request)


def pay(intake, charge, **over):
    request = {"amount_fen": charge["due_fen"], "method": "bank_counter", "bank_serial": charge["charge_no"], "paid_at": PAID_AT, **over}
    return acting(intake, "bank")("record_payment", charge_id=charge["charge_id"], **request)


def fee_events(intake, kind):
    return [e for e in intake.events() if e["type"].startswith(f"hallbus.intake.{kind}.")]


def test_a_case_with_a_fee_waits_for_its_money(desk):
    case = desk.accepted(item_id="i0012")
    stage = {"case_id": case["case_id"], "stage": "pay", "handler_id": "s11"}
    decision = {"case_id": case["case_id"], "outcome": "approved", "handler_id": "s11"}
    refused("FEE_PENDING", desk, "record_stage", **stage)
    refused("FEE_PENDING", desk, "decide_case", **decision)
    charge = slip(desk, case, lines=[{"code": "F1"}, {"code": "F2", "quantity": 2}], total_fen=10000)
    assert (charge["charge_no"], charge["due_fen"], charge["issued_by"]) == ("H0001-20261123-F000001", 10000, "s11")
    refused("FEE_PENDING", desk, "decide_case", **decision)
    refused("FEE_PENDING", desk, "decide_case", **{**decision, "outcome": "rejected"})
    assert pay(desk, charge)["state"] == "paid"
    desk("record_stage", **stage)
    assert desk("decide_case", **decision)["state"] == "decided"
    assert [(e["type"].split(".")[3], e["version"]) for e in fee_events(desk, "charge")] == [("issued", 1), ("paid", 2)]
    refused("CASE_ALREADY_DECIDED", slip, desk, case)


def test_a_case_that_is_refused_need_not_pay(desk):
    case = desk.accepted(item_id="i0012")
    assert desk("decide_case", case_id=case["case_id"], outcome="rejected", opinion="不符合条件", handler_id="s11")["state"] == "decided"


def test_what_the_standards_do_not_allow_is_refused_and_leaves_a_trace_once(desk):
    case = desk.accepted(item_id="i0012")
    for _ in range(2):
        refused("CHARGE_DIFFERS", slip, desk, case, total_fen=9000)
    refused("CHARGE_NOT_IN_STANDARD", slip, desk, case, lines=[{"code": "F9"}])
    assert desk("list_charges")["total_size"] == 0
    seen = fee_events(desk, "fee_violation")
    assert [(e["data"]["kind"], e["data"]["asked_fen"], e["data"]["staff_id"]) for e in seen] == [
        ("wrong_standard", 9000, "s11"), ("tie_in", 8000, "s11"),
    ]  # fmt: skip
    assert slip(desk, case)["charge_no"].endswith("F000001")
    (tie_in, wrong) = desk("list_fee_violations", source="attempt")["violations"]
    assert (tie_in["kind"], wrong["standard_fen"], wrong["recorded_by"]) == ("tie_in", 8000, "system")


def test_cash_is_refused_and_leaves_a_trace(desk):
    charge = slip(desk, desk.accepted(item_id="i0012"))
    refused("CASH_REFUSED", pay, desk, charge, method="cash")
    refused("CASH_REFUSED", pay, desk, charge, method="cash")
    (seen,) = fee_events(desk, "fee_violation")
    assert (seen["data"]["kind"], seen["data"]["charge_id"], seen["data"]["staff_id"]) == ("cash", charge["charge_id"], "bank")
    assert desk("get_charge", charge_no=charge["charge_no"])["state"] == "issued"


def test_who_issues_a_slip_never_takes_its_money_under_any_name(desk):
    case = desk.accepted(item_id="i0012")
    refused("NOT_YOURSELF", slip, desk, case, issued_by="s21")
    charge = slip(desk, case)
    request = {"charge_id": charge["charge_id"], "amount_fen": 8000, "method": "pos", "bank_serial": "B1", "paid_at": PAID_AT}
    refused("SAME_PERSON", acting(desk, "s11"), "record_payment", **request)
    refused("OUT_OF_SCOPE", desk.acting_as("hall:h0002", staff_id="bank"), "record_payment", **request)


def test_a_program_is_one_person_for_whomever_it_speaks(desk):
    case = desk.accepted(item_id="i0012")
    program = desk.acting_as("hall:h0001")
    charge = program("issue_charge", case_id=case["case_id"], lines=[{"code": "F1"}], total_fen=8000, issued_by="s11")
    assert charge["issued_by"] == "s11"
    request = {"charge_id": charge["charge_id"], "amount_fen": 8000, "method": "pos", "bank_serial": "B1", "paid_at": PAID_AT}
    refused("SAME_PERSON", program, "record_payment", **request)
    assert pay(desk, charge)["state"] == "paid"


def test_a_repeated_command_is_done_once(desk):
    case = desk.accepted(item_id="i0012")
    request_id = str(uuid.uuid4())
    first = slip(desk, case, request_id=request_id)
    assert slip(desk, case, request_id=request_id) == first
    refused("FEE_ALREADY_CHARGED", slip, desk, case)
    request_id = str(uuid.uuid4())
    assert pay(desk, first, request_id=request_id) == pay(desk, first, request_id=request_id)
    assert desk("list_charges", case_id=case["case_id"])["total_size"] == 1


def test_two_slips_at_once_are_one(desk):
    case = desk.accepted(item_id="i0012")
    outcomes = []

    def one():
        try:
            outcomes.append(slip(desk, case)["state"])
        except HallbusError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["FEE_ALREADY_CHARGED"] * 3 + ["issued"]


def test_one_payment_of_the_bank_pays_one_slip(desk):
    first, second = (slip(desk, desk.accepted(item_id="i0012")) for _ in range(2))
    pay(desk, first, bank_serial="B1")
    refused("BANK_SERIAL_USED", pay, desk, second, bank_serial="B1")


def test_a_waiver_needs_a_second_person_and_shows_in_the_totals(desk):
    charge = slip(desk, desk.accepted(item_id="i0012"))
    paid = slip(desk, desk.accepted(item_id="i0012"))
    pay(desk, paid)
    wanted = {"charge_id": charge["charge_id"], "percent": 50, "basis_document": "府函1号", "reason": "低保户"}
    (waiver,) = acting(desk, "s11")("request_waiver", **wanted)["waivers"]
    decision = {"charge_id": charge["charge_id"], "waiver_id": waiver["waiver_id"], "approved": True}
    refused("SAME_PERSON", acting(desk, "s11"), "decide_waiver", **decision)
    acting(desk, "director")("decide_waiver", **decision)
    applied = acting(desk, "s11")("apply_waiver", charge_id=charge["charge_id"], waiver_id=waiver["waiver_id"])
    assert (applied["due_fen"], applied["waivers"][0]["state"], applied["waivers"][0]["decided_by"]) == (4000, "applied", "director")
    totals = desk("get_charge_totals", hall_id="h0001", day_from="2026-11-23", day_to="2026-11-23")
    assert {name: totals[name] for name in ("standard_fen", "waived_fen", "due_fen", "paid_fen", "open_fen", "waived_share")} == {
        "standard_fen": 16000, "waived_fen": 4000, "due_fen": 12000, "paid_fen": 8000, "open_fen": 4000, "waived_share": "25.0",
    }  # fmt: skip
    assert desk.acting_as("hall:h0002")("get_charge_totals")["charge_count"] == 0


def test_receipts_of_a_book_follow_each_other_without_gaps(desk):
    book = {"hall_id": "h0001", "book_id": "b1", "prefix": "QZ", "first_no": 8, "last_no": 10}
    desk("register_receipt_book", **book)
    refused("BOOK_OVERLAPS", desk, "register_receipt_book", **{**book, "book_id": "b2", "first_no": 10, "last_no": 20})
    charges = [slip(desk, desk.accepted(item_id="i0012")) for _ in range(3)]
    refused("CHARGE_NOT_PAID", desk, "issue_fee_receipt", charge_id=charges[0]["charge_id"], book_id="b1")
    for charge in charges:
        pay(desk, charge)
    first = desk("issue_fee_receipt", charge_id=charges[0]["charge_id"], book_id="b1")
    assert (first["receipt_no"], first["state"]) == ("QZ00000008", "receipted")
    desk("void_fee_receipt", charge_id=charges[0]["charge_id"], reason="打印错位")
    numbers = [desk("issue_fee_receipt", charge_id=c["charge_id"], book_id="b1")["receipt_no"] for c in charges[:2]]
    assert numbers == ["QZ00000009", "QZ00000010"]
    refused("RECEIPT_BOOK_FULL", desk, "issue_fee_receipt", charge_id=charges[2]["charge_id"], book_id="b1")
    refused("RECEIPT_BOOK_NOT_FOUND", desk, "issue_fee_receipt", charge_id=charges[2]["charge_id"], book_id="b9")
    assert desk("list_receipt_books")["books"][0]["left_count"] == 0


HEAD = "charge_no,bank_serial,amount_fen,paid_at\n"
STATEMENT = {"hall_id": "h0001", "statement_no": "CZ-1", "day_from": "2026-11-23", "day_to": "2026-11-23"}


def row(charge, serial=None, amount=8000):
    return f"{charge['charge_no']},{serial or charge['charge_no']},{amount},{PAID_AT}\n"


def test_a_statement_confirms_what_matches_and_lists_the_rest(desk):
    charges = [slip(desk, desk.accepted(item_id="i0012")) for _ in range(4)]
    for charge in charges[:3]:
        pay(desk, charge)
    content = HEAD + row(charges[0]) + row(charges[1], amount=7000) + row(charges[0], serial="B9") + f"H0001-X,B8,1,{PAID_AT}\n"
    dry = desk("import_statement", **STATEMENT, content=content, dry_run=True)
    assert (dry["matched_count"], dry["mismatch_count"], dry["errors"], "statement_id" in dry) == (1, 5, [], False)
    done = desk("import_statement", **STATEMENT, content=content)
    assert (done["entry_count"], done["matched_count"], done["total_fen"], done["matched_fen"]) == (4, 1, 23001, 8000)
    report = desk("list_statement_mismatches", statement_id=done["statement_id"], page_size=3)
    rest = desk("list_statement_mismatches", statement_id=done["statement_id"], page_token=report["next_page_token"])
    assert [(m["kind"], m.get("line")) for m in report["mismatches"] + rest["mismatches"]] == [
        ("amount_differs", 3), ("paid_twice", 4), ("paid_not_issued", 5), ("not_in_statement", None), ("issued_not_paid", None),
    ]  # fmt: skip
    assert (report["total_size"], report["statement"]["statement_no"]) == (5, "CZ-1")
    assert desk("get_charge", charge_id=charges[0]["charge_id"])["state"] == "reconciled"
    (wrong,) = fee_events(desk, "fee_violation")
    assert (wrong["data"]["source"], wrong["data"]["asked_fen"], wrong["data"]["charge_id"]) == (
        "reconciliation", 7000, charges[1]["charge_id"],
    )  # fmt: skip
    (told,) = fee_events(desk, "statement")
    assert told["data"]["mismatch_count"] == 5


def test_a_statement_is_taken_in_once_for_its_number_and_as_a_whole(desk):
    charge = pay(desk, slip(desk, desk.accepted(item_id="i0012")))
    bad = refused("STATEMENT_ROWS_INVALID", desk, "import_statement", **STATEMENT, content=HEAD + row(charge) + "x,y,1.00,z\n")
    assert [v.field for v in bad.violations] == ["content.line[3].amount_fen", "content.line[3].paid_at"]
    assert (desk("list_statements")["total_size"], desk("get_charge", charge_id=charge["charge_id"])["state"]) == (0, "paid")
    first = desk("import_statement", **STATEMENT, content=HEAD + row(charge))
    assert desk("import_statement", **STATEMENT, content=HEAD + row(charge))["statement_id"] == first["statement_id"]
    refused("STATEMENT_DIFFERS", desk, "import_statement", **STATEMENT, content=HEAD + row(charge, amount=1))
    other = refused("STATEMENT_ROWS_INVALID", desk, "import_statement", **{**STATEMENT, "statement_no": "CZ-2"}, content=HEAD + row(charge))
    assert other.violations[0].field == "content.line[2].bank_serial"
    assert len(fee_events(desk, "statement")) == 1
    county = desk.acting_as("hall:h0002")
    refused("OUT_OF_SCOPE", county, "import_statement", **{**STATEMENT, "statement_no": "CZ-3"}, content=HEAD + row(charge))
    refused("OUT_OF_SCOPE", county, "list_statement_mismatches", statement_id=first["statement_id"])
    assert county("list_statements")["total_size"] == 0


def test_a_reported_violation_counts_when_a_second_person_has_verified_it(desk):
    case = desk.accepted(item_id="i0012")
    said = {"hall_id": "h0001", "kind": "off_counter", "case_id": case["case_id"], "occurred_at": PAID_AT, "evidence": "窗口直接收取现金"}
    seen = acting(desk, "inspector")("report_fee_violation", **said)
    assert (seen["unit_id"], seen["window_id"], seen.get("staff_id")) == ("u11", "w11", None)
    refused("SAME_PERSON", acting(desk, "inspector"), "decide_fee_violation", violation_id=seen["violation_id"], verified=True)
    acting(desk, "verifier")("decide_fee_violation", violation_id=seen["violation_id"], verified=True)
    events = fee_events(desk, "fee_violation")
    assert [(e["type"].split(".")[3], e["version"], e["data"].get("verified")) for e in events] == [
        ("recorded", 1, None),
        ("decided", 2, True),
    ]
    assert desk("list_fee_violations", state="verified")["total_size"] == 1
    assert desk.acting_as("hall:h0002")("list_fee_violations")["total_size"] == 0


def test_charges_are_listed_newest_first_in_scope(desk):
    charges = [slip(desk, desk.accepted(item_id="i0012")) for _ in range(3)]
    page = desk("list_charges", hall_id="h0001", day_from="2026-11-23", page_size=2)
    assert [c["charge_id"] for c in page["charges"]] == [charges[2]["charge_id"], charges[1]["charge_id"]]
    rest = desk("list_charges", hall_id="h0001", page_size=2, page_token=page["next_page_token"])
    assert ([c["charge_id"] for c in rest["charges"]], rest["next_page_token"], rest["total_size"]) == ([charges[0]["charge_id"]], "", 3)
    desk("cancel_charge", charge_id=charges[0]["charge_id"], reason="开错")
    assert desk("list_charges", state="cancelled")["total_size"] == 1
    assert desk.acting_as("hall:h0002")("list_charges")["total_size"] == 0
    refused("OUT_OF_SCOPE", desk.acting_as("hall:h0002"), "get_charge", charge_id=charges[0]["charge_id"])
