"""The five stages: handler, place, own limit, and the warning when a stage is late although the case is not."""

import datetime as dt

import pytest

from services.intake.config import IntakeConfig
from services.intake.domain import happenings as h
from services.intake.domain.acceptance import accept
from services.intake.domain.delivery import Collector, Handover, deliver
from services.intake.domain.rules import Rules
from services.intake.domain.stages import Done, enter, record_stage
from services.intake.domain.suspensions import Procedure, resume, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from tests.unit.intake.cases import BEIJING, a_case, accepted, an_item, decided, on, told

THREE = Rules(stage_days={"review": 3, "issue": 10})


def test_each_stage_begins_where_the_one_before_ended():
    case = accepted("2026-11-23")
    record_stage(case, Done("review", "s2", "同意"), now=on("2026-11-24"))
    record_stage(case, Done("pay", "s3"), now=on("2026-11-25"))
    spans = [(s["stage"], s["started_at"][:10], s["completed_at"][:10], s["handler_id"]) for s in case.stages]
    assert spans == [
        ("accept", "2026-11-23", "2026-11-23", "s1"),
        ("review", "2026-11-23", "2026-11-24", "s2"),
        ("pay", "2026-11-24", "2026-11-25", "s3"),
    ]
    assert case.running["stage"] == "complete"


def test_a_late_stage_is_told_once_while_the_case_is_in_time():
    case = accepted("2026-11-23", rules=THREE, item=an_item(promised_days=10))
    assert case.timer_at == dt.datetime(2026, 11, 27, tzinfo=BEIJING)
    run_timer(case, an_item(), now=on("2026-11-26", 23, THREE))
    assert told(case, h.StageOverdue) == []
    run_timer(case, an_item(), now=on("2026-11-27", 0, THREE))
    run_timer(case, an_item(), now=on("2026-11-30", 0, THREE))
    (late,) = told(case, h.StageOverdue)
    assert (late.stage, late.limit_days, late.due, late.as_of) == ("review", 3, dt.date(2026, 11, 26), dt.date(2026, 11, 27))
    assert told(case, h.Overdue) == []
    record_stage(case, Done("review", "s2"), now=on("2026-11-30", rules=THREE))
    assert case.stages[-1]["over_days"] == 2


def test_a_stage_that_ends_in_time_is_not_told():
    case = accepted("2026-11-23", rules=THREE)
    record_stage(case, Done("review", "s2"), now=on("2026-11-26", rules=THREE))
    run_timer(case, an_item(), now=on("2026-11-27", rules=THREE))
    assert told(case, h.StageOverdue) == []
    assert case.stages[-1]["over_days"] == 0


def test_when_the_whole_is_over_no_stage_speaks_beside_it():
    rules = Rules(stage_days={"review": 5})
    case = accepted("2026-11-23", rules=rules)
    for day in ("2026-11-30", "2026-12-01", "2026-12-02"):
        run_timer(case, an_item(), now=on(day, rules=rules))
        assert case.timer_at > on(day).at
    assert told(case, h.StageOverdue) == []
    assert len(told(case, h.Overdue)) == 2


def test_downtime_loses_no_late_stage():
    case = accepted("2026-11-23", rules=THREE)
    run_timer(case, an_item(), now=on("2026-12-03", rules=THREE))
    assert [e.as_of for e in told(case, h.StageOverdue)] == [dt.date(2026, 11, 27)]


def test_the_certificate_has_ten_working_days_after_the_decision():
    case = decided(accepted(), "2026-11-24")
    assert case.timer_at == dt.datetime(2026, 12, 9, tzinfo=BEIJING)
    run_timer(case, an_item(), now=on("2026-12-08"))
    assert told(case, h.StageOverdue) == []
    run_timer(case, an_item(), now=on("2026-12-09"))
    run_timer(case, an_item(), now=on("2026-12-20"))
    (late,) = told(case, h.StageOverdue)
    assert (late.stage, late.due) == ("issue", dt.date(2026, 12, 8))
    assert case.timer_at is None


def test_a_refusal_has_no_certificate_to_hand_over():
    case = decided(accepted(), "2026-11-24", "rejected")
    assert case.timer_at is None


def test_a_key_stage_outside_the_hall_is_marked():
    item = an_item(key_stages=("accept", "review"))
    case = a_case(item=item)
    accept(case, item, routing=None, now=on("2026-11-23"), off_hall=True)
    record_stage(case, Done("review", "s2"), now=on("2026-11-24"))
    record_stage(case, Done("pay", "s2", off_hall=True), now=on("2026-11-24"))
    marks = [(e.stage, e.key, e.off_hall) for e in told(case, h.StageCompleted)]
    assert marks == [("accept", True, True), ("review", True, False), ("pay", False, True)]


def test_delivery_away_from_the_window_is_a_stage_outside_the_hall():
    case = decided(accepted(), "2026-11-24")
    deliver(case, Handover("elsewhere", "s1", Collector("张三"), place="村委会"), now=on("2026-11-25"))
    assert told(case, h.StageCompleted)[-1].off_hall


def test_a_stage_can_be_begun_in_place_of_the_one_expected():
    case = accepted("2026-11-23")
    enter(case, "pay", at=on("2026-11-25").at, now=on("2026-11-25", rules=Rules(stage_days={"pay": 2})))
    record_stage(case, Done("pay", "s1"), now=on("2026-11-30"))
    assert (case.stages[-1]["started_at"][:10], case.stages[-1]["limit_days"], case.stages[-1]["over_days"]) == ("2026-11-25", 2, 1)


@pytest.mark.parametrize("entry", ["review", "review:0", "review:x", "sleep:3", ":3"])
def test_settings_name_the_stage_limit_that_cannot_be(entry):
    with pytest.raises(ValueError, match="HALLBUS_INTAKE_STAGE_DAYS"):
        IntakeConfig(stage_days=(entry,))
    assert IntakeConfig(stage_days=("review:3",)).rules.stage_days == {"review": 3}


def test_a_suspension_does_not_count_against_the_stage():
    case = accepted("2026-11-23", rules=THREE, item=an_item(promised_days=10))
    suspend(case, Procedure("hearing", 20, "听证", Notice("告1", dt.date(2026, 11, 24)), "s1"), now=on("2026-11-24", rules=THREE))
    run_timer(case, an_item(), now=on("2026-12-10", rules=THREE))
    resume(case, by="s1", result="已听证", now=on("2026-12-10", rules=THREE))
    run_timer(case, an_item(), now=on("2026-12-15", rules=THREE))
    assert told(case, h.StageOverdue) == []
    run_timer(case, an_item(), now=on("2026-12-16", rules=THREE))
    assert [e.as_of for e in told(case, h.StageOverdue)] == [dt.date(2026, 12, 16)]
