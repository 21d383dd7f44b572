"""A visit: dispatched in time or told late, its papers never lost on the way."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.booking_rules import VisitRules
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Rules
from services.intake.domain.visits import Plan, Visit, VisitDispatched, VisitHandedIn, VisitOverdue, dispatch_due
from tests.unit.intake.cases import BEIJING, day, on, told

MONDAY = on("2026-11-23")


def a_visit(**over) -> Visit:
    given_ = {
        "visit_id": "v1", "region": "52.02", "hall_id": "h1", "item_ids": ["i1", "i2"], "ground": "illness", "ground_text": "", "channel": "phone",
        "contact": {}, "requested_by": "s9", "requested_at": MONDAY.at, "due": day("2026-11-26"),
    }  # fmt: skip
    return Visit(**{**given_, **over}).request(MONDAY)


def a_plan(date="2026-11-25", hours=2, staff=("s1", "s2"), outing=None) -> Plan:
    starts = dt.datetime.combine(day(date), dt.time(9), BEIJING)
    return Plan(starts, starts + dt.timedelta(hours=hours), staff, outing)


def dispatched() -> Visit:
    visit = a_visit()
    visit.dispatch(a_plan(), "s9", MONDAY)
    return visit


def visited(result="papers_taken") -> Visit:
    visit = dispatched()
    now = on("2026-11-25", 12)
    visit.record(result, "", at=now.at, by="s1", outing_id=None, now=now)
    return visit


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def receive(visit, case_id="c1", item_id="i1", hall_id="h1"):
    visit.receive(case_id=case_id, hall_id=hall_id, item_id=item_id, by="s3", now=on("2026-11-25", 15))


@pytest.mark.parametrize(
    ("asked", "days", "due"), [("2026-11-23", 3, "2026-11-26"), ("2026-11-28", 1, "2026-12-01"), ("2026-09-30", 1, "2026-10-08")]
)
def test_the_limit_to_dispatch_is_in_working_days(asked, days, due):
    assert dispatch_due("phone", on(asked, rules=Rules(visiting=VisitRules(dispatch_days=days)))) == day(due)


@given(looks=st.lists(st.integers(0, 20), max_size=8))
def test_each_working_day_over_is_told_once_and_in_order_whenever_somebody_looks(looks):
    visit = a_visit()
    last = MONDAY
    for offset in sorted(looks):
        last = on((dt.date(2026, 11, 23) + dt.timedelta(days=offset)).isoformat())
        visit.run_timer(last)
    over = max(0, last.calendar.workdays_between(visit.due, last.today))
    assert [e.overdue_days for e in told(visit, VisitOverdue)] == list(range(1, over + 1))
    days = [e.as_of for e in told(visit, VisitOverdue)]
    assert days == sorted(set(days))
    assert all(last.calendar.is_workday(one) for one in days)
    assert visit.timer_at > last.at


@pytest.mark.parametrize("end", ["dispatch", "decline", "cancel"])
def test_days_that_nobody_told_come_before_the_end_of_waiting(end):
    visit, now = a_visit(), on("2026-11-30")
    if end == "dispatch":
        visit.dispatch(a_plan("2026-12-01"), "s9", now)
    else:
        getattr(visit, end)("x", "s9", now)
    assert [type(e).__name__ for e in visit.pending_events][1:3] == ["VisitOverdue", "VisitOverdue"]
    assert (len(visit.pending_events), visit.timer_at) == (4, None)
    visit.run_timer(on("2026-12-09"))
    assert len(visit.pending_events) == 4


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (a_plan(hours=0), "VISIT_HOURS_INVALID"),
        (a_plan(hours=13), "VISIT_HOURS_INVALID"),
        (a_plan("2026-11-22"), "VISIT_IN_PAST"),
        (a_plan("2027-02-22"), "VISIT_TOO_FAR"),
    ],
)
def test_a_plan_that_cannot_be(plan, reason):
    with pytest.raises(Invalid) as caught:
        a_visit().dispatch(plan, "s9", MONDAY)
    assert caught.value.reason == reason


def test_whoever_need_not_go_any_more_is_named():
    visit = dispatched()
    visit.dispatch(a_plan(staff=("s2", "s3"), outing="o1"), "s9", MONDAY)
    assert [e.removed_staff_ids for e in told(visit, VisitDispatched)] == [(), ("s1",)]
    assert visit.outing_id == "o1"


def test_papers_that_were_taken_hold_the_visit_open():
    visit = visited()
    refused("PAPERS_NOT_HANDED_IN", visit.close, "s9", on("2026-11-26"))
    receive(visit)
    refused("VISIT_ITEM_RECEIVED", receive, visit, "c2")
    refused("VISIT_DIFFERS", receive, visit, "c2", "i9")
    refused("VISIT_DIFFERS", receive, visit, "c2", "i2", "h2")
    receive(visit, "c2", "i2")
    assert [e.case_id for e in told(visit, VisitHandedIn)] == ["c1", "c2"]
    visit.close("s9", on("2026-11-26"))
    assert (visit.state, visit.case_ids) == ("closed", ["c1", "c2"])
    refused("VISIT_CLOSED", receive, visit, "c3", "i2")


@pytest.mark.parametrize("result", ["delivered", "advised", "not_met"])
def test_where_nothing_was_taken_nothing_comes_in(result):
    visit = visited(result)
    refused("NO_PAPERS_TAKEN", receive, visit)
    refused("NO_PAPERS_TAKEN", visit.hand_in, "x", "s9", on("2026-11-26"))
    visit.close("s9", on("2026-11-26"))
    assert visit.state == "closed"


def test_only_who_was_not_met_is_visited_again():
    again = on("2026-11-25", 13)
    refused("VISIT_VISITED", visited("advised").dispatch, a_plan("2026-11-26"), "s9", again)
    visit = visited("not_met")
    visit.dispatch(a_plan("2026-11-26"), "s9", again)
    assert (visit.state, visit.result, visit.visited_by) == ("dispatched", None, None)
    assert [e.version for e in visit.pending_events] == [1, 2, 3, 4]


def test_commands_out_of_turn_name_the_state():
    refused("VISIT_REQUESTED", a_visit().record, "advised", "", at=MONDAY.at, by="s1", outing_id=None, now=MONDAY)
    refused("VISIT_REQUESTED", a_visit().close, "s9", MONDAY)
    refused("VISIT_DISPATCHED", dispatched().decline, "x", "s9", MONDAY)
    refused("VISIT_VISITED", visited().cancel, "x", "s9", on("2026-11-26"))
