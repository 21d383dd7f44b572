"""Who took a result away: sealed like the applicant, shown masked, in plain only on record."""

import uuid

from chassis.sealing.rotation import counts, rotate
from chassis.testing import a_vault
from services.intake.orm.applicants import SEALED_RECIPIENTS

from .test_applicants import everything

COLLECTOR, NUMBER, SIGNER = "欧阳修远", "520201199001011234", "司马相如"


def decided(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    return case_id


def handed_over(intake):
    case_id = decided(intake)
    request = {
        "case_id": case_id,
        "collector": COLLECTOR,
        "id_kind": "居民身份证",
        "id_no": NUMBER,
        "agent": True,
        "authorisation_no": "委1",
    }
    request_id = str(uuid.uuid4())
    shown = intake("deliver_case", **request, request_id=request_id)
    assert intake("deliver_case", **request, request_id=request_id) == shown
    return case_id, shown["delivery"]


def sent(intake):
    case_id = decided(intake)
    intake("deliver_case", case_id=case_id, method="courier", collector=COLLECTOR, courier="EMS", courier_no="E1")
    return case_id, intake("confirm_courier", case_id=case_id, signed_by=SIGNER)["delivery"]


def test_who_collected_is_nowhere_in_plain(intake, caplog):
    _, delivery = handed_over(intake)
    assert (delivery["collector"], delivery["id_no_masked"]) == ("欧***", "520***********1234")
    _, couriered = sent(intake)
    assert (couriered["collector"], couriered["signed_by"]) == ("欧***", "司***")
    stored = everything(intake) + caplog.text
    for secret in (COLLECTOR, NUMBER, SIGNER):
        assert secret not in stored


def test_who_collected_is_revealed_with_the_applicant_and_on_record(intake):
    case_id, _ = handed_over(intake)
    who = intake.acting_as("hall:h0001", staff_id="s11")
    request = {"case_id": case_id, "purpose": "核对领取人", "request_id": str(uuid.uuid4())}
    assert who("reveal_applicant", **request)["collector"] == COLLECTOR
    assert "collector" not in who("reveal_applicant", **request)
    assert intake("list_applicant_reveals", case_id=case_id)["total_size"] == 1
    couriered, _ = sent(intake)
    seen = who("reveal_applicant", case_id=couriered, purpose="核对签收")
    assert (seen["collector"], seen["signed_by"]) == (COLLECTOR, SIGNER)
    nobody = intake.acting_as("hall:h0001", staff_id="s11")("reveal_applicant", case_id=decided(intake), purpose="核对")
    assert "collector" not in nobody


def test_keys_of_recipients_rotate_too(intake):
    for _ in range(3):
        handed_over(intake)
    both = a_vault("t2", "t1")
    assert counts(intake.db, SEALED_RECIPIENTS) == {"sealed t1": 3}
    assert list(rotate(intake.db, both, SEALED_RECIPIENTS, batch=2)) == [2, 1]
    assert counts(intake.db, SEALED_RECIPIENTS) == {"sealed t2": 3}
