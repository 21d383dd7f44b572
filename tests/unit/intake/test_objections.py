"""Objections: answered by another person of the unit, settled by another unit, late once a working day, never moving the case."""

import datetime as dt

import pytest

from services.intake.domain import objections as o
from services.intake.domain.enquiry_rules import ObjectionRules
from services.intake.domain.errors import Refused
from services.intake.domain.objection_steps import objection_step
from services.intake.domain.objections import Objection, check_room, objection_due
from services.intake.domain.rules import Rules
from tests.unit.intake.cases import BEIJING, on, told


def raised(date="2026-11-23") -> Objection:
    now = on(date)
    objection = Objection(
        objection_id="o1", case_id="c1", case_no="n1", item_id="i1", region="52.02", hall_id="h1", unit_id="u1", window_id="w1", staff_id="s1",
        channel="token", raised_by=None, raised_at=now.at, text="?", due=objection_due(now),
    )  # fmt: skip
    objection.raise_it(now)
    return objection


def answered(date="2026-11-24") -> Objection:
    objection = raised()
    objection.answer_it("答", by="s2", by_unit="u1", others=True, now=on(date))
    return objection


def escalated() -> Objection:
    objection = answered()
    objection.react("escalate", on("2026-11-25"))
    return objection


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_another_person_of_the_handling_unit_answers():
    objection = raised()
    assert objection.due == dt.date(2026, 11, 26)
    refused("SAME_PERSON", objection.answer_it, "x", by="s1", by_unit="u1", others=False, now=on("2026-11-24"))
    refused("HANDLER_OF_OTHER_UNIT", objection.answer_it, "x", by="s9", by_unit="u9", others=True, now=on("2026-11-24"))
    objection.answer_it("答", by="s9", by_unit="u9", others=False, now=on("2026-11-24"))
    assert objection.answered_by == "s9", "where the unit has nobody else, somebody of the hall answers"
    refused("OBJECTION_ANSWERED", objection.answer_it, "x", by="s2", by_unit="u1", others=True, now=on("2026-11-24"))


@pytest.mark.parametrize(("reaction", "outcome"), [("accept", "accepted"), ("withdraw", "withdrawn")])
def test_the_applicant_ends_it(reaction, outcome):
    objection = answered()
    objection.react(reaction, on("2026-11-25"))
    assert (objection.state, objection.outcome, objection.timer_at) == ("closed", outcome, None)
    refused("OBJECTION_CLOSED", objection.react, "withdraw", on("2026-11-25"))


def test_only_an_answer_can_be_accepted_or_escalated_and_only_an_escalated_one_settled():
    objection = raised()
    refused("OBJECTION_NOT_ANSWERED", objection.react, "accept", on("2026-11-23"))
    refused("OBJECTION_NOT_ANSWERED", objection.react, "escalate", on("2026-11-23"))
    refused("OBJECTION_NOT_ESCALATED", objection.settle, "x", by="s9", by_unit="u9", now=on("2026-11-23"))
    refused("OBJECTION_NOT_ESCALATED", answered().settle, "x", by="s9", by_unit="u9", now=on("2026-11-24"))
    refused("OBJECTION_ESCALATED", escalated().react, "escalate", on("2026-11-25"))
    objection.react("withdraw", on("2026-11-30"))
    assert [e.overdue_days for e in told(objection, o.ObjectionOverdue)] == [1, 2], "what was late stays told"


def test_the_centre_settles_with_a_limit_of_its_own():
    objection = escalated()
    assert (objection.due, objection.overdue_days) == (dt.date(2026, 11, 30), 0)
    for by, unit, reason in (("s1", "u9", "SAME_PERSON"), ("s2", "u9", "SAME_PERSON"), ("s3", "u1", "SAME_UNIT")):
        refused(reason, objection.settle, "x", by=by, by_unit=unit, now=on("2026-11-26"))
    objection.run_timer(on("2026-12-02"))
    objection.settle("最终答复", by="s9", by_unit="u9", now=on("2026-12-02"))
    assert [(e.waits_for, e.overdue_days, e.as_of.isoformat()) for e in told(objection, o.ObjectionOverdue)] == [
        ("settlement", 1, "2026-12-01"), ("settlement", 2, "2026-12-02"),
    ]  # fmt: skip
    assert (objection.outcome, objection.answer_overdue_days) == ("settled", 0)
    refused("OBJECTION_CLOSED", objection.settle, "x", by="s9", by_unit="u9", now=on("2026-12-02"))


def test_each_working_day_over_is_told_once_and_before_a_late_answer():
    objection = raised()
    objection.run_timer(on("2026-11-26", 23))
    assert told(objection, o.ObjectionOverdue) == []
    for moment in (on("2026-11-27"), on("2026-11-27", 20), on("2026-11-30")):
        objection.run_timer(moment)
    assert objection.timer_at == dt.datetime(2026, 12, 1, tzinfo=BEIJING)
    objection.answer_it("答", by="s2", by_unit="u1", others=True, now=on("2026-12-01"))
    assert [(e.waits_for, e.overdue_days) for e in told(objection, o.ObjectionOverdue)] == [("answer", 1), ("answer", 2), ("answer", 3)]
    assert told(objection, o.ObjectionAnswered)[0].overdue_days == objection.answer_overdue_days == 3
    assert [e.version for e in objection.pending_events] == list(range(1, objection.version + 1))


def test_an_answer_without_a_reaction_closes_it_once():
    objection = answered()
    objection.run_timer(on("2026-12-01", 23))
    assert objection.state == "answered"
    objection.run_timer(on("2026-12-02", 0))
    objection.run_timer(on("2026-12-03", 0))
    assert [e.outcome for e in told(objection, o.ObjectionClosed)] == ["silent"]


def test_a_case_has_room_for_so_many():
    now = on("2026-11-23", rules=Rules(objections=ObjectionRules(open_at_once=1, per_case=3)))
    check_room(0, 2, now)
    refused("OBJECTIONS_OPEN", check_room, 1, 1, now)
    refused("OBJECTIONS_USED_UP", check_room, 0, 3, now)


def test_every_state_has_a_next_step_in_both_languages():
    now = on("2026-11-25")
    ends = []
    for reaction in ("accept", "withdraw"):
        ends.append(answered())
        ends[-1].react(reaction, now)
    settled, silent = escalated(), answered()
    settled.settle("x", by="s9", by_unit="u9", now=now)
    silent.run_timer(on("2026-12-02", 0))
    steps = [objection_step(one, now) for one in (raised(), answered(), escalated(), *ends, settled, silent)]
    late = objection_step(raised(), on("2026-11-30"))
    assert "已超过2个工作日" in late.zh
    assert len({step.zh for step in (*steps, late)}) == len({step.en for step in (*steps, late)}) == 8
    assert [step.by is None for step in steps] == [False] * 3 + [True] * 4
