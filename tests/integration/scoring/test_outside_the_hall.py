"""What a case tells besides its limits: done outside the hall, given out elsewhere, a cancelled item, a back office that is late."""

import random

import pytest

from chassis.caller import Caller
from chassis.testing import a_received
from contracts import REGISTRY

from .conftest import PLACES, case_event

VERIFIER = Caller("a2", "s0082", ("*",))
UNIT, WINDOW = ("MJ", "unit", "u1_1"), ("XZK", "window", "w1_1")


def stage(stage_, version=3, *, off_hall=True, key=False, day="23", **over):
    rest = {"handler_id": "q", "completed_at": f"2026-11-{day}T02:00:00+00:00", "key_stage": key, "off_hall": off_hall}
    return case_event("stage_completed", version, stage=stage_, **(rest | over))


def delivered(version=6, *, off_window=True, day="24", **over):
    method = "elsewhere" if off_window else "window"
    return case_event("delivered", version, delivered_at=f"2026-11-{day}T02:00:00+00:00", method=method, off_window=off_window, **over)


def attempt(attempt_id="a1", **over):
    data = {
        "attempt_id": attempt_id, "hall_id": "h0001", "window_id": "w1_1", "staff_id": "p", "unit_id": "u1_1", "item_id": "i0002", "item_version": 3,
        "channel": "window", "reason_code": "ITEM_CANCELLED", "attempted_at": "2026-11-23T01:05:00+00:00",
    } | over  # fmt: skip
    return a_received(REGISTRY, "intake.receipt.refused", data, subject=attempt_id, region=PLACES["h0001"], hall_id="h0001")


def task_overdue(days, as_of, **over):
    data = {
        "task_id": "t1", "case_id": "c1", "case_no": "H-c1", "item_id": "i0001", "window_id": "w1_1", "unit_id": "u1_2", "handler_id": None,
        "due": "2026-11-26", "overdue_days": days, "as_of": as_of,
    } | over  # fmt: skip
    return a_received(REGISTRY, "intake.task.overdue", data, subject="t1", version=days + 1, region=PLACES["h0001"], hall_id="h0001")


def facts(scored, **wanted):
    return {(fact["type"], fact.get("person_id"), fact["verified"]) for fact in scored.ask("list_facts", **wanted)["facts"]}


def confirm(scored, type_, *, true=True):
    (fact,) = scored.ask("list_facts", type=type_)["facts"]
    scored.ask("verify_fact", VERIFIER, fact_id=fact["fact_id"], verified=true, note="已核实")


def test_an_acceptance_outside_the_hall_costs_unit_and_window_and_names_who_did_it(scored):
    scored.tell(stage("accept"))
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == ("-5.00", "-1.00")
    assert facts(scored) == {("OFF_HALL_ACCEPT", "q", True)}
    assert scored.differences() == []


@pytest.mark.parametrize(
    ("event", "unit"),
    [
        (stage("review", key=True), "-5.00"),
        (stage("review"), "0.00"),
        (stage("review", key=True, off_hall=False), "0.00"),
        (stage("accept", off_hall=False, key=True), "0.00"),
        (stage("issue", key=True), "0.00"),
    ],
    ids=["key stage", "no key stage", "in the hall", "accepted in the hall", "handing out is told by delivered"],
)
def test_of_the_other_stages_only_a_key_stage_belongs_into_the_hall(scored, event, unit):
    scored.tell(event)
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == (unit, "0.00")
    assert len(facts(scored)) == (unit != "0.00")


def test_an_item_costs_the_unit_once_in_a_month_with_its_cases_listed(scored):
    """A-05: per item and period for MJ, per case for XZK."""
    stray = [stage("accept", case_id=f"c{n}", day=str(20 + n)) for n in (3, 4, 5)]
    other = stage("accept", case_id="c9", item_id="i0009", day="26")
    events = [*stray, other, *stray]
    random.Random(1).shuffle(events)
    for event in events:
        scored.tell(event)
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == ("-10.00", "-4.00")
    listed, alone = scored.sheet(*UNIT)["lines"]
    assert listed["fact_ids"] == ["off_hall:c3/accept", "off_hall:c4/accept", "off_hall:c5/accept"]
    assert alone["fact_ids"] == ["off_hall:c9/accept"]
    assert "（同一事项3件，本期只计一次）" in listed["explanation_zh"]
    assert "(3 of one matter, counted once in the period)" in listed["explanation_en"]
    scored.tell(stage("accept", case_id="c12", completed_at="2026-12-01T02:00:00+00:00"))
    assert scored.points(*UNIT, "2026-12") == "-5.00", "the same item again in the next month"
    assert scored.differences() == []


def test_a_result_given_out_elsewhere_waits_until_a_person_has_confirmed_it(scored):
    scored.tell(delivered(), stage("issue", 7), delivered(case_id="c2", off_window=False))
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == ("0.00", "0.00")
    assert [fact["type"] for fact in scored.sheet(*WINDOW)["pending"]] == ["OFF_WINDOW_DELIVERY"]
    assert facts(scored) == {("OFF_WINDOW_DELIVERY", None, False)}
    confirm(scored, "OFF_WINDOW_DELIVERY")
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == ("-5.00", "-0.50")
    confirm(scored, "OFF_WINDOW_DELIVERY", true=False)
    assert (scored.points(*UNIT), scored.points(*WINDOW)) == ("0.00", "0.00")
    assert scored.sheet(*WINDOW)["pending"] == []
    reversal = scored.sheet(*WINDOW, history=True)["lines"][-1]
    assert reversal["reversed_because_zh"] == "经第二人核实（scoring.verify_fact，off_window:c1，s0082）"
    assert scored.differences() == []


def test_a_blocked_attempt_at_a_cancelled_item_scores_once_a_person_has_confirmed_it(scored):
    scored.tell(attempt(), attempt("a2", reason_code="SOMETHING_ELSE"), attempt())
    assert scored.points(*WINDOW) == "0.00"
    (fact,) = scored.sheet(*WINDOW)["pending"]
    assert (fact["type"], fact["person_id"], fact["evidence"]) == ("CANCELLED_ITEM_ACCEPT", "p", "系统已拦截 blocked: i0002 v3, window")
    confirm(scored, "CANCELLED_ITEM_ACCEPT")
    assert scored.points(*WINDOW) == "-2.00"
    assert scored.differences() == []


def test_a_late_back_office_is_a_fact_of_its_unit_and_of_no_rulebook(scored):
    scored.tell(task_overdue(2, "2026-11-30", handler_id="q"), task_overdue(1, "2026-11-27"), task_overdue(1, "2026-11-27"))
    assert facts(scored, unit_id="u1_2") == {("TASK_OVERDUE", "q", True), ("TASK_OVERDUE", None, True)}
    assert facts(scored, window_id="w1_1") == set()
    (first, _) = sorted(scored.ask("list_facts")["facts"], key=lambda fact: fact["days"])
    assert first["text_zh"] == "2026-11-27 后台办理逾期 第1天（前后衔接）"
    assert [scored.points("MJ", "unit", unit) for unit in ("u1_1", "u1_2")] == ["0.00", "0.00"]
