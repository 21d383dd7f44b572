"""Requests and answers about back-office tasks."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.fields import PageRequest, PageResponse, an_id, maybe_id, must_be, one_of, words
from services.intake.domain.tasks import OUTCOMES, STATES


class AssignTask(Schema):
    """A question to a unit, or to one person."""

    case_id = an_id()
    unit_id, handler_id = maybe_id(), maybe_id()
    question = words(1000)
    limit_days = fields.Integer(required=True, strict=True)
    staff_id = maybe_id()

    @validates_schema
    def somebody(self, data: dict[str, object], **_: object) -> None:
        """A unit or a person."""
        if data.get("unit_id") is None and data.get("handler_id") is None:
            raise ValidationError("unit_id or handler_id", "unit_id")


class AnswerTask(Schema):
    """The opinion."""

    task_id = an_id()
    outcome = must_be(*OUTCOMES)
    opinion = words(2000)
    staff_id = maybe_id()


class WithdrawTask(Schema):
    """No answer needed any more."""

    task_id = an_id()
    reason = words(1000)


class ListTasks(PageRequest):
    """Filters and page."""

    hall_id, case_id, unit_id, handler_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state = one_of(*STATES)


class Task(Schema):
    """A task."""

    task_id, case_id, case_no, item_id = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, window_id = fields.String(), fields.String(), fields.String()
    unit_id, handler_id, question, asked_by = fields.String(), fields.String(), fields.String(), fields.String()
    asked_at = fields.AwareDateTime()
    limit_days = fields.Integer()
    due = fields.Date()
    state, outcome, opinion, answered_by = fields.String(), fields.String(), fields.String(), fields.String()
    answered_at = fields.AwareDateTime()
    withdrawn_reason = fields.String()
    overdue_days, version = fields.Integer(), fields.Integer()


class TaskPage(PageResponse):
    """A page of tasks."""

    tasks = fields.List(fields.Nested(Task))
