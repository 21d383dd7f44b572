"""From registered to verified, by somebody else than the accused."""

from datetime import UTC, datetime, timedelta

import pytest

from services.evaluation.domain.complaints import Complaint, ComplaintFiled, Verdict
from services.evaluation.domain.errors import EvaluationError, NotIndependentError

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def a_complaint(**over):
    values = {
        "complaint_id": "k1", "category": "attitude", "channel": "window", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001",
        "case_id": None, "region": "52.02", "hall_id": "h0001", "anonymous": False, "complainant_name": "王小丽", "contact": "13812345678",
        "text": "态度差", "occurred_at": NOW, "filed_at": NOW, "filed_by": "a1",
    }  # fmt: skip
    return Complaint(**values | over)


def a_verdict(true=True, serious=False, unlawful=False, by="s0090", at=NOW):
    return Verdict(true, serious, unlawful, "", by, at)


def reason_of(function, *arguments):
    with pytest.raises(EvaluationError) as caught:
        function(*arguments)
    return caught.value.reason


def test_filing_and_verifying_number_the_events_densely():
    complaint = a_complaint()
    complaint.file()
    complaint.verify(a_verdict())
    complaint.verify(a_verdict(serious=True, at=LATER))
    assert [fact.version for fact in complaint.pending_events] == [1, 2, 3]
    assert isinstance(complaint.pending_events[0], ComplaintFiled)
    assert [fact.verdict.round for fact in complaint.pending_events[1:]] == [1, 2]


def test_the_accused_cannot_verify():
    with pytest.raises(NotIndependentError) as caught:
        a_complaint().verify(a_verdict(by="s0001"))
    assert caught.value.reason == "VERIFIER_IS_ACCUSED"


@pytest.mark.parametrize("involved", ["s0070", "s0071"])
def test_who_filed_or_handled_it_cannot_verify(involved):
    complaint = a_complaint(filed_by="s0070")
    complaint.assign("s0071", NOW)
    assert reason_of(complaint.verify, a_verdict(by=involved)) == "SAME_PERSON"
    complaint.verify(a_verdict(by="s0072"))
    assert complaint.verified_by == "s0072"


def test_the_accused_cannot_be_given_the_complaint():
    assert reason_of(a_complaint().assign, "s0001", NOW) == "HANDLER_IS_ACCUSED"


@pytest.mark.parametrize("qualified", [{"serious": True}, {"unlawful": True}])
def test_what_is_not_true_is_not_serious_either(qualified):
    assert reason_of(a_complaint().verify, a_verdict(true=False, **qualified)) == "VERDICT_CONTRADICTORY"


def test_the_same_verdict_again_is_no_further_round():
    complaint = a_complaint()
    complaint.verify(a_verdict(true=False))
    assert reason_of(complaint.verify, a_verdict(true=False, by="s0091", at=LATER)) == "VERDICT_UNCHANGED"
    assert complaint.round == 1


def test_the_path_through_acceptance_and_assignment():
    complaint = a_complaint()
    complaint.accept(NOW)
    complaint.assign("s0002", LATER)
    complaint.assign("s0003", LATER)
    complaint.verify(a_verdict(by="s0090", at=LATER))
    assert (complaint.state, complaint.accepted_at, complaint.assigned_to) == ("verified", NOW, "s0003")


def test_a_refused_complaint_stays_refused():
    complaint = a_complaint()
    complaint.refuse("不属于本中心", NOW)
    assert reason_of(complaint.accept, NOW) == "COMPLAINT_STATE"
    assert reason_of(complaint.verify, a_verdict()) == "COMPLAINT_STATE"
    assert complaint.pending_events == []
