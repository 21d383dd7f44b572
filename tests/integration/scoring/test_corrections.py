"""What intake takes back or excuses of what it told: in any order, more than once, across batches, and always with the reason."""

import itertools
import random

import pytest
import sqlalchemy as sa
import yaml

from chassis.testing import outbox_events
from services.scoring import orm, rulebook_file
from services.scoring.usecases.reports import take_reports

from .conftest import case_event, day_assessed, judged, mark, overdue, withdrawn
from .test_concurrency import held_open

WINDOW = ("XZK", "window", "w1_1")


def lines(scored, *which, **over):
    return [(line["occurred_on"], line["points"]) for line in scored.sheet(*(which or WINDOW), **over)["lines"]]


def test_an_excused_day_is_given_back_on_every_sheet_and_says_by_whom(scored):
    first, second = overdue(1, "2026-12-01"), overdue(2, "2026-12-02")
    scored.tell(first, second)
    assert (scored.points(*WINDOW), scored.points("XZK", "person", "p")) == ("-2.00", "-2.00")
    decision = judged(9, False, first)
    scored.tell(decision)
    assert (scored.points(*WINDOW), scored.points("XZK", "person", "p")) == ("-1.00", "-1.00")
    old, _, reversal = scored.sheet(*WINDOW, history=True)["lines"]
    assert (old["reversed_by"], reversal["reverses"], reversal["points"]) == (reversal["entry_id"], old["entry_id"], "1.00")
    assert reversal["explanation_zh"] == (
        "冲销：XZK-5C-3(五(三)(三))因工作人员责任未按承诺时限办结，每超一个工作日。事实：2026-12-01 办件逾期 第1天（时限监察）。计算：-1.00 = -1.00。"
        "原因：经认定非工作人员责任（intake.case.breach_judged，c1第9号，s0009）"
    )
    assert reversal["explanation_en"].endswith("Reason: judged to be no fault of staff (intake.case.breach_judged, c1 no. 9, by s0009)")
    assert reversal["causes"] == [
        {
            "source": "intake.case.breach_judged", "subject": "c1", "version": 9, "event_id": decision.id, "code": "excused", "decided_by": "s0009",
        }
    ]  # fmt: skip
    (fact,) = scored.ask("explain_line", entry_id=old["entry_id"])["facts"]
    assert (fact["staff_fault"], fact["judged_by"], fact["verified"]) == (False, "s0009", True)
    assert scored.differences() == []


def test_a_withdrawn_day_is_taken_back_and_its_reversal_names_the_event(scored):
    told = overdue(1, "2026-12-01")
    scored.tell(told)
    scored.tell(withdrawn(6, told, cause="suspended"))
    assert scored.points(*WINDOW) == "0.00"
    assert [fact["fact_id"] for fact in scored.ask("list_facts", retracted=True)["facts"]] == ["overdue:c1@5"]
    reversal = scored.sheet(*WINDOW, history=True)["lines"][1]
    assert reversal["reversed_because_zh"] == "特别程序期间不计入时限（intake.case.overdue_withdrawn，c1第6号）"
    posted = [event["data"] for event in outbox_events(scored.db) if event["data"].get("reverses")]
    assert {event["subject_kind"] for event in posted} == {"person", "window"}
    because = [{"source": "intake.case.overdue_withdrawn", "subject": "c1", "version": 6, "code": "suspended"}]
    assert [event["because"] for event in posted] == [because, because]


DAY_1 = overdue(1, "2026-12-01", version=5)
AGAIN = overdue(1, "2026-12-02", version=8)
STORIES = {
    "excused": ([DAY_1, judged(6, False, DAY_1)], []),
    "excused, then confirmed by somebody else": ([DAY_1, judged(6, False, DAY_1), judged(7, True, DAY_1)], [("2026-12-01", "-1.00")]),
    "confirmed, then excused": ([DAY_1, judged(6, True, DAY_1), judged(7, False, DAY_1)], []),
    "withdrawn": ([DAY_1, withdrawn(6, DAY_1)], []),
    "withdrawn and told again": ([DAY_1, withdrawn(7, DAY_1), AGAIN], [("2026-12-02", "-1.00")]),
    "excused, withdrawn, told again: no earlier judgement covers it": (
        [DAY_1, judged(6, False, DAY_1), withdrawn(7, DAY_1), AGAIN],
        [("2026-12-02", "-1.00")],
    ),
    "withdrawn, told again, and that one excused": ([DAY_1, withdrawn(7, DAY_1), AGAIN, judged(9, False, AGAIN)], []),
    "one of two withdrawn, both excused before": (
        [DAY_1, overdue(2, "2026-12-02", version=6), judged(7, False, DAY_1, overdue(2, "2026-12-02", version=6)), withdrawn(8, DAY_1)],
        [],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_arrival_ends_alike(scored, story):
    """Each order with a case, a window and a person of its own, one message after the other, the first of them twice; then all in one batch."""
    events, expected = STORIES[story]
    orders = list(itertools.permutations(events))
    for number, order in enumerate(orders):
        mine = [_of(event, number) for event in order]
        for event in [*mine, mine[0]]:
            scored.tell(event)
    together = len(orders)
    scored.tell(*(_of(event, together) for event in reversed(events)))
    for number in range(together + 1):
        if expected or scored.ask("list_facts", window_id=f"w-{number}")["total_size"]:
            assert lines(scored, "XZK", "window", f"w-{number}") == lines(scored, "XZK", "person", f"p-{number}") == expected
    assert len({tuple(facts) for facts in _facts(scored)}) == 1, "what is kept of the facts does not depend on the order"
    assert scored.differences() == []


def _of(event, number):
    over = {"case_id": f"c-{number}", "window_id": f"w-{number}", "staff_id": f"p-{number}"}
    values = event.__dict__ | {"id": f"{event.id}-{number}", "subject": f"c-{number}", "data": event.data | over}
    return type(event)(**values)


def _facts(scored):
    """Of each case, in the order of telling: the fact without its case, and whether it was taken back."""
    with scored.db.read() as tx:
        rows = tx.execute(sa.select(orm.facts).order_by(orm.facts.c.case_id, orm.facts.c.fact_id)).all()
    return [
        [
            (row.fact_id.partition("@")[2], row.judged_staff_fault, row.judged_by, row.judged_at, row.retracted_at is None)
            for row in group
        ]
        for _, group in itertools.groupby(rows, key=lambda row: row.case_id)
    ]  # fmt: skip


def test_an_older_telling_with_another_id_changes_nothing(scored):
    told = overdue(1, "2026-12-01")
    scored.tell(told, judged(7, True, told))
    scored.tell(judged(6, False, told), overdue(1, "2026-12-01"))
    assert scored.points(*WINDOW) == "-1.00"
    scored.tell(withdrawn(8, told))
    scored.tell(overdue(1, "2026-12-01"), withdrawn(8, told))
    assert scored.points(*WINDOW) == "0.00"
    assert scored.differences() == []


def test_a_confirmed_fault_scores_where_only_confirmed_ones_do(house):
    house.publish("xzk.v1")
    house.assign("XZK", parameters=[{"code": "overdue_staff_fault", "option": "confirmed_only"}])
    first, second = overdue(1, "2026-12-01"), overdue(2, "2026-12-02")
    house.tell(first, second)
    assert house.points(*WINDOW) == "0.00"
    house.tell(judged(9, True, first))
    assert lines(house) == [("2026-12-01", "-1.00")]
    house.tell(judged(10, False, first, decided_by="s0010"))
    assert lines(house) == []
    assert house.differences() == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_a_missed_notice_can_be_excused(scored, now, order):
    missed = case_event(
        "notice_missed", 2, received_at="2026-11-16T01:05:00+00:00", working_days=6, notified=False, at=now.replace(2026, 11, 24)
    )
    events = [missed, judged(5, False, missed, breach="notice_missed")]
    for place in order:
        scored.tell(events[place])
    assert scored.points(*WINDOW) == scored.points("XZK", "person", "p") == "0.00"
    scored.tell(judged(6, True, missed, breach="notice_missed", decided_by="s0010"))
    assert scored.points(*WINDOW) == "-1.00"
    scored.tell(judged(7, False, missed, breach="notice_missed", decided_by="s0011"))
    assert scored.points(*WINDOW) == "0.00"
    (fact,) = scored.ask("list_facts", type="NO_ONE_TIME_NOTICE")["facts"]
    assert (fact["staff_fault"], fact["judged_by"]) == (False, "s0011")
    assert scored.differences() == []


def test_a_line_that_another_fact_made_heavier_says_what_changed(scored):
    for day in ("03", "09", "17"):
        scored.tell(day_assessed(f"2026-11-{day}", mark("late")))
    scored.tell(day_assessed("2026-11-03", revision=2))
    reversals = [line for line in scored.sheet(*WINDOW, history=True)["lines"] if line.get("reverses")]
    assert [(line["occurred_on"], line["points"]) for line in reversals] == [("2026-11-03", "0.50"), ("2026-11-17", "1.00")]
    assert {line["causes"][0]["subject"] for line in reversals} == {"p/2026-11-03"}


def test_an_ended_assignment_reverses_with_a_reason_too(house):
    house.publish("xzk.v1")
    assignment = house.assign("XZK")
    house.tell(overdue(1, "2027-01-04"))
    house.ask("end_assignment", assignment_id=assignment["assignment_id"], valid_to="2026-12-31")
    house.service.rescore_dirty.__wrapped__(house.service)
    with house.db.read() as tx:
        reversals = tx.execute(sa.select(orm.ledger).where(orm.ledger.c.reverses.is_not(None))).all()
    assert [row.detail["because"] for row in reversals] == [[], []]
    line = house.ask("explain_line", entry_id=reversals[0].entry_id)["line"]
    assert line["reversed_because_en"] == "scored anew after a change of assignments or of the register"


GOLDEN = yaml.safe_load((rulebook_file.DIRECTORY / "golden" / "xzk.v1.yaml").read_text())["cases"]
OVERDUE_ONLY = [case for case in GOLDEN if case["facts"] and {fact["type"] for fact in case["facts"]} == {"CASE_OVERDUE"}]


def as_events(facts):
    """The events that intake would tell a golden case's facts by, corrections last."""
    told = [overdue(fact["days"], fact["day"].isoformat(), version=5 + n, window_id="w") for n, fact in enumerate(facts)]
    pairs = list(zip(told, facts, strict=True))
    found = [judged(20 + n, fact["staff_fault"], event) for n, (event, fact) in enumerate(pairs) if "staff_fault" in fact]
    found += [withdrawn(40 + n, event) for n, (event, fact) in enumerate(pairs) if fact.get("withdrawn")]
    return told + found


@pytest.mark.parametrize("case", OVERDUE_ONLY, ids=[case["name"] for case in OVERDUE_ONLY])
def test_golden_cases_hold_when_told_by_events(house, case):
    house.publish("xzk.v1")
    house.assign("XZK", parameters=[{"code": code, "option": option} for code, option in case.get("parameters", {}).items()])
    events = as_events(case["facts"])
    random.Random(case["name"]).shuffle(events)
    house.tell(*events[::2])
    house.tell(*events[1::2])
    sheet = house.sheet("XZK", case["kind"], case["subject"])
    assert round(float(sheet["points"]) * 100) == case["points"]
    if "lines" in case:
        assert [[line["line"], round(float(line["points"]) * 100)] for line in sheet["lines"]] == case["lines"]


def test_a_judgement_and_its_fact_at_the_same_moment_do_not_miss_each_other(scored, make_db):
    told = overdue(1, "2026-12-01")
    other = make_db("scoring")
    held_open(scored.db, lambda: take_reports(scored.db, [told]), lambda: take_reports(other, [judged(9, False, told)]), make_db("scoring"))
    assert scored.points(*WINDOW) == "0.00"
    later = overdue(2, "2026-12-02")
    held_open(scored.db, lambda: take_reports(scored.db, [withdrawn(10, later)]), lambda: take_reports(other, [later]), make_db("scoring"))
    assert scored.points(*WINDOW) == "0.00"
    assert scored.differences() == []
