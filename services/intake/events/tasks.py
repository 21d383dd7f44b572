"""Happenings of a back-office task → contract payloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import tasks as t
from services.intake.domain.tasks import Task


def _of_task(task: Task, verb: str, happening: t.TaskHappening, **data: Any) -> Event:
    names = ("task_id", "case_id", "case_no", "item_id", "window_id", "unit_id", "handler_id")
    common = {name: getattr(task, name) for name in names}
    return Event(f"intake.task.{verb}", task.task_id, happening.version, task.region, task.hall_id, happening.at, {**common, **data})


def task_assigned(task: Task, happening: t.TaskAssigned) -> Event:
    """The question; its text stays here."""
    return _of_task(task, "assigned", happening, asked_by=task.asked_by, limit_days=task.limit_days, due=task.due.isoformat())


def task_answered(task: Task, happening: t.TaskAnswered) -> Event:
    """The opinion is back; its text stays here."""
    data = {"outcome": happening.outcome, "overdue_days": happening.overdue_days}
    return _of_task(task, "answered", happening, answered_by=task.answered_by, answered_at=iso(happening.at), **data)


def task_overdue(task: Task, happening: t.TaskOverdue) -> Event:
    """One more working day over, the back office's."""
    days = {"overdue_days": happening.overdue_days, "as_of": happening.as_of.isoformat()}
    return _of_task(task, "overdue", happening, due=task.due.isoformat(), **days)


def task_withdrawn(task: Task, happening: t.TaskWithdrawn) -> Event:
    """The opinion is not needed any more."""
    return _of_task(task, "withdrawn", happening, withdrawn_at=iso(happening.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    t.TaskAssigned: task_assigned,
    t.TaskAnswered: task_answered,
    t.TaskOverdue: task_overdue,
    t.TaskWithdrawn: task_withdrawn,
}
