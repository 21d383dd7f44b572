"""What time and the calendar bring to joint handlings. Any number of processes may run both."""

from __future__ import annotations

import sqlalchemy as sa

from chassis.database import Db
from services.intake import reference
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.rules import Now, Rules
from services.intake.orm.joint import joint_handlings
from services.intake.usecases.reprojection import one_by_one
from services.intake.usecases.timers import Timed, run

_KEY = joint_handlings.c.handling_id


def run_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` handlings whose next day over has begun, each in a transaction of its own; how many were served."""
    timed = Timed(JointHandling, joint_handlings, _KEY, lambda tx, found: found.run_timer(Now(tx.now, reference.book(tx), rules)))
    return run(db, timed, limit)


def reproject(db: Db, rules: Rules, *, limit: int) -> int:
    """Bring up to `limit` running handlings in line with a calendar that changed, each in a transaction of its own; how many were."""
    return one_by_one(lambda broken, claimed: _one(db, rules, broken, claimed), limit)


def _one(db: Db, rules: Rules, broken: list[str], claimed: list[str]) -> bool:
    table = joint_handlings.c
    with db.transaction() as tx:
        book = reference.book(tx)
        behind = sa.select(JointHandling).where(table.closed_at.is_(None), table.calendar_edition < book.edition, _KEY.not_in(broken))
        first = behind.order_by(table.calendar_edition).limit(1).with_for_update(skip_locked=True)
        handling = tx.session.execute(first).scalar_one_or_none()
        if handling is None:
            return False
        claimed.append(handling.handling_id)
        handling.catch_up(Now(tx.now, book, rules))
    return True
