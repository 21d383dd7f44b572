"""A back-office task: its own clock, told late once for each working day, closed by answer or withdrawal."""

import datetime as dt

import pytest

from services.intake.domain.errors import Refused
from services.intake.domain.tasks import Task, TaskAnswered, TaskAssigned, TaskOverdue
from tests.unit.intake.cases import BEIJING, on, told


def a_task(limit_days=3, due="2026-11-26") -> Task:
    task = Task(
        task_id="t1", case_id="c1", case_no="n1", item_id="i1", region="52.02", hall_id="h1", window_id="w1", unit_id="u2", handler_id=None,
        question="现场是否属实", asked_by="s1", asked_at=on("2026-11-23").at, limit_days=limit_days, due=dt.date.fromisoformat(due),
    )  # fmt: skip
    task.ask(on("2026-11-23"))
    return task


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_an_answer_in_time_is_not_late():
    task = a_task()
    assert task.timer_at == dt.datetime(2026, 11, 27, tzinfo=BEIJING)
    task.answer("agree", "属实", by="s2", by_unit="u2", now=on("2026-11-26", 23))
    assert told(task, TaskAnswered)[0].overdue_days == 0
    assert (task.state, task.timer_at) == ("answered", None)
    assert [e.version for e in task.pending_events] == [1, 2]


def test_each_working_day_over_is_told_once_whatever_the_scheduler_missed():
    task = a_task()
    task.run_timer(on("2026-11-26", 23))
    assert told(task, TaskOverdue) == []
    for moment in (on("2026-11-27"), on("2026-11-27", 22), on("2026-12-01")):
        task.run_timer(moment)
    assert [(e.overdue_days, e.as_of.isoformat()) for e in told(task, TaskOverdue)] == [
        (1, "2026-11-27"), (2, "2026-11-30"), (3, "2026-12-01"),
    ]  # fmt: skip
    assert task.timer_at == dt.datetime(2026, 12, 2, tzinfo=BEIJING)


@pytest.mark.parametrize("close", ["answer", "withdraw"])
def test_days_over_that_nobody_told_come_before_the_end(close):
    task = a_task()
    if close == "answer":
        task.answer("disagree", "不属实", by="s2", by_unit="u2", now=on("2026-11-30"))
    else:
        task.withdraw("不再需要", on("2026-11-30"))
    kinds = [type(event).__name__ for event in task.pending_events]
    assert kinds == ["TaskAssigned", "TaskOverdue", "TaskOverdue", "TaskAnswered" if close == "answer" else "TaskWithdrawn"]
    assert len(told(task, TaskAssigned)) == 1


def test_a_closed_task_stays_closed():
    task = a_task()
    refused("HANDLER_OF_OTHER_UNIT", task.answer, "agree", "x", by="s9", by_unit="u9", now=on("2026-11-24"))
    task.withdraw("x", on("2026-11-24"))
    refused("TASK_CLOSED", task.answer, "agree", "x", by="s2", by_unit="u2", now=on("2026-11-24"))
    refused("TASK_CLOSED", task.withdraw, "x", on("2026-11-24"))


@pytest.mark.parametrize("days", [0, 91])
def test_a_limit_that_cannot_be_is_refused(days):
    refused("TASK_LIMIT_INVALID", a_task, days)
