"""What time alone brings to cases: deemed acceptance and the warning ladder. Any number of processes may run it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import HallbusError
from chassis.log import get_logger
from chassis.metrics import counter
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.rules import Now, Rules
from services.intake.domain.timers import run_timer
from services.intake.orm import cases
from services.intake.usecases.loading import keep

log = get_logger(__name__)

SETTLE = dt.timedelta(minutes=10)
timer_failures = counter("hallbus_intake_timer_failures_total", "Cases whose timer failed and was put off", [])


def run_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` due cases, the longest waiting first, each in a transaction of its own; how many were served."""
    served = 0
    while served < limit and _serve_one(db, rules):
        served += 1
    return served


def _serve_one(db: Db, rules: Rules) -> bool:
    claimed: list[str] = []
    try:
        with db.transaction() as tx:
            case = _claim(tx)
            if case is None:
                return False
            claimed.append(case.case_id)
            item = reference.item_version(tx, case.item_id, case.item_version)
            run_timer(case, item, now=Now(tx.now, reference.book(tx), rules))
            keep(tx, case)
    except HallbusError:
        raise  # the database is away or slow: nobody's case is at fault
    except Exception as error:
        if not claimed:
            raise
        # One broken case must not stand in front of all others.
        log.error("timer_failed", error, case_id=claimed[0])
        timer_failures.inc()
        _put_off(db, claimed[0])
    return True


def _claim(tx: Transaction) -> Case | None:
    waiting = sa.select(Case).where(cases.c.timer_at <= tx.now).order_by(cases.c.timer_at).limit(1)
    return tx.session.execute(waiting.with_for_update(skip_locked=True)).scalar_one_or_none()


def _put_off(db: Db, case_id: str) -> None:
    with db.transaction() as tx:
        tx.execute(sa.update(cases).where(cases.c.case_id == case_id).values(timer_at=tx.now + SETTLE))
