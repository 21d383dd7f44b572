"""Reads of evaluation. Every list is held to the caller's scope, paged by key, and counted beyond the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.listing import Slice, between, equal, one_page
from chassis.paging import Page
from services.evaluation import orm
from services.evaluation.answers import complaint_answer, rating_answer
from services.evaluation.usecases.ratings import token_hash

Conditions = list[sa.ColumnElement[bool]]
_SAID = ("grade", "channel", "tags", "text", "contact", "submitted_at")
_RATED = orm.sessions.outerjoin(orm.ratings, orm.ratings.c.session_id == orm.sessions.c.session_id)


@dataclass(frozen=True)
class Listing:
    """A table read newest first: `at` orders, `key` breaks ties."""

    columns: Sequence[Any]
    source: Any
    at: sa.ColumnElement[Any]
    key: sa.ColumnElement[Any]
    region: sa.ColumnElement[Any]
    hall_id: sa.ColumnElement[Any]

    def page(self, tx: Transaction, page: Page, conditions: Conditions) -> Slice:
        """The page's rows in the caller's scope."""
        within = [tx.caller.where(self.region, self.hall_id), *conditions]
        statement = sa.select(*self.columns).select_from(self.source).where(*within)
        return one_page(tx, statement, [self.at, self.key], page, newest_first=True)


def _plain(table: sa.Table, at: str, key: str) -> Listing:
    columns = table.c
    return Listing(list(columns), table, columns[at], columns[key], columns.region, columns.hall_id)


_RATINGS = Listing(
    [*orm.sessions.c, *(orm.ratings.c[name] for name in _SAID)],
    orm.ratings.join(orm.sessions, orm.ratings.c.session_id == orm.sessions.c.session_id),
    orm.ratings.c.submitted_at,
    orm.ratings.c.session_id,
    orm.ratings.c.region,
    orm.ratings.c.hall_id,
)
_COMPLAINTS = _plain(orm.complaints, "filed_at", "complaint_id")
_BAD_REVIEWS = _plain(orm.bad_reviews, "opened_at", "session_id")
# Devices number their presses each for itself: only both ids together tell two presses of one moment apart.
_PRESS_KEY = (orm.presses.c.device_id + "/" + orm.presses.c.press_id).label("press_key")
_PRESSES = Listing(
    [*orm.presses.c, _PRESS_KEY], orm.presses, orm.presses.c.pressed_at, _PRESS_KEY, orm.presses.c.region, orm.presses.c.hall_id
)


def rating_session(db: Db, *, token: str) -> dict[str, Any]:
    """What a token stands for, for the citizen's page: the matter and the place, no person. Raises TOKEN_UNKNOWN."""
    sessions, halls, windows, items = orm.sessions, orm.halls, orm.windows, orm.items
    source = (
        sessions.outerjoin(halls, halls.c.hall_id == sessions.c.hall_id)
        .outerjoin(windows, windows.c.window_id == sessions.c.window_id)
        .outerjoin(items, items.c.item_id == sessions.c.item_id)
    )
    columns = (
        sessions.c.state,
        sessions.c.decided_at,
        sessions.c.expires_at,
        halls.c.name.label("hall_name"),
        windows.c.name.label("window_name"),
        windows.c.code.label("window_code"),
        items.c.name.label("item_name"),
    )
    with db.read() as tx:
        row = tx.execute(sa.select(*columns).select_from(source).where(sessions.c.token_hash == token_hash(token))).one_or_none()
        if row is None:
            raise NotFound("TOKEN_UNKNOWN", "no such rating session")
        answer = dict(row._mapping)
        # Closed by the clock even when the sweep has not come by yet.
        if row.state == "invited" and row.expires_at <= tx.now:
            answer["state"] = "expired"
        return answer


def rating(db: Db, *, session_id: str, case_id: str) -> dict[str, Any]:
    """One session with its rating. Raises SESSION_NOT_FOUND, OUT_OF_SCOPE."""
    wanted = orm.sessions.c.session_id == session_id if session_id else orm.sessions.c.case_id == case_id
    statement = sa.select(*orm.sessions.c, *(orm.ratings.c[name] for name in _SAID)).select_from(_RATED).where(wanted)
    with db.read() as tx:
        row = tx.execute(statement).one_or_none()
        if row is None:
            raise NotFound("SESSION_NOT_FOUND", "no such rating session")
        tx.caller.require(row.region, row.hall_id)
        return rating_answer(row)


def list_ratings(
    db: Db, *, page: Page, grades: list[str], submitted_from: datetime | None, submitted_to: datetime | None, **filters: Any
) -> dict[str, Any]:
    """Ratings, newest first; filters hall_id, unit_id, window_id, staff_id, channel, grades and a span of submission."""
    conditions = equal(orm.ratings, filters) + between(orm.ratings.c.submitted_at, submitted_from, submitted_to)
    if grades:
        conditions.append(orm.ratings.c.grade.in_(grades))
    with db.read() as tx:
        found = _RATINGS.page(tx, page, conditions)
    return {"ratings": [rating_answer(row) for row in found.rows], **found.rest}


def list_bad_reviews(db: Db, *, page: Page, **filters: Any) -> dict[str, Any]:
    """Bad reviews, newest first; filters hall_id, unit_id, window_id, staff_id, state."""
    with db.read() as tx:
        return _BAD_REVIEWS.page(tx, page, equal(orm.bad_reviews, filters)).answer("bad_reviews")


def list_presses(db: Db, *, page: Page, unmatched: bool, **filters: Any) -> dict[str, Any]:
    """Key presses, newest first; `unmatched` leaves those that no case took."""
    conditions = equal(orm.presses, filters)
    if unmatched:
        conditions += [orm.presses.c.session_id.is_(None), orm.presses.c.settled_at.is_not(None)]
    with db.read() as tx:
        return _PRESSES.page(tx, page, conditions).answer("presses")


def complaint(db: Db, *, complaint_id: str) -> dict[str, Any]:
    """One complaint with every round of its verdict. Raises COMPLAINT_NOT_FOUND, OUT_OF_SCOPE."""
    verdicts = orm.verdicts
    with db.read() as tx:
        row = tx.execute(sa.select(orm.complaints).where(orm.complaints.c.complaint_id == complaint_id)).one_or_none()
        if row is None:
            raise NotFound("COMPLAINT_NOT_FOUND", "no such complaint")
        tx.caller.require(row.region, row.hall_id)
        rounds = tx.execute(sa.select(verdicts).where(verdicts.c.complaint_id == complaint_id).order_by(verdicts.c.round)).all()
    return complaint_answer(row) | {"verdicts": [dict(r._mapping) | {"true": r.is_true} for r in rounds]}


def list_complaints(db: Db, *, page: Page, filed_from: datetime | None, filed_to: datetime | None, **filters: Any) -> dict[str, Any]:
    """Complaints, newest first; filters hall_id, unit_id, window_id, staff_id, category, state and a span of filing."""
    conditions = equal(orm.complaints, filters) + between(orm.complaints.c.filed_at, filed_from, filed_to)
    with db.read() as tx:
        found = _COMPLAINTS.page(tx, page, conditions)
    return {"complaints": [complaint_answer(row) for row in found.rows], **found.rest}
