"""Back-office tasks: ask, answer, withdraw, and what time brings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.intake import reference
from services.intake.domain.case import OPEN as CASE_OPEN
from services.intake.domain.rules import Now, Rules
from services.intake.domain.tasks import OPEN, Question, Task
from services.intake.orm import tasks
from services.intake.usecases.loading import loaded


def assign_task(db: Db, rules: Rules, *, case_id: str, staff_id: str | None, **question: Any) -> Task:
    """Ask a unit's back office about an open case (`unit_id` or `handler_id`, `question`, `limit_days`)."""
    with db.transaction() as tx:
        # The case is locked: a decision and a new question wait for each other.
        case, _, now = loaded(tx, case_id, rules)
        case.require(*CASE_OPEN)
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        asked = _question(tx, by=by, **question)
        due = now.calendar.add_workdays(now.start(now.at, case.channel), asked.limit_days).date
        task = Task(
            task_id=tx.new_id(), case_id=case.case_id, case_no=case.case_no, item_id=case.item_id, region=case.region, hall_id=case.hall_id,
            window_id=case.window_id, unit_id=asked.unit_id, handler_id=asked.handler_id, question=asked.text, asked_by=by, asked_at=now.at,
            limit_days=asked.limit_days, due=due,
        )  # fmt: skip
        tx.add(task)
        task.ask(now)
        return task


def _question(tx: Transaction, *, by: str, unit_id: str | None, handler_id: str | None, question: str, limit_days: int) -> Question:
    if handler_id is not None:
        unit_id = reference.unit_anywhere(tx, handler_id, "handler_id", unit_id)
    else:
        reference.require_unit(tx, str(unit_id))
    return Question(str(unit_id), handler_id, question, limit_days, by)


def answer_task(db: Db, rules: Rules, *, task_id: str, outcome: str, opinion: str, staff_id: str | None) -> Task:
    """Give the opinion back; somebody of the asked unit does."""
    with db.transaction() as tx:
        task, now = _loaded(tx, task_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        task.answer(outcome, opinion, by=by, by_unit=reference.unit_anywhere(tx, by, "staff_id", task.unit_id), now=now)
        return task


def withdraw_task(db: Db, rules: Rules, *, task_id: str, reason: str) -> Task:
    """Ask no more."""
    with db.transaction() as tx:
        task, now = _loaded(tx, task_id, rules)
        task.withdraw(reason, now)
        return task


def open_tasks(case_id: str) -> sa.ScalarSelect[int]:
    """How many opinions on a case are outstanding, as a part of a statement."""
    table = tasks.c
    return sa.select(sa.func.count()).select_from(tasks).where(table.case_id == case_id, table.state == OPEN).scalar_subquery()


def _loaded(tx: Transaction, task_id: str, rules: Rules) -> tuple[Task, Now]:
    task = tx.get(Task, task_id, for_update=True)
    tx.caller.require(task.region, task.hall_id)
    return task, Now(tx.now, reference.book(tx), rules)
