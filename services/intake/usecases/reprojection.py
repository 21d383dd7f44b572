"""Bringing what rests on the calendar in line with one that changed: cases, register entries, joint handlings, rosters.

Any number of processes may run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

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
    "hallbus_intake_reprojection_failures_total",
    "Open cases, joint handlings, register and roster entries that could not be brought in line with a new calendar",
    [],
)


@dataclass(frozen=True)
class Projected:
    """Rows of `table` whose days rest on a calendar while they are in one of `states`, and how one is calculated anew."""

    aggregate: type
    table: sa.Table
    key: sa.ColumnElement[str]
    states: Iterable[str]
    catch_up: Callable[[Transaction, Any, Now], None]

    @property
    def open(self) -> sa.ColumnElement[bool]:
        """Spelled out as the partial index spells it, or the planner would not see that it fits."""
        return self.table.c.state.in_([sa.literal_column(f"'{state}'") for state in self.states])


def _case(tx: Transaction, case: Case, now: Now) -> None:
    catch_up(case, now)
    keep(tx, case)


_CASES = Projected(Case, cases, cases.c.case_id, UNFINISHED, _case)


def reproject_cases(db: Db, rules: Rules, *, limit: int) -> int:
    """Calculate up to `limit` open cases anew, each in a transaction of its own; how many were."""
    return reproject(db, rules, _CASES, limit=limit)


def reproject(db: Db, rules: Rules, what: Projected, *, limit: int) -> int:
    """Calculate up to `limit` open rows anew, each in a transaction of its own; how many were."""
    return one_by_one(lambda broken, claimed: _one(db, rules, what, broken, claimed), limit)


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


def _one(db: Db, rules: Rules, what: Projected, broken: list[str], claimed: list[str]) -> bool:
    with db.transaction() as tx:
        book = reference.book(tx)
        found = _claim(tx, what, book.edition, broken)
        if found is None:
            return False
        claimed.append(getattr(found, what.key.name))
        what.catch_up(tx, found, Now(tx.now, book, rules))
    return True


def _claim(tx: Transaction, what: Projected, edition: int, broken: list[str]) -> Any:
    calculated = what.table.c.calendar_edition
    behind: sa.Select[Any] = sa.select(what.aggregate).where(what.open, calculated < edition, what.key.not_in(broken))
    return tx.session.execute(behind.order_by(calculated).limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()
