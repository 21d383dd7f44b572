"""Events of intake: back-office tasks (前后衔接)."""

from contracts.fields import Code, Count, Day, Id, Text, Time
from contracts.registry import REGISTRY, Payload

_TASK = {
    "task_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0b01", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001",
    "item_id": "i0001", "window_id": "w0001", "unit_id": "u0002", "handler_id": None,
}  # fmt: skip


class TaskPayload(Payload):
    """What every event of a back-office task (前后衔接) carries; `unit_id` is the unit that was asked, `window_id` the window that asked."""

    task_id = Id()  # the task, subject of this event
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    window_id = Id()
    unit_id = Id()
    handler_id = Id(required=False, allow_none=True)  # the person who was asked; null when the unit was


@REGISTRY.event("intake.task.assigned", audience="public", examples=[
    {**_TASK, "asked_by": "s0001", "limit_days": 3, "due": "2026-11-26"},
    {**_TASK, "handler_id": "s0010", "asked_by": "s0001", "limit_days": 1, "due": "2026-11-24"},
])  # fmt: skip
class TaskAssignedV1(TaskPayload):
    """The window asked a back office for its opinion; the task has a clock of its own."""

    asked_by = Id()  # who asked
    limit_days = Count()  # working days the back office has
    due = Day()


@REGISTRY.event("intake.task.answered", audience="public", examples=[
    {**_TASK, "answered_by": "s0010", "answered_at": "2026-11-25T02:00:00+00:00", "outcome": "agree", "overdue_days": 0},
    {**_TASK, "answered_by": "s0010", "answered_at": "2026-11-30T02:00:00+00:00", "outcome": "conditions", "overdue_days": 2},
])  # fmt: skip
class TaskAnsweredV1(TaskPayload):
    """The opinion is back; its text stays in intake."""

    answered_by = Id()  # who answered, a person of the unit
    answered_at = Time()  # when
    outcome = Code()  # agree | disagree | conditions
    overdue_days = Count()


@REGISTRY.event("intake.task.overdue", audience="public", examples=[
    {**_TASK, "due": "2026-11-26", "overdue_days": 1, "as_of": "2026-11-27"},
    {**_TASK, "handler_id": "s0010", "due": "2026-11-26", "overdue_days": 2, "as_of": "2026-11-30"},
])  # fmt: skip
class TaskOverdueV1(TaskPayload):
    """A working day over the task's limit has begun; sent once for each. It counts against the back office, not against the window."""

    due = Day()
    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.task.withdrawn", audience="public", examples=[
    {**_TASK, "withdrawn_at": "2026-11-25T02:00:00+00:00"},
    {**_TASK, "handler_id": "s0010", "withdrawn_at": "2026-11-26T02:00:00+00:00"},
])  # fmt: skip
class TaskWithdrawnV1(TaskPayload):
    """The opinion is not needed any more; days over that were told before still stand."""

    withdrawn_at = Time()  # when
