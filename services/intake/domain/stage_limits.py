"""The limits that stages have of their own, beside that of the whole case: a stage may be late although the case is in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from typing import Any

import workdays
from services.intake.domain.case import DECIDED, OPEN, Case
from services.intake.domain.counting import running_workdays
from services.intake.domain.happenings import StageOverdue
from services.intake.domain.rules import Now


def watch(case: Case, now: Now) -> None:
    """Tell once that a stage takes longer than its own limit; the case as a whole may still be in time."""
    over = _over(case, now)
    if over is None or now.today < over.as_of:
        return
    assert case.running is not None
    case.running = {**case.running, "told": True}
    case.happened(StageOverdue, now.at, stage=case.running["stage"], limit_days=case.running["limit_days"], due=over.due, as_of=over.as_of)


def next_watch(case: Case, now: Now) -> dt.date | None:
    """The day on which the running stage is over its limit and that has to be told; None when nothing has.

    A stage that would be over no earlier than the whole case says nothing of its own: that the case is overdue is told already.
    """
    over = _over(case, now)
    return None if over is None else over.as_of


def started_on(running: dict[str, Any]) -> dt.date:
    """Day 0 of a stage's own limit."""
    return workdays.beijing_date(dt.datetime.fromisoformat(running["started_at"]))


@dataclass(frozen=True)
class _Over:
    due: dt.date
    as_of: dt.date


def _over(case: Case, now: Now) -> _Over | None:
    running = case.running
    if running is None or running["told"] or running["limit_days"] is None or case.state not in (*OPEN, DECIDED):
        return None
    running_days = running_workdays(now.calendar, started_on(running), case.stops)
    due, as_of = islice(running_days, running["limit_days"] - 1, running["limit_days"] + 1)
    if case.state in OPEN and case.promised_due is not None and due >= case.promised_due:
        return None
    return _Over(due, as_of)
