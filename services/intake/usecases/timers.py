"""What time alone brings to cases: deemed acceptance and the warning ladder. Any number of processes may run it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import HallbusError
from chassis.log import get_logger
from chassis.metrics import counter
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.rules import Now, Rules
from services.intake.domain.tasks import Task
from services.intake.domain.timers import run_timer
from services.intake.orm import cases, tasks
from services.intake.usecases.loading import keep
from services.intake.usecases.papers import put_in_writing
from services.intake.usecases.routing import in_force, routed

log = get_logger(__name__)

SETTLE = dt.timedelta(minutes=10)
timer_failures = counter(
    "hallbus_intake_timer_failures_total",
    "Cases, tasks, joint handlings, register entries, enquiries and objections whose timer failed",
    [],
)


def run_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` due cases, the longest waiting first, each in a transaction of its own; how many were served."""
    return run(db, Timed(Case, cases, cases.c.case_id, lambda tx, case: _serve_case(tx, case, rules)), limit)


def run_task_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """The same for back-office tasks."""
    return run(db, Timed(Task, tasks, tasks.c.task_id, lambda tx, task: task.run_timer(Now(tx.now, reference.book(tx), rules))), limit)


@dataclass(frozen=True)
class Timed:
    """What waits for its moment: the aggregate, its table with `timer_at`, its key, and what is done when the moment has come."""

    aggregate: type
    table: sa.Table
    key: sa.ColumnElement[str]
    serve: Callable[[Transaction, Any], None]


def _serve_case(tx: Transaction, case: Case, rules: Rules) -> None:
    item, book = reference.item_and_book(tx, case.item_id, case.item_version)
    now, was = Now(tx.now, book, rules), in_force(case)
    run_timer(case, item, now=now)
    routed(tx, case, now, was=was)
    keep(tx, case)
    put_in_writing(tx, case, item)


def run(db: Db, timed: Timed, limit: int) -> int:
    """Serve up to `limit` due rows, the longest waiting first, each in a transaction of its own; one that fails is put off and stands in nobody's way."""
    served = 0
    while served < limit and _serve_one(db, timed):
        served += 1
    return served


def _serve_one(db: Db, timed: Timed) -> bool:
    claimed: list[str] = []
    try:
        with db.transaction() as tx:
            found = _claim(tx, timed)
            if found is None:
                return False
            claimed.append(getattr(found, timed.key.name))
            timed.serve(tx, found)
    except HallbusError:
        raise  # the database is away or slow: nobody's case is at fault
    except Exception as error:
        if not claimed:
            raise
        # One broken case must not stand in front of all others.
        log.error("timer_failed", error, subject=claimed[0])
        timer_failures.inc()
        _put_off(db, timed, claimed[0])
    return True


def _claim(tx: Transaction, timed: Timed) -> Any:
    due = timed.table.c.timer_at
    waiting: sa.Select[Any] = sa.select(timed.aggregate).where(due <= tx.now).order_by(due).limit(1)
    return tx.session.execute(waiting.with_for_update(skip_locked=True)).scalar_one_or_none()


def _put_off(db: Db, timed: Timed, key: str) -> None:
    with db.transaction() as tx:
        tx.execute(sa.update(timed.table).where(timed.key == key).values(timer_at=tx.now + SETTLE))
