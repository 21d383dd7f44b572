"""Complaints on a real database: who may decide, what is told, what never leaves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError, InvalidArgument, NotFound, PermissionDenied
from chassis.paging import Page
from chassis.testing import deliver, outbox_events
from services.evaluation import orm, queries
from services.evaluation.domain.errors import EvaluationError
from services.evaluation.usecases import complaints

from .conftest import case_decided

CLERK = Caller("a1", "s0003", ("hall:h0001",))
VERIFIER = Caller("a9", "s0090", ("region:52.02",))


def filed(db, now, **over):
    said = {
        "hall_id": "h0001", "category": "attitude", "channel": "window", "unit_id": None, "window_id": "w0001", "staff_id": "s0001", "case_id": None,
        "anonymous": False, "complainant_name": "王小丽", "contact": "13812345678", "text": "态度恶劣，请打 13812345678", "occurred_at": now,
    }  # fmt: skip
    return complaints.file_complaint(db, **said | over)


def verify(db, complaint_id, **over):
    verdict = {"true": True, "serious": False, "unlawful": False, "note": ""}
    return complaints.verify_complaint(db, complaint_id=complaint_id, **verdict | over)


def test_texts_and_contacts_stay_here(city, db, calls, now):
    with calls(CLERK):
        answer = filed(db, now)
    assert (answer["unit_id"], answer["state"], answer["complainant_name"], answer["contact"]) == (
        "u0001",
        "registered",
        "王**",
        "138****5678",
    )
    shown = str(answer) + str(queries.complaint(db, complaint_id=answer["complaint_id"])) + str(outbox_events(db))
    assert "13812345678" not in shown
    assert "王小丽" not in shown
    assert [e["type"] for e in outbox_events(db)] == ["hallbus.evaluation.complaint.filed.v1"]


def test_disclosure_is_possible_and_on_record(city, db, calls, now):
    complaint_id = filed(db, now)["complaint_id"]
    with calls(VERIFIER):
        open_ = complaints.disclose(db, subject_kind="complaint", subject_id=complaint_id, purpose="回访")
    assert (open_["contact"], open_["name"]) == ("13812345678", "王小丽")
    with db.read() as tx:
        record = tx.execute(sa.select(orm.disclosures)).one()
    assert (record.disclosed_to, record.purpose, record.subject_id) == ("s0090", "回访", complaint_id)
    with pytest.raises(NotFound), calls(VERIFIER):
        complaints.disclose(db, subject_kind="rating", subject_id="nothing", purpose="回访")


def test_a_changed_verdict_is_a_further_round_and_event(city, db, calls, now):
    complaint_id = filed(db, now)["complaint_id"]
    with calls(VERIFIER):
        verify(db, complaint_id)
        verify(db, complaint_id, true=False, note="误会")
    facts = [e["data"] for e in outbox_events(db)][1:]
    assert [(f["round"], f["true"], f["verified_by"]) for f in facts] == [(1, True, "s0090"), (2, False, "s0090")]
    assert "误会" not in str(facts)
    answer = queries.complaint(db, complaint_id=complaint_id)
    assert [(v["round"], v["true"]) for v in answer["verdicts"]] == [(1, True), (2, False)]
    assert answer["true"] is False


@pytest.mark.parametrize(
    ("people", "reason"),
    [(("s0001", "s0001"), "VERIFIER_IS_ACCUSED"), (("s0002", None), "VERIFIER_INVOLVED"), ((None, "s0001"), "PERSON_REQUIRED")],
)
def test_only_an_outsider_decides(city, db, calls, now, people, reason):
    staff_id, accused = people
    complaint_id = filed(db, now, staff_id=accused)["complaint_id"]
    with pytest.raises((EvaluationError, HallbusError)) as caught, calls(Caller("a2", staff_id, ("*",))):
        verify(db, complaint_id)
    assert caught.value.reason == reason
    assert len(outbox_events(db)) == 1


def test_the_case_tells_unit_and_window_but_never_a_person(city, db, now):
    deliver(city, [case_decided()], entry="on_case_decided")
    answer = filed(db, now, window_id=None, staff_id=None, case_id="c1")
    assert (answer["unit_id"], answer["window_id"], answer["staff_id"]) == ("u0001", "w0001", None)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"hall_id": "h9999"}, "HALL_UNKNOWN"),
        ({"window_id": "w9999"}, "WINDOW_NOT_IN_HALL"),
        ({"staff_id": "s9999"}, "STAFF_NOT_IN_HALL"),
        ({"anonymous": True}, "CONTACT_ON_ANONYMOUS"),
    ],
)
def test_what_does_not_fit_is_named(city, db, now, over, reason):
    with pytest.raises(InvalidArgument) as caught:
        filed(db, now, **over)
    assert caught.value.reason == reason
    assert caught.value.violations


def test_a_complaint_needs_an_object_and_a_past(city, db, now):
    with pytest.raises(HallbusError) as caught:
        filed(db, now, window_id=None, staff_id=None)
    assert caught.value.reason == "UNIT_MISSING"
    with pytest.raises(InvalidArgument) as caught:
        filed(db, now + timedelta(hours=1))
    assert caught.value.reason == "OCCURRED_IN_FUTURE"


def test_anonymous_is_nameless(city, db, now):
    answer = filed(db, now, anonymous=True, complainant_name="", contact="")
    assert (answer["anonymous"], answer["complainant_name"], answer["contact"]) == (True, "", "")


def test_scope_on_every_door(city, db, calls, now):
    complaint_id = filed(db, now)["complaint_id"]
    with calls(Caller("a5", "s0050", ("hall:h0002",))):
        for refused in (
            lambda: filed(db, now),
            lambda: queries.complaint(db, complaint_id=complaint_id),
            lambda: verify(db, complaint_id),
            lambda: complaints.accept_complaint(db, complaint_id=complaint_id, refused_reason=""),
            lambda: complaints.assign_complaint(db, complaint_id=complaint_id, staff_id="s0002"),
            lambda: complaints.disclose(db, subject_kind="complaint", subject_id=complaint_id, purpose="回访"),
        ):
            with pytest.raises(PermissionDenied) as caught:
                refused()
            assert caught.value.reason == "OUT_OF_SCOPE"
        assert queries.list_complaints(db, page=Page(50, None), filed_from=None, filed_to=None)["total_size"] == 0


def test_acceptance_refusal_and_assignment(city, db, now):
    first, second = filed(db, now)["complaint_id"], filed(db, now)["complaint_id"]
    assert complaints.accept_complaint(db, complaint_id=first, refused_reason="")["state"] == "accepted"
    assert complaints.assign_complaint(db, complaint_id=first, staff_id="s0002")["assigned_to"] == "s0002"
    refused = complaints.accept_complaint(db, complaint_id=second, refused_reason="不属于本中心")
    assert (refused["state"], refused["refused_reason"]) == ("refused", "不属于本中心")
    page = queries.list_complaints(db, page=Page(50, None), filed_from=None, filed_to=None, state="refused")
    assert [c["complaint_id"] for c in page["complaints"]] == [second]
