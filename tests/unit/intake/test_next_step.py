"""What a citizen is told about his case: what comes next, by when and why, in both languages, without a name."""

import datetime as dt

import pytest

from services.intake.domain.case import STATES
from services.intake.domain.next_step import _STEPS, PROCEDURES, Facts, next_step
from services.intake.domain.suspensions import PROCEDURES as KNOWN
from tests.unit.intake.cases import a_case, accepted, on


def told(case, day="2026-11-25", remaining=3):
    return next_step(case, Facts("市政务服务中心", remaining, on(day)))


def test_every_state_and_procedure_has_its_words():
    assert set(_STEPS) == set(STATES)
    assert set(PROCEDURES) == set(KNOWN)


def test_a_receipt_waits_for_acceptance_and_silence_helps_the_applicant():
    step = told(a_case("2026-11-23"))
    assert step.by == dt.date(2026, 11, 30)
    assert "2026-11-30" in step.zh
    assert "Art. 32" in step.en


@pytest.mark.parametrize(("supply_by", "words"), [(None, "请补正"), ("2026-11-30", "请在2026-11-30前补正"), ("2026-11-24", "已过")])
def test_a_supplement_says_until_when_and_what_happens_then(supply_by, words):
    case = a_case("2026-11-23")
    case.state, case.notices = "supplement", [{"supply_by": supply_by}]
    step = told(case)
    assert words in step.zh
    assert step.by == (dt.date.fromisoformat(supply_by) if supply_by else None)


def test_a_running_case_says_the_promise_its_extension_and_what_may_move_it():
    case = accepted("2026-11-23")
    assert told(case).by == case.promised_due
    case.extension, case.provisional = {"days": 10}, True
    step = told(case)
    assert "延长10日" in step.zh
    assert "Art. 42" in step.en
    assert "holiday notice" in step.en
    assert "已超过2个工作日" in told(case, remaining=-2).zh


def test_a_decision_says_where_and_by_when_it_is_collected():
    case = accepted("2026-11-23")
    case.state, case.decision, case.decided_at = "decided", "approved", on("2026-11-25").at
    step = told(case)
    assert step.by == dt.date(2026, 12, 9)
    assert "市政务服务中心" in step.zh
    assert "市政务服务中心" in step.en
    case.decision = "rejected"
    assert "refusal" in told(case).en


def test_a_refusal_says_why_and_how_to_object():
    case = a_case("2026-11-23")
    case.state, case.return_reason_code = "returned", "not_supplied"
    assert "逾期未补正材料" in told(case).zh
    assert "did not come in time" in told(case).en
    assert told(case).by is None
