"""Why a line went: which of the changes of a transaction are named with it, and in which words."""

import pytest

from chassis.testing import a_received
from contracts import REGISTRY
from services.scoring.domain.causes import MOST, Cause, reasons
from services.scoring.domain.explain import why_reversed
from services.scoring.domain.facts import countable
from services.scoring.events import corrections
from tests.unit.scoring.facts import a_fact


def a_cause(n, source="attendance.day.assessed", **over):
    return Cause(source, f"subject-{n}", n, f"event-{n}", **over)


def test_what_changed_the_facts_of_a_line_is_named_and_nothing_else():
    changed = {"f1": [a_cause(1)], "f2": [a_cause(2), a_cause(2)], "f3": [a_cause(3)]}
    assert reasons(["f1", "f2"], changed) == (a_cause(1), a_cause(2))


def test_a_line_whose_own_facts_are_as_they_were_names_what_changed_beside_them():
    assert reasons(["f9"], {"f1": [a_cause(1)], "f2": [a_cause(2)]}) == (a_cause(1), a_cause(2))
    assert reasons(["f9"], {}) == ()


def test_a_whole_batch_is_not_listed():
    changed = {f"f{n}": [a_cause(n)] for n in range(10)}
    assert reasons(["f9999"], changed) == tuple(a_cause(n) for n in range(10 - MOST, 10))


@pytest.mark.parametrize("code", ["calendar", "suspended", "resumed", "extended"])
def test_every_cause_of_a_withdrawal_has_words(code):
    words = why_reversed([a_cause(6, "intake.case.overdue_withdrawn", code=code).as_json()])
    assert words.zh.endswith("（intake.case.overdue_withdrawn，subject-6第6号）")
    assert "another fact" not in words.en


def test_a_cause_that_has_no_words_yet_is_still_named():
    words = why_reversed([a_cause(6, "intake.case.overdue_withdrawn", code="some_new_cause").as_json()])
    assert words.zh == "同期事实有变动（intake.case.overdue_withdrawn，subject-6第6号）"


def test_several_causes_are_all_told_and_none_means_that_assignments_changed():
    both = why_reversed([a_cause(1).as_json(), Cause("scoring.verify_fact", "f1", decided_by="s0082").as_json()])
    assert (
        both.en
        == "the person-day was assessed anew (attendance.day.assessed, subject-1 no. 1); a second person judged the fact (scoring.verify_fact, f1, by s0082)"
    )
    assert why_reversed([]).en == "scored anew after a change of assignments or of the register"


def test_the_contract_of_a_posted_line_takes_a_reversal_with_several_causes():
    line = REGISTRY.get("scoring.ledger.posted").examples[1]
    because = [{"source": "intake.case.breach_judged", "subject": "c1", "version": 9, "code": "excused"}] * MOST
    REGISTRY.get("scoring.ledger.posted").validate(line | {"because": because})


def test_a_judgement_of_something_unknown_here_is_about_no_fact_of_ours():
    data = REGISTRY.get("intake.case.breach_judged").examples[0]
    assert len(corrections(a_received(REGISTRY, "intake.case.breach_judged", data))) == 2
    assert corrections(a_received(REGISTRY, "intake.case.breach_judged", data | {"breach": "stage_overdue"})) == ()


@pytest.mark.parametrize("type_", ["CASE_OVERDUE", "NO_ONE_TIME_NOTICE"])
def test_an_excused_limit_counts_against_nobody(type_):
    facts = {fault: a_fact(type_, staff_fault=fault) for fault in (True, False, None)}
    assert set(countable(facts.values())) == {facts[True], facts[None]}


def test_without_fault_of_staff_other_facts_still_stand():
    complaint = a_fact("APPROVAL_PROBLEM_VERIFIED", staff_fault=False)
    assert countable([complaint]) == [complaint]
