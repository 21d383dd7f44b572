"""First-asked duty not done: a fact at once, XZK-5C-2a once a second person has verified it, nothing when he rejects it."""

from chassis.testing import a_received
from contracts import REGISTRY

from .conftest import PLACES


def failure(verb, version, **over):
    data = {
        "failure_id": "f1", "kind": "misrouted", "unit_id": "u1_1", "window_id": "w1_1", "staff_id": "p", "enquiry_id": "e1", "recorded_by": "s0091",
        "occurred_at": "2026-11-23T01:00:00+00:00", **({"verified": True, "decided_by": "v"} if verb == "decided" else {}), **over,
    }  # fmt: skip
    return a_received(
        REGISTRY, f"intake.first_asked_failure.{verb}", data, subject="f1", version=version, region=PLACES["h0001"], hall_id="h0001"
    )


def points(scored):
    return scored.points("XZK", "window", "w1_1"), scored.points("XZK", "person", "p")


def test_a_verified_failure_is_xzk_5c_2a_once(scored):
    scored.tell(failure("recorded", 1))
    assert points(scored) == ("0.00", "0.00"), "nobody has judged it yet"
    decided = failure("decided", 2)
    scored.tell(decided, failure("recorded", 1))
    scored.tell(decided)
    assert points(scored) == ("-1.00", "-1.00")
    lines = [line for line in scored.sheet("XZK", "window", "w1_1")["lines"] if line["line"] == "XZK-5C-2a"]
    assert len(lines) == 1
    assert scored.differences() == []


def test_a_rejected_failure_scores_nothing_and_one_taken_back_no_more(scored):
    scored.tell(failure("decided", 2, verified=False), failure("recorded", 1))
    assert points(scored) == ("0.00", "0.00")
    assert scored.ask("list_facts")["total_size"] == 0
    scored.tell(failure("decided", 2, failure_id="f2"))
    assert points(scored) == ("-1.00", "-1.00")
    scored.tell(failure("decided", 3, failure_id="f2", verified=False))
    assert points(scored) == ("0.00", "0.00")
    assert scored.differences() == []
