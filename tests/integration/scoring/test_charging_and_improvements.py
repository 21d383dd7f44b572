"""Fee violations, conduct in joint handling and improvements: a fact at once, a score once a second person has verified it, nothing when he rejects it."""

import pytest

from chassis.testing import a_received
from contracts import REGISTRY

from .conftest import PLACES

AT = "2026-11-23T01:00:00+00:00"


def violation(verb, version, **over):
    data = {
        "violation_id": "v1", "kind": "wrong_standard", "source": "attempt", "unit_id": "u1_1", "window_id": "w1_1", "staff_id": "p",
        "case_id": "c1", "charge_id": None, "recorded_by": "system", "asked_fen": 9000, "standard_fen": 8000, "occurred_at": AT,
        **({"verified": True, "decided_by": "v"} if verb == "decided" else {}), **over,
    }  # fmt: skip
    return a_received(
        REGISTRY, f"intake.fee_violation.{verb}", data, subject="v1", version=version, region=PLACES["h0001"], hall_id="h0001"
    )


def improvement(type_, version, kind="shorten_promise", **over):
    data = {
        "improvement_id": "i1", "item_id": "i0001", "item_name": "x", "item_version": 2, "unit_id": "u1_1", "kind": kind, "before": 5, "after": 3,
        "day_kind": "working", "published_by": "a", "detected_at": AT, **over,
    }  # fmt: skip
    return a_received(REGISTRY, type_, data, subject="i1", version=version, region=PLACES["h0001"], hall_id="h0001")


DECIDED = "directory.improvement.decided"


def test_a_fee_violation_costs_the_window_when_it_is_verified(scored):
    scored.tell(violation("recorded", 1))
    assert scored.points("XZK", "window", "w1_1") == "0.00"
    scored.tell(violation("decided", 2), violation("recorded", 1))
    assert scored.points("XZK", "window", "w1_1") == "-0.50"
    scored.tell(violation("decided", 3, verified=False))
    assert scored.points("XZK", "window", "w1_1") == "0.00"
    assert scored.differences() == []


@pytest.mark.parametrize(("kind", "points"), [("shorten_promise", "5.00"), ("promise_to_immediate", "5.00"), ("fewer_steps", "0.00")])
def test_an_improvement_is_worth_what_the_rulebook_says_when_it_is_verified(scored, kind, points):
    scored.tell(improvement("directory.item.improved", 1, kind))
    assert scored.points("MJ", "unit", "u1_1") == "0.00"
    scored.tell(improvement(DECIDED, 2, kind, verified=True, verified_by="b"))
    assert scored.points("MJ", "unit", "u1_1") == points
    assert scored.differences() == []


def test_an_improvement_that_was_none_is_worth_nothing(scored):
    scored.tell(improvement("directory.item.improved", 1), improvement(DECIDED, 2, verified=False, verified_by="b"))
    assert scored.points("MJ", "unit", "u1_1") == "0.00"
    assert scored.ask("list_facts")["total_size"] == 0


def conduct(verb, version, kind="support", conduct_id="k1", **over):
    data = {
        "conduct_id": conduct_id, "kind": kind, "handling_id": "j1", "case_id": "c1", "unit_id": "u1_1", "window_id": "w1_1", "staff_id": None,
        "recorded_by": "a", "occurred_at": AT, **({"verified": True, "decided_by": "v"} if verb == "decided" else {}), **over,
    }  # fmt: skip
    return a_received(
        REGISTRY, f"intake.joint_conduct.{verb}", data, subject=conduct_id, version=version, region=PLACES["h0001"], hall_id="h0001"
    )


def test_support_of_joint_handling_is_the_units_and_the_windows_once_for_a_matter_and_only_when_verified(scored):
    scored.tell(conduct("recorded", 1))
    assert scored.points("MJ", "unit", "u1_1") == "0.00"
    decided = conduct("decided", 2)
    scored.tell(decided, decided, conduct("recorded", 1))
    assert (scored.points("MJ", "unit", "u1_1"), scored.points("XZK", "window", "w1_1")) == ("5.00", "0.50")
    scored.tell(conduct("decided", 2, conduct_id="k2"))
    assert (scored.points("MJ", "unit", "u1_1"), scored.points("XZK", "window", "w1_1")) == ("5.00", "0.50")
    scored.tell(conduct("decided", 2, conduct_id="k3", handling_id="j2"))
    assert (scored.points("MJ", "unit", "u1_1"), scored.points("XZK", "window", "w1_1")) == ("10.00", "1.00")
    assert scored.differences() == []


def test_an_obstruction_is_the_persons_and_gone_when_it_is_rejected(scored):
    scored.tell(conduct("decided", 2, "obstruct", staff_id="p"))
    assert scored.points("MJ", "person", "p") == "-5.00"
    scored.tell(conduct("decided", 3, "obstruct", staff_id="p", verified=False))
    assert scored.points("MJ", "person", "p") == "0.00"
    assert scored.differences() == []
