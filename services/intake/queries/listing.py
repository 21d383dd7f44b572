"""Lists of cases: within the caller's scope, narrowed by filters, paged by key, with a total beyond the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.paging import Page, page_token
from chassis.sealing import Vault
from services.intake import reference, views
from services.intake.domain.case import Case
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases
from services.intake.queries.filters import conditions
from services.intake.queries.totals import total

_SHOWN = [column for column in cases.c if column.name not in views.NOT_IN_LISTS]


def list_cases(
    db: Db, rules: Rules, vault: Vault, *, order: str, page_size: int | None, page_token: str | None, **filters: Any
) -> dict[str, Any]:
    """Newest first, or open cases by due day; `total_size` counts beyond the page."""
    by_due = order == "due"
    page = Page.of(page_size, page_token, keys=2 if by_due else 1)
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(cases.c.region, cases.c.hall_id), *conditions(filters, vault, by_due=by_due))
        rows = tx.execute(ordered(sa.select(*_SHOWN).where(seen), page, by_due=by_due)).mappings().all()
        size, exact = total(tx, filters, seen, by_due=by_due)
        now = Now(tx.now, reference.book(tx), rules)
    shown = [detached(row) for row in rows[: page.size]]
    more = len(rows) > page.size
    return {
        "cases": [views.line_view(case, now) for case in shown],
        "next_page_token": _token(shown[-1], by_due=by_due) if more else "",
        "total_size": size,
        "total_is_exact": exact,
    }


def detached(row: Mapping[Any, Any]) -> Case:
    """A case that belongs to no session: for a page of them, the mapper's bookkeeping of every attribute costs more than the query."""
    case = Case.__new__(Case)
    vars(case).update(row)
    return case


def ordered(query: sa.Select[Any], page: Page, *, by_due: bool) -> sa.Select[Any]:
    """The page's rows and one more, which tells whether another page follows."""
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
