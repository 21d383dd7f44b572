"""Reads of cases: every list within the caller's scope, paged by key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.paging import Page, page_token
from services.intake import reference, views
from services.intake.domain.case import OPEN, Case
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases, halls, item_versions
from services.intake.usecases.receipts import token_hash

_EQUAL = ("hall_id", "unit_id", "window_id", "item_id", "staff_id", "state")


def get_case(db: Db, rules: Rules, *, case_id: str | None, case_no: str | None) -> dict[str, Any]:
    """One case in scope, by id or number."""
    with db.read() as tx:
        case = found(tx, cases.c.case_id == case_id if case_id else cases.c.case_no == case_no)
        return views.case_view(case, Now(tx.now, reference.book(tx), rules))


def found(tx: Transaction, condition: sa.ColumnElement[bool]) -> Case:
    """The one case, in the caller's scope. Raises NotFound CASE_NOT_FOUND."""
    case = tx.session.execute(sa.select(Case).where(condition)).scalar_one_or_none()
    if case is None:
        raise NotFound("CASE_NOT_FOUND", "no such case")
    tx.caller.require(case.region, case.hall_id)
    return case


def list_cases(db: Db, rules: Rules, *, order: str, page_size: int | None, page_token: str | None, **filters: Any) -> dict[str, Any]:
    """Newest first, or open cases by due day; `total_size` counts beyond the page."""
    by_due = order == "due"
    page = Page.of(page_size, page_token, keys=2 if by_due else 1)
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(cases.c.region, cases.c.hall_id), *_conditions(filters, by_due=by_due))
        rows = tx.execute(_ordered(sa.select(cases).where(seen), page, by_due=by_due)).mappings().all()
        total = tx.execute(sa.select(sa.func.count()).select_from(cases).where(seen)).scalar()
        now = Now(tx.now, reference.book(tx), rules)
    shown = [Case(**row) for row in rows[: page.size]]
    more = len(rows) > page.size
    return {
        "cases": [views.case_view(case, now) for case in shown],
        "next_page_token": _token(shown[-1], by_due=by_due) if more else "",
        "total_size": total,
    }


def _conditions(filters: dict[str, Any], *, by_due: bool) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [cases.c[name] == filters[name] for name in _EQUAL if filters[name] is not None]
    if filters["due_from"] is not None:
        wanted.append(cases.c.promised_due >= filters["due_from"])
    if filters["due_to"] is not None:
        wanted.append(cases.c.promised_due <= filters["due_to"])
    if filters["provisional"] is not None:
        wanted.append(cases.c.provisional.is_(filters["provisional"]))
    if by_due:
        # Spelled out as the partial index spells it, or the planner would not see that it fits.
        wanted.append(cases.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN]))
    return wanted


def _ordered(query: sa.Select[Any], page: Page, *, by_due: bool) -> sa.Select[Any]:
    query = query.limit(page.size + 1)
    if by_due:
        if page.after is not None:
            after = sa.tuple_(sa.literal(dt.date.fromisoformat(page.after[0])), sa.literal(page.after[1]))
            query = query.where(sa.tuple_(cases.c.promised_due, cases.c.case_id) > after)
        return query.order_by(cases.c.promised_due, cases.c.case_id)
    if page.after is not None:
        query = query.where(cases.c.case_id < page.after[0])
    return query.order_by(cases.c.case_id.desc())


def _token(last: Case, *, by_due: bool) -> str:
    return page_token((str(last.promised_due), last.case_id) if by_due else (last.case_id,))


def track_case(db: Db, rules: Rules, *, token: str) -> dict[str, Any]:
    """The case that the token opens; no scope, the token is the right to look. Raises NotFound TRACKING_TOKEN_UNKNOWN."""
    with db.read() as tx:
        case = tx.session.execute(sa.select(Case).where(cases.c.track_hash == token_hash(token))).scalar_one_or_none()
        if case is None:
            raise NotFound("TRACKING_TOKEN_UNKNOWN", "no case answers to this token")
        version = item_versions.c
        item = tx.execute(
            sa.select(version.name, version.materials).where(version.item_id == case.item_id, version.item_version == case.item_version)
        )
        hall = tx.execute(sa.select(halls.c.name).where(halls.c.hall_id == case.hall_id)).scalar()
        return views.tracked_view(case, dict(item.mappings().one()), hall or "", Now(tx.now, reference.book(tx), rules))
