"""Sessions and ratings: open, invite, rate, expire."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.events import ReceivedEvent
from chassis.metrics import counter
from services.evaluation import events, orm
from services.evaluation.domain.binding import Reach
from services.evaluation.domain.grades import Grade
from services.evaluation.domain.sessions import EXPIRED, INVITED, RATED, RatingSession
from services.evaluation.usecases import presses
from services.evaluation.usecases.recording import Said, record

sessions_expired = counter("hallbus_evaluation_sessions_expired_total", "Invitations nobody answered in time")

TOKEN_BYTES = 24


def token_hash(token: str) -> str:
    """What is stored of a token; 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(db: Db, event: ReceivedEvent, *, days: float, reach: Reach) -> None:
    """Open the rating session of a finished case; a case that has one keeps it. A press that came before the news is taken up."""
    case = events.session_values(event)
    # From the decision, not from now: a case that reached us late must not be open longer than its neighbours.
    values = {**case, "expires_at": case["decided_at"] + timedelta(days=days), "state": INVITED, "version": 0}
    with db.transaction() as tx:
        presses.lock_window(tx, case["window_id"])
        statement = insert(orm.sessions).values(**values, session_id=tx.new_id(), opened_at=tx.now)
        opened = tx.execute(statement.on_conflict_do_nothing(index_elements=["case_id"]).returning(orm.sessions.c.session_id)).scalar()
        if opened is not None:
            presses.take_up_press(tx, tx.get(RatingSession, opened, for_update=True), reach)


def open_rating(db: Db, *, case_id: str, rating_url: str) -> dict[str, Any]:
    """Issue the token that a citizen rates with; the former one is void. It is told here once and kept nowhere.

    Raises SESSION_NOT_FOUND (not decided, or the news is still on its way), OUT_OF_SCOPE, RATING_ALREADY_GIVEN, SESSION_EXPIRED.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with db.transaction() as tx:
        session = _locked(tx, orm.sessions.c.case_id == case_id, "SESSION_NOT_FOUND")
        tx.caller.require(session.region, session.hall_id)
        session.issue_token(token_hash(token), tx.now)
        return {
            "session_id": session.session_id,
            "case_id": case_id,
            "token": token,
            "link": rating_url + token if rating_url else None,
            "expires_at": session.expires_at,
        }


def submit_rating(db: Db, *, token: str, grade: str, tags: list[str], text: str, contact: str) -> dict[str, Any]:
    """A citizen rates with the token. Raises TOKEN_UNKNOWN, RATING_ALREADY_GIVEN, SESSION_EXPIRED."""
    with db.transaction() as tx:
        session = _locked(tx, orm.sessions.c.token_hash == token_hash(token), "TOKEN_UNKNOWN")
        record(tx, session, Said(Grade(grade), "token", tx.now, tags, text, contact))
        return {"state": RATED, "grade": grade, "submitted_at": tx.now}


def expire_sessions(db: Db, *, limit: int) -> int:
    """Close invitations whose time is over; silence stays silence. Returns how many."""
    table = orm.sessions
    with db.transaction() as tx:
        due = (
            sa.select(table.c.session_id)
            .where(table.c.state == INVITED, table.c.expires_at <= tx.now)
            .order_by(table.c.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        closed: int = tx.execute(sa.update(table).where(table.c.session_id.in_(due)).values(state=EXPIRED)).rowcount
    sessions_expired.inc(closed)
    return closed


def _locked(tx: Transaction, condition: sa.ColumnElement[bool], reason: str) -> RatingSession:
    statement = sa.select(RatingSession).where(condition).with_for_update().execution_options(populate_existing=True)
    session: RatingSession | None = tx.session.scalars(statement).one_or_none()
    if session is None:
        raise NotFound(reason, "no such rating session")
    return session
