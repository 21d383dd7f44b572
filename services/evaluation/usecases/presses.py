"""Key presses on rating devices: kept first, bound to a case by the rule of `domain.binding`."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from chassis.metrics import counter
from services.evaluation import events, orm
from services.evaluation.domain import binding
from services.evaluation.domain.binding import Candidate, Reach, Waiting
from services.evaluation.domain.grades import from_code
from services.evaluation.domain.sessions import RatingSession
from services.evaluation.usecases.recording import Said, record

unmatched_total = counter("hallbus_evaluation_presses_unmatched_total", "Key presses that fitted no case when they were bound", ["reason"])


def take_press(db: Db, event: ReceivedEvent, *, settle_seconds: float, reach: Reach) -> None:
    """Keep a press; bind it at once when nothing is to be waited for."""
    values = events.press_values(event)
    with db.transaction() as tx:
        tx.execute(insert(orm.presses).values(**values, reason="", received_at=tx.now).on_conflict_do_nothing())
        if settle_seconds <= 0:
            _bind(tx, values["device_id"], values["press_id"], reach)


def bind_presses(db: Db, *, settle_seconds: float, reach: Reach, limit: int) -> int:
    """Bind the presses that have waited long enough, the earliest first; one transaction each. Returns how many."""
    for done in range(limit):
        with db.transaction() as tx:
            settled = tx.now - timedelta(seconds=settle_seconds)
            table = orm.presses
            due = (
                sa.select(table.c.device_id, table.c.press_id)
                .where(table.c.settled_at.is_(None), table.c.received_at <= settled)
                .order_by(table.c.pressed_at, table.c.press_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = tx.execute(due).first()
            if row is None:
                return done
            _bind(tx, row.device_id, row.press_id, reach)
    return limit


def lock_window(tx: Transaction, window_id: str) -> None:
    """Opening a session and binding a press of one window take turns: otherwise each could miss the other's uncommitted row."""
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("evaluation.window:" + window_id, 0))))


def take_up_press(tx: Transaction, session: RatingSession, reach: Reach) -> None:
    """Give a case whose decision arrived late the press that was waiting for it. The window is locked by the caller."""
    table, decided_at = orm.presses, session.decided_at
    following = tx.execute(
        sa.select(sa.func.min(orm.sessions.c.decided_at)).where(
            orm.sessions.c.window_id == session.window_id, orm.sessions.c.decided_at > decided_at
        )
    ).scalar()
    rows = tx.execute(
        sa.select(table).where(
            table.c.window_id == session.window_id,
            table.c.settled_at.is_not(None),
            table.c.session_id.is_(None),
            table.c.pressed_at.between(decided_at - reach.lead, decided_at + reach.back),
        )
    ).all()
    keyed = {f"{row.device_id}/{row.press_id}": row for row in rows}
    waiting = [Waiting(key, row.pressed_at, row.reason) for key, row in keyed.items()]
    chosen = binding.press_for(decided_at, following, waiting, reach)
    if chosen is not None:
        _rate(tx, session, keyed[chosen])


def _bind(tx: Transaction, device_id: str, press_id: str, reach: Reach) -> None:
    table = orm.presses
    mine = sa.and_(table.c.device_id == device_id, table.c.press_id == press_id)
    press = tx.execute(sa.select(table).where(mine)).one()
    if press.settled_at is not None:
        return
    if from_code(press.key) is None:
        _leave(tx, press, binding.BAD_KEY)
        return
    lock_window(tx, press.window_id)
    sessions = _sessions_around(tx, press.window_id, press.pressed_at, reach)
    candidates = [Candidate(s.session_id, s.decided_at, s.state) for s in sessions]
    session_id, reason = binding.session_for(press.pressed_at, candidates, reach)
    if session_id is None:
        _leave(tx, press, reason)
    else:
        _rate(tx, next(s for s in sessions if s.session_id == session_id), press)


def _sessions_around(tx: Transaction, window_id: str, pressed_at: datetime, reach: Reach) -> list[RatingSession]:
    columns = orm.sessions.c
    statement = (
        sa.select(RatingSession)
        .where(columns.window_id == window_id, columns.decided_at.between(pressed_at - reach.back, pressed_at + reach.lead))
        .order_by(columns.session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(tx.session.scalars(statement))


def _rate(tx: Transaction, session: RatingSession, press: sa.Row[tuple[object, ...]]) -> None:
    grade = from_code(press.key)
    assert grade is not None, "keys without a grade are never bound"
    # An expired invitation cannot be rated; the press is on record all the same.
    if session.expires_at <= press.pressed_at:
        _leave(tx, press, binding.SESSION_EXPIRED)
        return
    record(tx, session, Said(grade, "device", press.pressed_at, press_id=press.press_id))
    _settle(tx, press, session_id=session.session_id, reason="")


def _leave(tx: Transaction, press: sa.Row[tuple[object, ...]], reason: str) -> None:
    unmatched_total.labels(reason=reason).inc()
    _settle(tx, press, session_id=None, reason=reason)


def _settle(tx: Transaction, press: sa.Row[tuple[object, ...]], *, session_id: str | None, reason: str) -> None:
    table = orm.presses
    mine = sa.and_(table.c.device_id == press.device_id, table.c.press_id == press.press_id)
    tx.execute(sa.update(table).where(mine).values(session_id=session_id, reason=reason, settled_at=tx.now))
