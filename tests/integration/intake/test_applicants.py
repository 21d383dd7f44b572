"""Applicants at rest, corrected, revealed, found again, and under new keys."""

import uuid
from dataclasses import replace

import pytest

from chassis.errors import FailedPrecondition, Internal, InvalidArgument, PermissionDenied
from chassis.sealing.rotation import counts, rotate
from chassis.testing import a_vault, make_service
from services.intake.config import IntakeConfig
from services.intake.orm import SEALED
from services.intake.service import IntakeService

ID, PHONE, MAIL, NAME = "11010519491231002X", "13812345678", "zhang@example.cn", "张三丰"
ZHANG = {
    "name": NAME, "id_kind": "resident_id", "id_number": ID, "phone": PHONE, "contact": MAIL,
    "agent": {"name": "李四光", "id_kind": "passport", "id_number": "E12345678"},
}  # fmt: skip
SECRETS = (ID, PHONE, MAIL, NAME, "李四光", "E12345678")


@pytest.fixture
def case_id(intake):
    return intake.receipt(applicant=ZHANG)["case_id"]


def everything(intake) -> str:
    """Every row of every table of the schema, as text."""
    with intake.db.read() as tx:
        tables = tx.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'intake'").scalars().all()
        return "\n".join(row for table in tables for row in tx.execute(f"SELECT to_jsonb(t)::text FROM intake.{table} t").scalars().all())


def test_nothing_personal_is_stored_in_plain_nor_said(intake, case_id, caplog):
    intake("update_applicant", case_id=case_id, applicant={"phone": "13900001111"}, reason=f"原写 {PHONE}", staff_id="s11")
    who = intake.acting_as("*", staff_id="s11")
    assert who("reveal_applicant", case_id=case_id, purpose=f"核对 {ID}")["applicant"]["id_number"] == ID
    stored = everything(intake)
    assert "张**" in stored
    for secret in (*SECRETS, "13900001111"):
        assert secret not in stored + caplog.text


def test_answers_are_masked(intake, case_id):
    assert intake("get_case", case_id=case_id)["applicant"] == {
        "name": "张**", "id_kind": "resident_id", "id_number": "110***********002X", "phone": "138****5678", "contact": "z***@example.cn",
        "agent": {"name": "李**", "id_kind": "passport", "id_number": "*******78"},
    }  # fmt: skip


def test_a_wrong_number_is_told_by_field_and_never_repeated(intake):
    with pytest.raises(InvalidArgument) as caught:
        intake.receipt(applicant={**ZHANG, "id_number": "110105194912310021"})
    assert caught.value.reason == "ID_NUMBER_INVALID"
    assert [v.field for v in caught.value.violations] == ["applicant.id_number"]
    assert "110105194912310021" not in str(caught.value) + repr(caught.value.violations)


def test_a_masked_applicant_sent_back_overwrites_nothing(intake, case_id):
    shown = intake("get_case", case_id=case_id)["applicant"]
    intake("update_applicant", case_id=case_id, applicant=shown, reason="保存", staff_id="s11")
    assert intake("list_applicant_corrections", case_id=case_id)["total_size"] == 0
    assert intake.acting_as("*", staff_id="s11")("reveal_applicant", case_id=case_id, purpose="核对")["applicant"] == ZHANG


def test_a_correction_is_kept_in_a_history_without_plain_text(intake, case_id):
    case = intake("update_applicant", case_id=case_id, applicant={"phone": "13900001111", "agent": {}}, reason="电话写错", staff_id="s11")
    assert case["applicant"]["phone"] == "139****1111"
    (entry,) = intake("list_applicant_corrections", case_id=case_id)["corrections"]
    assert entry["fields"] == ["agent.id_kind", "agent.id_number", "agent.name", "phone"]
    assert (entry["before"]["phone"], entry["after"]["phone"]) == ("138****5678", "139****1111")
    assert (entry["number"], entry["reason"], entry["corrected_by"], entry["account"]) == (1, "电话写错", "s11", "system")
    with pytest.raises(PermissionDenied):
        intake.acting_as("hall:h0002")("list_applicant_corrections", case_id=case_id)


def test_a_reveal_is_on_record_and_told_once(intake, case_id):
    who = intake.acting_as("hall:h0001", staff_id="s11")
    request = {"case_id": case_id, "purpose": "电话回访", "request_id": str(uuid.uuid4())}
    assert who("reveal_applicant", **request)["applicant"] == ZHANG
    assert "applicant" not in who("reveal_applicant", **request)
    (seen,) = intake("list_applicant_reveals", case_id=case_id)["reveals"]
    assert (seen["revealed_to"], seen["purpose"], seen["account"], seen["hall_id"]) == ("s11", "电话回访", "somebody", "h0001")
    assert intake.acting_as("hall:h0002")("list_applicant_reveals")["total_size"] == 0


@pytest.mark.parametrize(
    ("scope", "staff_id", "purpose", "error"),
    [("hall:h0002", "s12", "看看", PermissionDenied), ("*", None, "看看", PermissionDenied), ("*", "s11", " ", InvalidArgument)],
)
def test_a_reveal_needs_scope_person_and_purpose(intake, case_id, scope, staff_id, purpose, error):
    with pytest.raises(error):
        intake.acting_as(scope, staff_id=staff_id)("reveal_applicant", case_id=case_id, purpose=purpose)
    assert intake("list_applicant_reveals")["total_size"] == 0


def test_a_request_id_used_for_another_applicant_is_refused(intake):
    request_id = str(uuid.uuid4())
    first = intake.receipt(applicant=ZHANG, request_id=request_id)
    assert intake.receipt(applicant=ZHANG, request_id=request_id)["case_id"] == first["case_id"]
    with pytest.raises(InvalidArgument) as caught:
        intake.receipt(applicant={**ZHANG, "phone": "13900001111"}, request_id=request_id)
    assert caught.value.reason == "REQUEST_ID_REUSED"


def test_keys_are_rotated_in_batches_and_the_old_ones_can_go(intake):
    ids = [intake.receipt(applicant=ZHANG)["case_id"] for _ in range(5)]
    both, new = a_vault("t2", "t1"), a_vault("t2")
    steps = rotate(intake.db, both, SEALED, batch=2)
    next(steps)  # … and here the machine went down
    steps.close()
    found = {"sealed t1": 3, "sealed t2": 2, "id_hash t1": 3, "id_hash t2": 2, "phone_hash t1": 3, "phone_hash t2": 2}
    assert counts(intake.db, SEALED) == found
    assert with_vault(intake, both)("list_cases", applicant_id_number=ID)["total_size"] == 5
    assert list(rotate(intake.db, both, SEALED, batch=2)) == [2, 1]
    assert counts(intake.db, SEALED) == {"sealed t2": 5, "id_hash t2": 5, "phone_hash t2": 5}
    after = with_vault(intake, new)
    assert after("list_cases", applicant_id_number=ID)["total_size"] == 5
    assert after.acting_as("*", staff_id="s11")("reveal_applicant", case_id=ids[0], purpose="核对")["applicant"] == ZHANG
    with pytest.raises(Internal):
        intake.acting_as("*", staff_id="s11")("reveal_applicant", case_id=ids[0], purpose="核对")


def with_vault(intake, vault):
    return replace(intake, service=make_service(IntakeService, db=intake.db, config=IntakeConfig(), vault=vault))


def test_an_applicant_is_found_by_number_or_phone_in_scope(intake, case_id):
    other = intake.receipt(applicant={"name": "王五", "phone": "13900001111"})["case_id"]
    for asked in ({"applicant_id_number": ID.lower()}, {"applicant_phone": "+86 138 1234 5678"}):
        assert [case["case_id"] for case in intake("list_cases", **asked)["cases"]] == [case_id]
        assert intake.acting_as("hall:h0002")("list_cases", **asked)["total_size"] == 0
    assert [case["case_id"] for case in intake("list_cases", applicant_phone="13900001111", hall_id="h0001")["cases"]] == [other]
    assert intake("list_cases", applicant_phone="13900001111", state="delivered")["total_size"] == 0
    with pytest.raises(InvalidArgument):
        intake("list_cases", applicant_id_number="110***********002X")


def test_a_command_of_the_case_leaves_the_applicant_alone(intake, case_id):
    intake("accept_case", case_id=case_id)
    with pytest.raises(FailedPrecondition):
        intake("accept_case", case_id=case_id)
    assert intake.acting_as("*", staff_id="s11")("reveal_applicant", case_id=case_id, purpose="核对")["applicant"] == ZHANG
