"""Objections (异议, M-B18) of an applicant to the progress of his case: a demand for an explicit answer, with a limit that never moves the case's.

Who answers: somebody of the handling unit, for it knows the case, but never the person responsible for the case, whom the objection is about (回避).
Where the unit has nobody else in the hall today, anybody else of the hall answers. An applicant who is not satisfied escalates: then the centre answers,
that is a person of another unit, and what he says closes the objection. Any state of the case but the delivered one can be objected to: those who wait
beyond the promise have most reason to, and a refused applicant is told that he may.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.clocks import morning
from services.intake.domain.errors import Refused
from services.intake.domain.rules import Now

RAISED, ANSWERED, ESCALATED, CLOSED = "raised", "answered", "escalated", "closed"
STATES = (RAISED, ANSWERED, ESCALATED, CLOSED)
WAITING = {RAISED: "answer", ESCALATED: "settlement"}
"""Whose turn it is with a limit running: the unit's answer, or the centre's settlement."""
ACCEPTED, WITHDRAWN, SETTLED, SILENT = "accepted", "withdrawn", "settled", "silent"
OUTCOMES = (ACCEPTED, WITHDRAWN, SETTLED, SILENT)
REACTIONS = ("accept", "escalate", "withdraw")
TOKEN, WINDOW = "token", "window"


@dataclass(frozen=True)
class ObjectionHappening:
    """`version` counts the happenings of one objection without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Raised(ObjectionHappening):
    """The applicant demands an explicit answer."""


@dataclass(frozen=True)
class ObjectionAnswered(ObjectionHappening):
    """The handling unit has answered."""

    overdue_days: int


@dataclass(frozen=True)
class Escalated(ObjectionHappening):
    """The applicant is not satisfied; the centre has until `due`."""

    due: dt.date


@dataclass(frozen=True)
class ObjectionOverdue(ObjectionHappening):
    """One more working day over the limit of the answer or of the settlement, as of that day."""

    waits_for: str
    due: dt.date
    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class ObjectionClosed(ObjectionHappening):
    """Done with."""

    outcome: str


@dataclass
class Objection:
    """One objection. `staff_id` is the person responsible for the case when it was raised, `due` the last day of the limit that runs, `overdue_days` the
    working days over it that have been told (of the answer: `answer_overdue_days`)."""

    objection_id: str
    case_id: str
    case_no: str
    item_id: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str
    staff_id: str
    channel: str
    raised_by: str | None
    raised_at: dt.datetime
    text: str
    due: dt.date
    state: str = RAISED
    answer: str | None = None
    answered_by: str | None = None
    answered_at: dt.datetime | None = None
    answer_overdue_days: int | None = None
    escalated_at: dt.datetime | None = None
    settlement: str | None = None
    settled_by: str | None = None
    settled_at: dt.datetime | None = None
    overdue_days: int = 0
    outcome: str | None = None
    closed_at: dt.datetime | None = None
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def raise_it(self, now: Now) -> None:
        """Say that it was raised; its clock starts."""
        self._happened(Raised, now.at)
        self._reset(now)

    def answer_it(self, text: str, *, by: str, by_unit: str, others: bool, now: Now) -> None:
        """The unit's answer; `others` says whether the unit has somebody besides the objected person in the hall today.

        Raises Refused OBJECTION_ANSWERED (and the other states), SAME_PERSON, HANDLER_OF_OTHER_UNIT.
        """
        self._require(RAISED)
        self._require_another(by)
        if by_unit != self.unit_id and others:
            raise Refused("HANDLER_OF_OTHER_UNIT", "the handling unit answers", objection_id=self.objection_id, unit_id=self.unit_id)
        self._tell_overdue(now)
        self.state, self.answer, self.answered_by, self.answered_at = ANSWERED, text, by, now.at
        self.answer_overdue_days = self.overdue_days
        self._happened(ObjectionAnswered, now.at, overdue_days=self.overdue_days)
        self._reset(now)

    def react(self, reaction: str, now: Now) -> None:
        """What the applicant makes of it: he accepts the answer, escalates it, or withdraws the objection at any time.

        Raises Refused OBJECTION_NOT_ANSWERED, OBJECTION_ESCALATED, OBJECTION_CLOSED.
        """
        if reaction == "withdraw":
            self._require(RAISED, ANSWERED, ESCALATED)
            if self.state in WAITING:
                self._tell_overdue(now)
            self._close(WITHDRAWN, now)
            return
        self._require(ANSWERED)
        if reaction == "accept":
            self._close(ACCEPTED, now)
            return
        self.state, self.escalated_at, self.overdue_days = ESCALATED, now.at, 0
        self.due = objection_due(now)
        self._happened(Escalated, now.at, due=self.due)
        self._reset(now)

    def settle(self, text: str, *, by: str, by_unit: str, now: Now) -> None:
        """The centre's final answer. Raises Refused OBJECTION_NOT_ESCALATED, OBJECTION_CLOSED, SAME_PERSON, SAME_UNIT."""
        if self.state in (RAISED, ANSWERED):
            raise Refused("OBJECTION_NOT_ESCALATED", f"the objection is {self.state}", objection_id=self.objection_id)
        self._require(ESCALATED)
        self._require_another(by, self.answered_by)
        if by_unit == self.unit_id:
            raise Refused("SAME_UNIT", "another unit than the handling one settles it", objection_id=self.objection_id)
        self._tell_overdue(now)
        self.settlement, self.settled_by, self.settled_at = text, by, now.at
        self._close(SETTLED, now)

    def run_timer(self, now: Now) -> None:
        """Tell every working day over, each once; close what has been answered and nobody came back on."""
        if self.state in WAITING:
            self._tell_overdue(now)
            self._reset(now)
        elif self.state == ANSWERED and now.at >= self._quiet_until(now):
            self._close(SILENT, now)

    def _close(self, outcome: str, now: Now) -> None:
        self.state, self.outcome, self.closed_at, self.timer_at = CLOSED, outcome, now.at, None
        self._happened(ObjectionClosed, now.at, outcome=outcome)

    def _tell_overdue(self, now: Now) -> None:
        over = now.calendar.workdays_between(self.due, now.today)
        while self.overdue_days < over:
            self.overdue_days += 1
            as_of = now.calendar.add_workdays(self.due, self.overdue_days).date
            values = {"waits_for": WAITING[self.state], "due": self.due, "overdue_days": self.overdue_days, "as_of": as_of}
            self._happened(ObjectionOverdue, now.at, **values)

    def answered_day(self, now: Now) -> dt.date:
        """The day of the unit's answer in China."""
        assert self.answered_at is not None
        return now.day_of(self.answered_at)

    def _quiet_until(self, now: Now) -> dt.datetime:
        return morning(now.calendar.add_workdays(self.answered_day(now), now.rules.objections.quiet_days + 1).date)

    def _reset(self, now: Now) -> None:
        if self.state == ANSWERED:
            self.timer_at = self._quiet_until(now)
        else:
            self.timer_at = morning(now.calendar.add_workdays(self.due, self.overdue_days + 1).date)

    def _require(self, *states: str) -> None:
        if self.state not in states:
            reason = "OBJECTION_NOT_ANSWERED" if self.state == RAISED else f"OBJECTION_{self.state.upper()}"
            raise Refused(reason, f"the objection is {self.state}", objection_id=self.objection_id, state=self.state)

    def _require_another(self, by: str, *also: str | None) -> None:
        if by in (self.staff_id, *also):
            raise Refused("SAME_PERSON", "who is objected to, or has answered, does not decide on it", objection_id=self.objection_id)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def objection_due(now: Now) -> dt.date:
    """The last day of a limit that begins today; today is not counted, nor is a rest day."""
    return now.calendar.add_workdays(now.today, now.rules.objections.days).date


def check_room(running: int, ever: int, now: Now) -> None:
    """Raise Refused OBJECTIONS_OPEN, OBJECTIONS_USED_UP when a case has as many objections as the settings allow."""
    rules = now.rules.objections
    if running >= rules.open_at_once:
        raise Refused("OBJECTIONS_OPEN", f"{running} objections are open; wait for their answers", limit=str(rules.open_at_once))
    if ever >= rules.per_case:
        raise Refused("OBJECTIONS_USED_UP", f"no more than {rules.per_case} objections to one case", limit=str(rules.per_case))
