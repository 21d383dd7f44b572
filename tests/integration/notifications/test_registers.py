"""The agency register and hand-overs: the agent, the head of the window and the owning unit are told, each once."""

import pytest

from chassis.testing import deliver

from .conftest import an_event, staff_changed
from .test_dispatch import deliveries, people, read_inbox

MATTER = {"matter_id": "m1", "case_id": "c1", "window_id": "w0001", "agent_id": "s0002"}


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("registered", ["s0001"]), ("assigned", ["s0002"]), ("due_soon", ["s0001", "s0002"]), ("overdue", ["s0001", "s0002"]),
        ("upper_overdue", ["s0001", "s0002"]), ("overdue_withdrawn", ["s0001", "s0002"]), ("returned", ["s0001", "s0002"]),
    ],
)  # fmt: skip
def test_who_is_told_of_an_agency_matter(city, db, calls, verb, told):
    event = an_event(f"intake.agency.{verb}", **MATTER)
    deliver(city, [event], entry="on_occasion")
    deliver(city, [event], entry="on_occasion")
    assert people(db) == told
    (message,) = read_inbox(db, calls, told[0])["messages"]
    assert "H0001-20261123-000001" in message["title"]
    assert "—" not in message["text"], "every value is there"


def test_a_matter_without_an_agent_is_the_heads(city, db):
    deliver(city, [an_event("intake.agency.overdue", **MATTER | {"agent_id": None})], entry="on_occasion")
    assert people(db) == ["s0001"]


def test_days_over_in_the_wrong_order_are_each_told_once(city, db):
    days = [an_event("intake.agency.overdue", **MATTER, as_of=day) for day in ("2026-12-07", "2026-12-03", "2026-12-07")]
    deliver(city, days, entry="on_occasion")
    assert len(deliveries(db, template="agency_overdue")) == 4


@pytest.mark.parametrize("verb", ["made", "urged", "overdue", "overdue_withdrawn"])
def test_the_owning_unit_is_told_of_a_hand_over(city, db, calls, verb):
    elsewhere = staff_changed(staff_id="s0020", name="陈明", hall_id="h0002", unit_id="u0002", window_id=None, region="52.02.01")
    deliver(city, [elsewhere], entry="on_reference")
    head = ["s0001"] if verb.startswith("overdue") else []
    # The unit has people in this hall: s0001 and s0009, both on post A.
    deliver(city, [an_event(f"intake.handover.{verb}", handover_id="h1", window_id="w0001", unit_id="u0001")], entry="on_occasion")
    assert people(db) == sorted({"s0001", "s0009", *head})
    # A unit that sits in another hall is told there.
    deliver(city, [an_event(f"intake.handover.{verb}", handover_id="h2", window_id="w0001", unit_id="u0002")], entry="on_occasion")
    (message,) = read_inbox(db, calls, "s0020")["messages"]
    assert "H0001-20261123-000001" in message["title"]


def test_the_feedback_is_told_to_the_window(city, db, calls):
    deliver(city, [an_event("intake.handover.fed_back", handover_id="h1", window_id="w0001", outcome="needs_more")], entry="on_occasion")
    assert people(db) == ["s0001", "s0002"]
    assert "需补充材料" in read_inbox(db, calls, "s0002")["messages"][0]["title"]
