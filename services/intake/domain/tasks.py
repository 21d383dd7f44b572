"""Back-office tasks (前后衔接): what the window asks the unit behind it, with a clock of its own (M-A6).

The window checks form and eligibility, the back office facts: a site, a record, an expert's word. A late answer is the back office's, not the window's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.clocks import morning
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Now

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"
STATES = (OPEN, ANSWERED, WITHDRAWN)
OUTCOMES = ("agree", "disagree", "conditions")
LONGEST = 90


@dataclass(frozen=True)
class TaskHappening:
    """`version` counts the happenings of one task without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class TaskAssigned(TaskHappening):
    """The unit, or one person of it, has been asked."""


@dataclass(frozen=True)
class TaskAnswered(TaskHappening):
    """The opinion is back; working days over the task's own limit."""

    outcome: str
    overdue_days: int


@dataclass(frozen=True)
class TaskOverdue(TaskHappening):
    """One more working day over the task's own limit, as of that day."""

    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class TaskWithdrawn(TaskHappening):
    """The opinion is not needed any more."""


@dataclass(frozen=True)
class Question:
    """What is asked of which unit (one person of it, or whoever), by whom, and within how many working days."""

    unit_id: str
    handler_id: str | None
    text: str
    limit_days: int
    by: str


@dataclass
class Task:
    """One question to a back office about one case; `due` is the last day of its own limit, the day of asking not counted."""

    task_id: str
    case_id: str
    case_no: str
    item_id: str
    region: str
    hall_id: str
    window_id: str
    unit_id: str
    handler_id: str | None
    question: str
    asked_by: str
    asked_at: dt.datetime
    limit_days: int
    due: dt.date
    state: str = OPEN
    outcome: str | None = None
    opinion: str | None = None
    answered_by: str | None = None
    answered_at: dt.datetime | None = None
    withdrawn_reason: str | None = None
    overdue_days: int = 0
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def ask(self, now: Now) -> None:
        """Put the question and start its clock. Raises Invalid TASK_LIMIT_INVALID."""
        if not 1 <= self.limit_days <= LONGEST:
            raise Invalid("TASK_LIMIT_INVALID", f"limit_days: between 1 and {LONGEST} working days", field="limit_days")
        self._reset(now)
        self._happened(TaskAssigned, now.at)

    def answer(self, outcome: str, opinion: str, *, by: str, by_unit: str, now: Now) -> None:
        """Give the opinion back. Days over that nobody has told yet are told first. Raises Refused TASK_CLOSED, HANDLER_OF_OTHER_UNIT."""
        self._require_open()
        if by_unit != self.unit_id:
            raise Refused("HANDLER_OF_OTHER_UNIT", "another unit was asked", handler_id=by, unit_id=self.unit_id)
        self._tell_overdue(now)
        self.state, self.timer_at = ANSWERED, None
        self.outcome, self.opinion, self.answered_by, self.answered_at = outcome, opinion, by, now.at
        self._happened(TaskAnswered, now.at, outcome=outcome, overdue_days=self.overdue_days)

    def withdraw(self, reason: str, now: Now) -> None:
        """Ask no more; days over that came before still count. Raises Refused TASK_CLOSED."""
        self._require_open()
        self._tell_overdue(now)
        self.state, self.timer_at, self.withdrawn_reason = WITHDRAWN, None, reason
        self._happened(TaskWithdrawn, now.at)

    def run_timer(self, now: Now) -> None:
        """Tell every working day over, each once."""
        if self.state == OPEN:
            self._tell_overdue(now)
            self._reset(now)

    def _tell_overdue(self, now: Now) -> None:
        over = now.calendar.workdays_between(self.due, now.today)
        while self.overdue_days < over:
            self.overdue_days += 1
            as_of = now.calendar.add_workdays(self.due, self.overdue_days).date
            self._happened(TaskOverdue, now.at, overdue_days=self.overdue_days, as_of=as_of)

    def _reset(self, now: Now) -> None:
        self.timer_at = morning(now.calendar.add_workdays(self.due, self.overdue_days + 1).date)

    def _require_open(self) -> None:
        if self.state != OPEN:
            raise Refused("TASK_CLOSED", f"the task is {self.state}", task_id=self.task_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
