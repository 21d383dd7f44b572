"""Judging a breach: what was told counts until somebody uninvolved decides otherwise, and only somebody else turns that round."""

import pytest

from services.intake.domain import happenings as h
from services.intake.domain.breaches import Judgement, judge
from services.intake.domain.errors import Refused
from services.intake.domain.timers import run_timer
from tests.unit.intake.cases import a_case, accepted, an_item, decided, on, told


def judged(case, by="s8", when="2026-12-04", **over):
    given = {"breach": "overdue", "staff_fault": False, "decided_by": by, "reason": "系统故障", "basis": "运维记录12号"}
    judge(case, Judgement(**{**given, **over}), now=on(when))
    return case


def overdue(until="2026-12-02"):
    case = accepted()
    run_timer(case, an_item(), now=on(until))
    return case


def reason_of(call) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def marks(case):
    return [(fact["kind"], fact["overdue_days"], fact["staff_fault"], fact["judged_by"]) for fact in case.breaches]


def test_an_excuse_names_the_facts_it_corrects():
    case = judged(overdue())
    (event,) = told(case, h.BreachJudged)
    assert (event.staff_fault, event.decided_by, event.number) == (False, "s8", 1)
    assert [fact["version"] for fact in event.facts] == [e.version for e in told(case, h.Overdue)]
    assert marks(case) == [("overdue", 1, False, "s8"), ("overdue", 2, False, "s8")]
    assert case.judgements[0]["basis"] == "运维记录12号"


def test_a_day_over_after_the_excuse_counts_until_it_is_judged_too():
    case = judged(overdue())
    run_timer(case, an_item(), now=on("2026-12-03"))
    assert marks(case)[2] == ("overdue", 3, None, None)
    judged(case)
    assert [[f["overdue_days"] for f in e.facts] for e in told(case, h.BreachJudged)] == [[1, 2], [3]]


def test_a_decision_is_not_taken_twice_and_turned_round_only_by_somebody_else():
    case = judged(overdue())
    assert reason_of(lambda: judged(case)) == "BREACH_ALREADY_JUDGED"
    assert reason_of(lambda: judged(case, by="s9")) == "BREACH_ALREADY_JUDGED"
    assert reason_of(lambda: judged(case, staff_fault=True)) == "JUDGED_BY_SAME_PERSON"
    judged(case, by="s9", staff_fault=True)
    assert marks(case) == [("overdue", 1, True, "s9"), ("overdue", 2, True, "s9")]
    judged(case, by="s8")  # a third decision, again by somebody else than the last
    assert [(j["number"], j["staff_fault"]) for j in case.judgements] == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("JUDGE_REQUIRED", {"by": None}),
        ("JUDGE_HANDLED_CASE", {"by": "s1"}),
        ("REASON_REQUIRED", {"reason": ""}),
        ("BASIS_REQUIRED", {"basis": " "}),
        ("BREACH_UNKNOWN", {"breach": "late"}),
        ("NOTHING_TO_JUDGE", {"breach": "notice_missed"}),
    ],
)
def test_what_a_decision_needs(reason, over):
    assert reason_of(lambda: judged(overdue(), **over)) == reason


def test_a_missed_notice_can_be_excused_and_the_acceptance_stays():
    case = a_case(handed=())
    run_timer(case, an_item(), now=on("2026-12-01"))
    missed = told(case, h.NoticeMissed)[0]
    judged(case, breach="notice_missed")
    (event,) = told(case, h.BreachJudged)
    assert [fact["version"] for fact in event.facts] == [missed.version]
    assert (case.deemed, case.state) == (True, "accepted")
    assert ("overdue", 1, None, None) in marks(case)  # told apart, judged apart


def test_a_finished_case_can_still_be_judged():
    assert marks(judged(decided(overdue(), "2026-12-02")))[0] == ("overdue", 1, False, "s8")


def test_the_days_over_stay_days_over_when_nobody_is_at_fault():
    assert decided(judged(overdue()), "2026-12-04").overdue_days == 4
