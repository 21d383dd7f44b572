"""From other services' events to the ledger: every order of arrival ends in the score from scratch."""

import itertools
import random

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from chassis.testing import outbox_events
from services.scoring import orm

from .conftest import case_event, complaint, day_assessed, finding, mark, overdue

NOVEMBER = [
    day_assessed("2026-11-03", mark("late")),
    day_assessed("2026-11-09", mark("late")),
    day_assessed("2026-11-17", mark("late")),
    finding("recorded", 1, "OFF_POST", minutes=40, found_at="2026-11-20T02:30:00+00:00"),
    finding("verified", 2, "OFF_POST", minutes=40, found_at="2026-11-20T02:30:00+00:00"),
    day_assessed("2026-11-24", mark("absent_half_day", "pm", 0)),
]


def test_person_p_in_november_is_scored_by_both_rulebooks(scored):
    """The worked test of domain §5.6, through events."""
    scored.tell(*NOVEMBER)
    assert scored.sheet("XZK", "window", "w1_1")["total"] == "96.50"
    assert scored.points("XZK", "person", "p") == "-3.50"
    assert scored.points("MJ", "person", "p") == "-13.00"
    assert scored.points("MJ", "unit", "u1_1") == "-4.00"
    assert scored.differences() == []


def test_facts_count_once_and_in_any_order(scored):
    expected = None
    for seed in range(6):
        shuffled = NOVEMBER + NOVEMBER[:3]
        random.Random(seed).shuffle(shuffled)
        # other ids, other people, so that each round starts fresh
        person = f"x{seed}"
        for event in shuffled:
            data = event.data | {"staff_id": person, "window_id": f"wx{seed}", "unit_id": f"ux{seed}"}
            if "finding_id" in data:
                data["finding_id"] = f"f{seed}"
            data["marks"] = [m | {"mark_id": f"{person}/{m['mark_id']}"} for m in data.get("marks", [])]
            scored.tell(type(event)(**(event.__dict__ | {"id": f"{event.id}-{seed}", "data": data})))
        result = [scored.points("XZK", "window", f"wx{seed}"), scored.points("MJ", "unit", f"ux{seed}")]
        expected = expected or result
        assert result == expected == ["-3.50", "-4.00"]
    assert scored.differences() == []


def test_a_delivered_event_is_handled_once(scored):
    first = scored.tell(*NOVEMBER)
    assert scored.tell(*NOVEMBER) == frozenset()
    assert len(first) == len(NOVEMBER)
    assert scored.points("MJ", "person", "p") == "-13.00"


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_the_newest_revision_of_a_person_day_stands(scored, order):
    revisions = {
        1: day_assessed("2026-11-03", mark("late"), mark("early", "pm"), revision=1),
        2: day_assessed("2026-11-03", mark("absent_half_day"), revision=2),
        3: day_assessed("2026-11-03", mark("early", "pm", 3), revision=3),
    }
    for number in order:
        scored.tell(revisions[number])
    assert scored.points("MJ", "person", "p") == "-2.00"
    assert scored.points("XZK", "window", "w1_1") == "-0.50"
    assert scored.differences() == []


def test_revisions_in_one_batch_count_as_the_newest(scored):
    scored.tell(day_assessed("2026-11-03", revision=2), day_assessed("2026-11-03", mark("late"), revision=1))
    assert scored.points("MJ", "person", "p") == "0.00"
    assert scored.ask("list_facts")["total_size"] == 0


def test_a_day_that_became_normal_gives_everything_back(scored):
    scored.tell(day_assessed("2026-11-03", mark("absent_half_day")))
    assert (scored.points("MJ", "person", "p"), scored.points("MJ", "unit", "u1_1")) == ("-5.00", "-2.00")
    scored.tell(day_assessed("2026-11-03", revision=2))
    assert (scored.points("MJ", "person", "p"), scored.points("MJ", "unit", "u1_1")) == ("0.00", "0.00")
    history = scored.sheet("MJ", "person", "p", history=True)["lines"]
    assert [(line["points"], line.get("reverses")) for line in history] == [("-5.00", None), ("5.00", history[0]["entry_id"])]
    assert history[0]["reversed_by"] == history[1]["entry_id"]
    assert history[1]["running_total"] == "0.00"


def test_a_person_who_was_filed_under_another_window_moves_with_all_his_points(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    scored.tell(day_assessed("2026-11-03", mark("late"), revision=2, window_id="w1_2", unit_id="u1_2"))
    assert (scored.points("XZK", "window", "w1_1"), scored.points("XZK", "window", "w1_2")) == ("0.00", "-0.50")
    assert scored.differences() == []


def test_the_third_lateness_doubles_and_a_retraction_halves_it_again(scored):
    for day in ("03", "09", "17"):
        scored.tell(day_assessed(f"2026-11-{day}", mark("late")))
    assert scored.points("XZK", "window", "w1_1") == "-2.00"
    scored.tell(day_assessed("2026-11-03", revision=2))
    assert scored.points("XZK", "window", "w1_1") == "-1.00"
    assert scored.differences() == []


def test_an_overdue_case_costs_a_point_for_each_working_day(scored):
    scored.tell(overdue(2, "2026-12-02"), overdue(1, "2026-12-01"), overdue(3, "2026-12-03"))
    sheet = scored.sheet("XZK", "window", "w1_1")
    assert [(line["line"], line["running_total"]) for line in sheet["lines"]] == [
        ("XZK-5C-3", "99.00"),
        ("XZK-5C-3", "98.00"),
        ("XZK-5C-3", "97.00"),
    ]
    assert [(shown["line"], shown["points"]) for shown in sheet["indicators"]] == [("XZK-3-7-2", "-1.00")]


def test_a_missed_and_a_repeated_notice_each_cost_a_point(scored, now):
    scored.tell(
        case_event("notice_missed", received_at="2026-11-16T01:05:00+00:00", working_days=6, notified=False, at=now.replace(2026, 11, 24)),
        case_event("supplement_requested", 3, round=1, missing=["M1"], requested_at="2026-11-23T01:15:00+00:00", repeated=False),
        case_event("supplement_requested", 4, round=2, missing=["M2"], requested_at="2026-11-24T01:15:00+00:00", repeated=True),
    )
    lines = scored.sheet("XZK", "window", "w1_1")["lines"]
    assert [line["line"] for line in lines] == ["XZK-5C-2b", "XZK-5C-2b"]


def test_a_finding_scores_when_verified_and_no_longer_when_rejected(scored):
    scored.tell(finding("recorded", 1))
    sheet = scored.sheet("MJ", "person", "p")
    assert (sheet["points"], [fact["type"] for fact in sheet["pending"]]) == ("0.00", ["GAME"])
    scored.tell(finding("verified", 2))
    assert scored.points("MJ", "person", "p") == "-5.00"
    scored.tell(finding("rejected", 3))
    assert scored.points("MJ", "person", "p") == "0.00"


@pytest.mark.parametrize("order", list(itertools.permutations(["recorded", "verified", "rejected"])))
def test_a_rejected_finding_never_scores_whatever_comes_late(scored, order):
    versions = {"recorded": 1, "verified": 2, "rejected": 3}
    for verb in order:
        scored.tell(finding(verb, versions[verb]))
    assert scored.points("MJ", "person", "p") == "0.00"


def test_a_serious_complaint_replaces_and_an_untrue_one_takes_back(scored):
    scored.tell(complaint(version=3))
    assert scored.points("MJ", "person", "p") == "-3.00"
    scored.tell(complaint(version=4, serious=True, round=2))
    assert scored.points("MJ", "person", "p") == "-5.00"
    scored.tell(complaint(version=5, true=False, round=3))
    assert (scored.points("MJ", "person", "p"), scored.points("XZK", "window", "w1_1")) == ("0.00", "0.00")


def test_a_moment_counts_for_the_day_in_the_halls_zone(scored):
    scored.tell(finding("verified", 2, found_at="2026-10-31T17:00:00+00:00"))
    assert scored.points("MJ", "person", "p", "2026-11") == "-5.00"
    assert scored.points("MJ", "person", "p", "2026-10") == "0.00"


def test_kinds_that_no_rulebook_knows_do_no_harm(scored):
    scored.tell(day_assessed("2026-11-03", mark("future_mark"), mark("late")), finding("verified", 2, "SOMETHING_NEW"))
    assert scored.points("MJ", "person", "p") == "-2.00"
    assert {fact["type"] for fact in scored.ask("list_facts")["facts"]} == {"LATE", "SOMETHING_NEW"}


def test_every_ledger_line_is_an_event_with_dense_versions(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    scored.tell(day_assessed("2026-11-03", mark("early", "pm"), revision=2))
    posted = [e for e in outbox_events(scored.db) if e["type"] == "hallbus.scoring.ledger.posted.v1"]
    by_sheet = {}
    for event in posted:
        by_sheet.setdefault(event["subject"], []).append(event)
    assert {event["data"]["rulebook"] for event in posted} == {"MJ", "XZK"}
    for events in by_sheet.values():
        assert [event["version"] for event in events] == [1, 2, 3]
        assert [event["data"]["reverses"] for event in events] == [None, events[0]["data"]["entry_id"], None]
        assert (events[0]["region"], events[0]["hallid"]) == ("52.02", "h0001")


def test_the_same_report_again_posts_nothing(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    before = len(outbox_events(scored.db))
    scored.tell(day_assessed("2026-11-03", mark("late"), revision=2))
    assert len(outbox_events(scored.db)) == before


@pytest.mark.parametrize(
    "statement", ["UPDATE scoring.ledger SET points = 0", "DELETE FROM scoring.ledger", "UPDATE scoring.rulebooks SET text = ''"]
)
def test_nothing_posted_or_published_can_be_changed(scored, statement):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    with pytest.raises(DBAPIError, match="append-only"), scored.db.transaction() as tx:
        tx.execute(sa.text(statement))


def test_a_tampered_sheet_is_found_by_the_recomputation(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    with scored.db.transaction() as tx:
        tx.execute(sa.update(orm.facts).values(type="GAME"))
    found = {(d["subject_kind"], d["live_points"], d["recomputed_points"]) for d in scored.differences()}
    assert ("person", "-2.00", "-5.00") in found
