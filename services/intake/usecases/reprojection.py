"""Bringing what rests on the calendar in line with one that changed: open cases here, rosters by the same steps. Any number of processes may run it."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import HallbusError
from chassis.log import get_logger
from chassis.metrics import counter
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.projection import UNFINISHED, catch_up
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases
from services.intake.usecases.loading import keep

log = get_logger(__name__)

failures = counter(
    "hallbus_intake_reprojection_failures_total", "Open cases and roster entries that could not be brought in line with a new calendar", []
)

# Spelled out as the partial index spells it, or the planner would not see that it fits.
_OPEN = cases.c.state.in_([sa.literal_column(f"'{state}'") for state in UNFINISHED])


def reproject_cases(db: Db, rules: Rules, *, limit: int) -> int:
    """Calculate up to `limit` open cases anew, each in a transaction of its own; how many were."""
    return one_by_one(lambda broken, claimed: _one(db, rules, broken, claimed), limit)


def one_by_one(one: Callable[[list[str], list[str]], bool], limit: int) -> int:
    """Bring up to `limit` subjects in line; how many were. `one(broken, claimed)` does the next that is not broken and says whether there was one.

    A subject that fails is passed over until the next call and counted; it stands in nobody's way.
    """
    broken: list[str] = []
    done = 0
    while done + len(broken) < limit:
        claimed: list[str] = []
        try:
            if not one(broken, claimed):
                break
            done += 1
        except HallbusError:
            raise  # the database is away or slow: no subject is at fault
        except Exception as error:
            if not claimed:
                raise
            log.error("reprojection_failed", error, subject=claimed[0])
            failures.inc()
            broken.append(claimed[0])
    return done


def _one(db: Db, rules: Rules, broken: list[str], claimed: list[str]) -> bool:
    with db.transaction() as tx:
        book = reference.book(tx)
        case = _claim(tx, book.edition, broken)
        if case is None:
            return False
        claimed.append(case.case_id)
        catch_up(case, Now(tx.now, book, rules))
        keep(tx, case)
    return True


def _claim(tx: Transaction, edition: int, broken: list[str]) -> Case | None:
    behind = sa.select(Case).where(_OPEN, cases.c.calendar_edition < edition, cases.c.case_id.not_in(broken))
    first = behind.order_by(cases.c.calendar_edition).limit(1)
    return tx.session.execute(first.with_for_update(skip_locked=True)).scalar_one_or_none()
