"""Reads of cases: one case in scope, or the one a token opens."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from services.intake import agency_views, reference, views
from services.intake.domain.case import Case
from services.intake.domain.next_step import Facts
from services.intake.domain.objections import TOKEN
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases, halls, item_versions
from services.intake.queries import joint
from services.intake.queries.agency import live_entry
from services.intake.queries.tracked import tracked_objections
from services.intake.usecases.objections import count_query
from services.intake.usecases.receipts import token_hash


def get_case(db: Db, rules: Rules, *, case_id: str | None, case_no: str | None) -> dict[str, Any]:
    """One case in scope, by id or number, with its live entry of the agency register."""
    with db.read() as tx:
        case = found(tx, cases.c.case_id == case_id if case_id else cases.c.case_no == case_no)
        now, entry = Now(tx.now, reference.book(tx), rules), live_entry(tx, case)
        shown = {**views.case_view(case, now), "joint": joint.summary_of(tx, case)}
        return shown | ({} if entry is None else {"agency": agency_views.matter_view(entry, now)})


def found(tx: Transaction, condition: sa.ColumnElement[bool]) -> Case:
    """The one case, in the caller's scope. Raises NotFound CASE_NOT_FOUND."""
    case = tx.session.execute(sa.select(Case).where(condition)).scalar_one_or_none()
    if case is None:
        raise NotFound("CASE_NOT_FOUND", "no such case")
    tx.caller.require(case.region, case.hall_id)
    return case


def track_case(db: Db, rules: Rules, *, token: str) -> dict[str, Any]:
    """The case that the token opens, with the objections to it; no scope, the token is the right to look. That somebody looked is counted (M-B18).

    Raises NotFound TRACKING_TOKEN_UNKNOWN.
    """
    with db.transaction() as tx:
        case = tx.session.execute(sa.select(Case).where(cases.c.track_hash == token_hash(token))).scalar_one_or_none()
        if case is None:
            raise NotFound("TRACKING_TOKEN_UNKNOWN", "no case answers to this token")
        count_query(tx, case.case_id, TOKEN)
        now = Now(tx.now, reference.book(tx), rules)
        version = item_versions.c
        item = tx.execute(
            sa.select(version.name, version.materials).where(version.item_id == case.item_id, version.item_version == case.item_version)
        )
        hall = tx.execute(sa.select(halls.c.name).where(halls.c.hall_id == case.hall_id)).scalar()
        facts = Facts(hall or "", views.remaining_days(case, now), now, live_entry(tx, case), joint.awaited_in(tx, case))
        shown = views.tracked_view(case, dict(item.mappings().one()), facts)
        return {**shown, "objections": tracked_objections(tx, case.case_id, now)}
