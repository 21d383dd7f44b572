"""Suspension: no day lost, no day gained, whatever it crosses and however long it takes."""

import datetime as dt

import pytest

import workdays
from services.intake.domain import happenings as h
from services.intake.domain.counting import STOPPED, Stop, counted_between, walk
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.explanation import explained
from services.intake.domain.suspensions import PROCEDURES, Procedure, resume, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from tests.unit.intake.cases import accepted, an_item, day, decided, on, told

CALENDAR = workdays.Calendar()


def stopped(case, since, **over):
    given = {
        "procedure": "expert_review",
        "limit_days": 5,
        "reason": "需专家评审",
        "notice": Notice("特告〔2026〕1号", day(since)),
        "by": "s1",
    }
    suspend(case, Procedure(**{**given, **over}), now=on(since))
    return case


def ended(case, until):
    resume(case, by="s1", result="通过", now=on(until))
    return case


def tally(case, when):
    """Budget, consumed and remaining of the promise as of a day."""
    deadline = case.calculation()
    consumed = deadline.consumed_of(deadline.promised, CALENDAR, day(when))
    return deadline.promised.budget, consumed, deadline.promised.budget - consumed


@pytest.mark.parametrize(
    ("accepted_on", "days", "stops", "due"),
    [
        # Over a weekend: Mon 23 + 5 = 30 November; from Thursday 26 to Monday 30 nothing runs: three days left, the first on 1 December.
        ("2026-11-23", 5, [("2026-11-26", "2026-11-30")], "2026-12-03"),
        # Begins and ends on rest days: only Monday's count is what it was.
        ("2026-11-23", 5, [("2026-11-28", "2026-11-29")], "2026-11-30"),
        # Begins and ends on the same day: that one day.
        ("2026-11-23", 5, [("2026-11-25", "2026-11-25")], "2026-12-01"),
        # On the day of acceptance, which is never counted.
        ("2026-11-23", 5, [("2026-11-23", "2026-11-23")], "2026-11-30"),
        # On the last day: that day is left.
        ("2026-11-23", 5, [("2026-11-30", "2026-12-08")], "2026-12-09"),
        # Over the National Day holiday (1-7 October, worked 20 September and 10 October): 29 and 30 September consumed, 8 October is not, three left.
        ("2026-09-28", 5, [("2026-10-01", "2026-10-08")], "2026-10-12"),
        # Over the Spring Festival (15-23 February, worked 14 and 28 February): 13 consumed, then 26, 27, 28 and 2 March.
        ("2026-02-12", 5, [("2026-02-14", "2026-02-25")], "2026-03-02"),
        # Twice, the second a day after the first ended: 24, then 26 to 27 stopped, 30 to 2 stopped, four left.
        ("2026-11-23", 5, [("2026-11-26", "2026-11-27"), ("2026-11-30", "2026-12-02")], "2026-12-07"),
    ],
)
def test_stopped_days_are_passed_over(accepted_on, days, stops, due):
    case = accepted(accepted_on, an_item(promised_days=days))
    for since, until in stops:
        stopped(case, since, limit_days=60)
        assert (case.promised_due, case.state) == (None, "suspended")
        ended(case, until)
    assert case.promised_due == day(due)
    trace = case.calculation().promised.trace
    assert len(trace) == (day(due) - case.calculation().start).days + 1
    budget, consumed, remaining = tally(case, due)
    assert (budget, consumed, remaining) == (days, days, 0)


def test_budget_consumed_and_remaining_tally_while_the_case_runs_and_stands_still():
    case = accepted(item=an_item(promised_days=10))
    assert [tally(case, f"2026-11-{d}") for d in (23, 24, 25)] == [(10, 0, 10), (10, 1, 9), (10, 2, 8)]
    stopped(case, "2026-11-26", limit_days=60)
    assert (case.calculation().consumed, case.calculation().running_since) == (2, None)
    assert {tally(case, f"2026-12-{d}") for d in ("01", "05", "08")} == {(10, 2, 8)}
    ended(case, "2026-12-08")
    assert (case.calculation().consumed, case.calculation().running_since) == (2, day("2026-12-08"))
    assert [tally(case, f"2026-12-{d}") for d in ("08", "09", "10", "31")] == [(10, 2, 8), (10, 3, 7), (10, 4, 6), (10, 10, 0)]


def test_an_overrun_costs_no_day_of_the_budget_and_is_told_once_for_each_rung():
    case = stopped(accepted(), "2026-11-26", limit_days=2)  # until Monday 30 November
    assert case.suspensions[0]["limit_due"] == "2026-11-30"
    assert case.timer_at == on("2026-12-01", 0).at
    run_timer(case, an_item(), now=on("2026-11-30", 23))
    assert told(case, h.SuspensionOverrun) == []
    run_timer(case, an_item(), now=on("2026-12-01"))
    run_timer(case, an_item(), now=on("2026-12-02"))
    assert [(e.level, e.overrun_days, e.as_of) for e in told(case, h.SuspensionOverrun)] == [("red", 1, day("2026-12-01"))]
    run_timer(case, an_item(), now=on("2026-12-20"))
    assert [(e.level, e.as_of) for e in told(case, h.SuspensionOverrun)][1:] == [("double_red", day("2026-12-03"))]
    assert case.timer_at is None
    ended(case, "2026-12-21")
    assert case.promised_due == day("2026-12-24")  # 22, 23 and 24: three of five were left
    assert case.suspensions[0]["overrun_days"] == 15
    assert told(case, h.Overdue) == []


def test_a_suspended_case_becomes_neither_due_nor_overdue():
    case = stopped(accepted(), "2026-11-24", limit_days=500)
    run_timer(case, an_item(), now=on("2027-06-30"))
    assert told(case, h.DueSoon, h.Overdue) == []
    with pytest.raises(Refused) as caught:
        decided(case, "2027-06-30")
    assert caught.value.reason == "CASE_SUSPENDED"


def test_downtime_tells_the_overrun_when_the_procedure_ends_before_any_scheduler_ran():
    case = ended(stopped(accepted(), "2026-11-24", limit_days=1), "2026-12-10")
    assert [type(e) for e in case.pending_events][-4:] == [h.SuspensionOverrun, h.SuspensionOverrun, h.Resumed, h.DeadlineMoved]


def test_a_suspension_on_a_day_over_withdraws_what_was_told_of_that_day():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-12-02"))
    assert [e.overdue_days for e in told(case, h.Overdue)] == [1, 2]
    stopped(case, "2026-12-02")
    (gone,) = told(case, h.OverdueWithdrawn)
    assert (gone.cause, [(f["overdue_days"], f["as_of"]) for f in gone.facts]) == ("suspended", [(2, "2026-12-02")])
    assert gone.facts[0]["version"] == told(case, h.Overdue)[1].version
    ended(case, "2026-12-09")
    run_timer(case, an_item(), now=on("2026-12-10"))
    assert [(e.overdue_days, e.as_of) for e in told(case, h.Overdue)][2:] == [(2, day("2026-12-10"))]
    decided(case, "2026-12-10")
    assert (case.overdue_days, case.elapsed_days) == (2, 7)


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("PROCEDURE_UNKNOWN", {"procedure": "holiday"}),
        ("PROCEDURE_LIMIT_INVALID", {"limit_days": 0}),
        ("PROCEDURE_LIMIT_INVALID", {"limit_days": 731}),
        ("REASON_REQUIRED", {"reason": " "}),
        ("NOTICE_NO_REQUIRED", {"notice": Notice("", dt.date(2026, 11, 24))}),
        ("NOTICE_DATE_INVALID", {"notice": Notice("1号", dt.date(2026, 11, 25))}),
        ("NOTICE_DATE_INVALID", {"notice": Notice("1号", dt.date(2026, 11, 22))}),
    ],
)
def test_what_the_law_wants_of_a_suspension(reason, over):
    with pytest.raises(Invalid) as caught:
        stopped(accepted(), "2026-11-24", **over)
    assert caught.value.reason == reason
    assert caught.value.metadata["field"]


def test_suspending_in_a_row_is_refused_and_costs_nothing_when_done_tomorrow():
    case = stopped(accepted(), "2026-11-25", limit_days=60)
    with pytest.raises(Refused, match="special procedure runs") as caught:
        stopped(case, "2026-11-25")
    assert caught.value.reason == "CASE_SUSPENDED"
    ended(case, "2026-11-26")
    with pytest.raises(Refused) as caught:
        stopped(case, "2026-11-26")
    assert caught.value.reason == "SUSPENSION_IN_A_ROW"
    ended(stopped(case, "2026-11-27"), "2026-11-30")
    assert case.promised_due == day("2026-12-04")  # 24 consumed; four left after 30 November


def test_what_is_over_under_the_law_cannot_be_stopped():
    case = accepted(item=an_item(promised_days=2, legal_days=3))
    stopped(ended(stopped(case, "2026-11-26"), "2026-11-27"), "2026-11-30")  # over under the promise, not under the law
    late = accepted(item=an_item(promised_days=2, legal_days=3))
    with pytest.raises(Refused) as caught:
        stopped(late, "2026-11-27")
    assert caught.value.reason == "LEGAL_LIMIT_OVER"


def test_ending_needs_a_running_procedure_and_a_result():
    with pytest.raises(Refused) as caught:
        ended(accepted(), "2026-11-24")
    assert caught.value.reason == "CASE_NOT_SUSPENDED"
    with pytest.raises(Invalid) as caught:
        resume(stopped(accepted(), "2026-11-24"), by="s1", result="", now=on("2026-11-25"))
    assert caught.value.reason == "RESULT_REQUIRED"


def test_an_immediate_case_may_be_stopped_on_its_day():
    item = an_item(immediate=True, promised_days=0)
    case = stopped(accepted(item=item), "2026-11-23")
    assert case.promised_due is None
    assert ended(case, "2026-11-25").promised_due == day("2026-11-26")


def test_the_explanation_names_the_suspension_of_each_day():
    case = stopped(accepted(), "2026-11-26", limit_days=60)
    lasting = explained(case.calculation().start, case.calculation().promised, case.suspensions, day("2026-11-29"))
    assert [(d["date"].day, d["number"], d["suspension"]) for d in lasting] == [
        (23, 0, None), (24, 1, None), (25, 2, None), (26, None, 1), (27, None, 1), (28, None, 1), (29, None, 1),
    ]  # fmt: skip
    ended(case, "2026-11-30")
    shown = explained(case.calculation().start, case.calculation().promised, case.suspensions, day("2026-12-31"))
    assert [d["number"] for d in shown if d["number"]] == [1, 2, 3, 4, 5]
    assert {d["why"] for d in shown if d["suspension"] == 1} == {"suspended"}
    assert shown[-1]["date"] == case.promised_due


def test_natural_days_stop_too_and_roll_off_rest_days_with_the_rule_named():
    case = accepted("2026-11-23", an_item(day_kind="natural", promised_days=5))
    limit = case.calculation().promised
    assert (limit.due, limit.rolled_from) == (day("2026-11-30"), day("2026-11-28"))
    ended(stopped(case, "2026-11-25", limit_days=60), "2026-11-27")
    limit = case.calculation().promised  # one day gone; 28, 29, 30, 1: four
    assert (limit.due, limit.rolled_from) == (day("2026-12-01"), None)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_of_the_law_is_known(procedure):
    assert stopped(accepted(), "2026-11-24", procedure=procedure).state == "suspended"


def test_counting_agrees_with_walking():
    stops = (Stop(day("2026-09-24"), day("2026-10-09")), Stop(day("2026-10-20"), None))
    start = day("2026-09-14")
    for kind in ("working", "natural"):
        for budget in range(1, 15):
            found = walk(CALENDAR, start, budget, kind, stops)
            if found.due is not None and found.rolled_from is None:
                assert counted_between(CALENDAR, start, found.due, kind, stops) == budget
            else:
                assert found.trace[-1] == STOPPED or found.rolled_from
