"""The case as an aggregate: vectors, transitions and their reasons, warnings. No database, no clock."""

import datetime as dt

import pytest

from services.intake.domain import acceptance, notices, stages
from services.intake.domain import happenings as h
from services.intake.domain.case import STATES
from services.intake.domain.decisions import decide
from services.intake.domain.delivery import Collector, Handover, deliver
from services.intake.domain.errors import Refused
from services.intake.domain.rules import six_kind
from services.intake.domain.suspensions import Procedure, resume, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from tests.unit.intake.cases import BEIJING, a_case, a_decider, accepted, an_item, on, told


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"), ("2026-02-14", 1, "2026-02-24"), ("2026-02-10", 20, "2026-03-16"), ("2026-02-24", 5, "2026-03-02"),
        ("2026-04-30", 3, "2026-05-08"), ("2026-05-06", 5, "2026-05-12"), ("2026-09-18", 1, "2026-09-20"), ("2026-09-30", 5, "2026-10-13"),
        ("2026-09-21", 20, "2026-10-26"), ("2025-12-31", 1, "2026-01-04"), ("2026-11-23", 22, "2026-12-23"), ("2026-12-04", 20, "2027-01-04"),
    ],
)  # fmt: skip
def test_the_published_vectors(day, days, due):
    case = accepted(day, an_item(promised_days=days))
    assert case.promised_due == dt.date.fromisoformat(due)
    assert case.provisional is True if due > "2027" else case.calculation().promised.due.isoformat() == due


@pytest.mark.parametrize(("channel", "due"), [("appointment", "2026-10-08"), ("window", "2026-10-09"), ("online", "2026-10-09")])
def test_a_rest_day_counts_by_channel(channel, due):
    assert accepted("2026-10-01", an_item(promised_days=1), channel=channel).promised_due == dt.date.fromisoformat(due)


@pytest.mark.parametrize(("channel", "due"), [("window", "2026-10-08"), ("appointment", "2026-10-08")])
def test_an_immediate_case_is_due_on_the_working_day_of_its_start(channel, due):
    item = an_item(immediate=True, promised_days=0)
    assert accepted("2026-10-01", item, channel=channel).promised_due == dt.date.fromisoformat(due)
    assert accepted("2026-11-23", item).promised_due == dt.date(2026, 11, 23)


def in_state(state):
    item = an_item()
    case = a_case(handed=() if state == "supplement" else ("M1",))
    if state == "supplement":
        notices.request_supplement(case, notices.Demand((), "s1"), item, now=on("2026-11-23"))
    elif state == "returned":
        acceptance.return_(case, reason_code="prohibited", reason="x", now=on("2026-11-23"))
    elif state != "registered":
        acceptance.accept(case, item, routing=None, now=on("2026-11-23"))
    if state == "in_review":
        stages.record_stage(case, stages.Done("review", "s1"), now=on("2026-11-23"))
    if state == "suspended":
        suspend(case, a_procedure(), now=on("2026-11-23"))
    if state in ("decided", "delivered"):
        decide(case, a_decider(), outcome="approved", opinion="", now=on("2026-11-23"))
    if state == "delivered":
        deliver(case, Handover("window", "s1", Collector("张三")), now=on("2026-11-23"))
    assert case.state == state
    return case


def a_procedure(limit_days=10, **over) -> Procedure:
    given = {
        "procedure": "expert_review",
        "limit_days": limit_days,
        "reason": "x",
        "notice": Notice("特告1号", dt.date(2026, 11, 23)),
        "by": "s1",
    }
    return Procedure(**{**given, **over})


COMMANDS = {
    "suspend": lambda c: suspend(c, a_procedure(), now=on("2026-11-24")),
    "resume": lambda c: resume(c, by="s1", result="通过", now=on("2026-11-24")),
    "request_supplement": lambda c: notices.request_supplement(c, notices.Demand(("M1",), "s1", "again"), an_item(), now=on("2026-11-24")),
    "submit_supplement": lambda c: notices.submit_supplement(c, ("M1",), an_item(), now=on("2026-11-24")),
    "accept": lambda c: acceptance.accept(c, an_item(), routing=None, now=on("2026-11-24")),
    "return": lambda c: acceptance.return_(c, reason_code="prohibited", reason="x", now=on("2026-11-24")),
    "record_stage": lambda c: stages.record_stage(c, stages.Done("pay", "s1"), now=on("2026-11-24")),
    "decide": lambda c: decide(c, a_decider(), outcome="approved", opinion="", now=on("2026-11-24")),
    "deliver": lambda c: deliver(c, Handover("window", "s1", Collector("张三")), now=on("2026-11-24")),
}
ALLOWED = {
    "request_supplement": {"registered", "supplement"}, "submit_supplement": {"supplement"}, "accept": {"registered"},
    "return": {"registered", "supplement"}, "record_stage": {"accepted", "in_review"}, "suspend": {"accepted", "in_review"}, "resume": {"suspended"}, "decide": {"accepted", "in_review"}, "deliver": {"decided"},
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state_works_or_says_why_not(state, command):
    case = in_state(state)
    before, facts = case.version, len(case.pending_events)
    if state in ALLOWED[command]:
        COMMANDS[command](case)
        assert case.version > before
        return
    with pytest.raises(Refused) as caught:
        COMMANDS[command](case)
    assert caught.value.reason.isupper()
    assert (case.version, len(case.pending_events), case.state) == (before, facts, state)


@pytest.mark.parametrize(
    ("days", "rungs"),
    [
        (1, [("yellow", "2026-11-23")]),
        (2, [("yellow", "2026-11-24")]),
        (3, [("yellow", "2026-11-25")]),
        (4, [("blue", "2026-11-25"), ("yellow", "2026-11-26")]),
        (5, [("blue", "2026-11-26"), ("yellow", "2026-11-27")]),
        (10, [("blue", "2026-11-30"), ("yellow", "2026-12-04")]),
    ],
)
def test_rungs_fall_on_half_the_budget_and_on_the_last_day_but_one(days, rungs):
    case = accepted(item=an_item(promised_days=days))
    assert [(rung.level, rung.on.isoformat()) for rung in case.calculation().rungs] == rungs


def test_downtime_loses_no_rung():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-12-03"))
    assert [e.level for e in told(case, h.DueSoon, h.Overdue)] == ["blue", "yellow", "red", "red", "double_red"]
    assert [e.as_of.isoformat() for e in told(case, h.Overdue)] == ["2026-12-01", "2026-12-02", "2026-12-03"]
    assert case.timer_at == dt.datetime(2026, 12, 4, tzinfo=BEIJING)
    before = case.version
    run_timer(case, an_item(), now=on("2026-12-03", 23))
    assert case.version == before


def test_silence_counts_from_the_day_after_receipt():
    case = a_case("2026-09-30")  # 5 working days over the National Day: 8, 9, 10, 12, 13 October
    run_timer(case, an_item(), now=on("2026-10-13", 23))
    assert case.state == "registered"
    run_timer(case, an_item(), now=on("2026-10-14", 0))
    assert (case.state, case.deemed, case.accepted_at) == ("accepted", True, on("2026-09-30").at)
    assert told(case, h.NoticeMissed)[0].working_days == 6


def test_the_stored_calculation_survives_its_json():
    import json

    from services.intake.domain import deadlines

    case = accepted(item=an_item(promised_days=20))
    assert deadlines.from_plain(json.loads(json.dumps(case.deadline))) == case.calculation()


@pytest.mark.parametrize(
    ("outcome", "time_class", "routing", "kind"),
    [
        ("returned", "promised", None, "returned"), ("supplement", "immediate", None, "supplementary"), ("accepted", "immediate", "plain", "immediate"),
        ("accepted", "promised", "plain", "promised"), ("accepted", "promised", "joint", "joint"), ("accepted", "immediate", "agency", "agency"),
        ("pending", "promised", None, "promised"),
    ],
)  # fmt: skip
def test_the_six_kinds_follow_from_three_attributes(outcome, time_class, routing, kind):
    assert six_kind(outcome, time_class, routing) == kind
