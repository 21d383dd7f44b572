"""Objections to the progress of a case, and the count of how often its applicant asked. The case is only looked at, never changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.database import Db, Transaction
from chassis.errors import NotFound
from services.intake import objection_views, places, reference
from services.intake.domain.case import DELIVERED, STATES, Case
from services.intake.domain.masking import mask_text
from services.intake.domain.objections import CLOSED, TOKEN, WINDOW, Objection, check_room, objection_due
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases
from services.intake.orm.objections import case_queries, objections
from services.intake.usecases.receipts import token_hash
from services.intake.usecases.timers import Timed, run

Answer = dict[str, Any]
OBJECTIONABLE = tuple(state for state in STATES if state != DELIVERED)
MOST_A_DAY = 10_000
"""A counter stops here: a page that reloads itself all day must not write all day."""


def raise_objection(db: Db, rules: Rules, *, token: str, text: str) -> Answer:
    """The applicant objects by the token of his receipt slip. Raises NotFound TRACKING_TOKEN_UNKNOWN and what `_raised` raises."""
    with db.transaction() as tx:
        case = _by_token(tx, token)
        objection, now = _raised(tx, rules, case, text=text, channel=TOKEN, by=None)
        return objection_views.tracked_objection(objection, now)


def record_objection(db: Db, rules: Rules, *, case_id: str, text: str, staff_id: str | None) -> Answer:
    """The applicant objects at the window, and whoever sits there writes it down."""
    with db.transaction() as tx:
        case = tx.get(Case, case_id, for_update=True)
        tx.caller.require(case.region, case.hall_id)
        by, _unit = reference.unit_of(tx, tx.caller.acting_as(staff_id, "staff_id"), case.hall_id, "staff_id")
        objection, _now = _raised(tx, rules, case, text=text, channel=WINDOW, by=by)
        return objection_views.objection_view(objection)


def _raised(tx: Transaction, rules: Rules, case: Case, *, text: str, channel: str, by: str | None) -> tuple[Objection, Now]:
    """The case is locked, so that two objections at once are counted one after the other. Raises Refused CASE_ALREADY_DELIVERED, OBJECTIONS_OPEN,
    OBJECTIONS_USED_UP."""
    case.require(*OBJECTIONABLE)
    now = Now(tx.now, reference.book(tx), rules)
    running = sa.func.count().filter(objections.c.state != CLOSED)
    row = tx.execute(sa.select(running, sa.func.count()).where(objections.c.case_id == case.case_id)).one()
    check_room(row[0], row[1], now)
    names = ("case_id", "case_no", "item_id", "region", "hall_id", "unit_id", "window_id", "staff_id")
    objection = Objection(
        objection_id=tx.new_id(), **{name: getattr(case, name) for name in names}, channel=channel, raised_by=by, raised_at=now.at,
        text=mask_text(text), due=objection_due(now),
    )  # fmt: skip
    objection.raise_it(now)
    tx.add(objection)
    return objection, now


def answer_objection(db: Db, rules: Rules, *, objection_id: str, answer: str, staff_id: str | None) -> Answer:
    """The handling unit answers, never the person objected to."""
    with db.transaction() as tx:
        objection, now = _loaded(tx, objection_id, rules)
        by = tx.caller.acting_as(staff_id, "staff_id")
        others = places.colleagues(tx, objection.hall_id, objection.unit_id, besides=objection.staff_id)
        unit = reference.unit_anywhere(tx, by, "staff_id", objection.unit_id)
        objection.answer_it(answer, by=by, by_unit=unit, others=others, now=now)
        return objection_views.objection_view(objection)


def settle_objection(db: Db, rules: Rules, *, objection_id: str, answer: str, staff_id: str | None) -> Answer:
    """The centre's final answer to an escalated objection."""
    with db.transaction() as tx:
        objection, now = _loaded(tx, objection_id, rules)
        by = tx.caller.acting_as(staff_id, "staff_id")
        unit = reference.unit_anywhere(tx, by, "staff_id", objection.unit_id)
        objection.settle(answer, by=by, by_unit=unit, now=now)
        return objection_views.objection_view(objection)


def react_to_objection(db: Db, rules: Rules, *, token: str, objection_id: str, reaction: str) -> Answer:
    """The applicant accepts the answer, escalates, or withdraws. Raises NotFound TRACKING_TOKEN_UNKNOWN, OBJECTION_NOT_FOUND (of another case)."""
    with db.transaction() as tx:
        case = _by_token(tx, token)
        objection = tx.find(Objection, objection_id, for_update=True)
        if objection is None or objection.case_id != case.case_id:
            raise NotFound("OBJECTION_NOT_FOUND", "the case has no such objection")
        now = Now(tx.now, reference.book(tx), rules)
        objection.react(reaction, now)
        return objection_views.tracked_objection(objection, now)


def record_reaction(db: Db, rules: Rules, *, objection_id: str, reaction: str) -> Answer:
    """The same, said at the window."""
    with db.transaction() as tx:
        objection, now = _loaded(tx, objection_id, rules)
        objection.react(reaction, now)
        return objection_views.objection_view(objection)


def record_query(db: Db, *, case_id: str) -> Answer:
    """The applicant asked at the window how his case stands. Raises NotFound CASE_NOT_FOUND."""
    with db.transaction() as tx:
        case = tx.get(Case, case_id)
        tx.caller.require(case.region, case.hall_id)
        count_query(tx, case_id, WINDOW)
        day = workdays.beijing_date(tx.now)
        table = case_queries.c
        of_day = sa.select(table.count).where(table.case_id == case_id, table.day == day, table.channel == WINDOW)
        return {"case_id": case_id, "day": day, "channel": WINDOW, "count": tx.execute(of_day).scalar_one()}


def count_query(tx: Transaction, case_id: str, channel: str) -> None:
    """One more query (查询记录) of a day: the number and nothing of who asked. Nobody asks for its outcome."""
    fresh = insert(case_queries).values(case_id=case_id, day=workdays.beijing_date(tx.now), channel=channel, count=1)
    more = {"count": case_queries.c.count + 1}
    tx.write(fresh.on_conflict_do_update(index_elements=["case_id", "day", "channel"], set_=more, where=case_queries.c.count < MOST_A_DAY))


def run_objection_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` due objections; how many were served."""
    serve = Timed(Objection, objections, objections.c.objection_id, lambda tx, one: one.run_timer(Now(tx.now, reference.book(tx), rules)))
    return run(db, serve, limit)


def _by_token(tx: Transaction, token: str) -> Case:
    found = tx.session.execute(sa.select(Case).where(cases.c.track_hash == token_hash(token)).with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound("TRACKING_TOKEN_UNKNOWN", "no case answers to this token")
    return found


def _loaded(tx: Transaction, objection_id: str, rules: Rules) -> tuple[Objection, Now]:
    objection = tx.get(Objection, objection_id, for_update=True)
    tx.caller.require(objection.region, objection.hall_id)
    return objection, Now(tx.now, reference.book(tx), rules)
