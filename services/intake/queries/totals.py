"""How many cases a list has beyond its page: from the counts where they know the filters, else by counting up to a bound."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.intake.domain.case import OPEN
from services.intake.orm import case_count_changes, case_counts, cases

COUNTED_UP_TO = 20_000
"""Beyond this, a list narrowed by something the counts do not know says "at least": counting more costs more than a page is worth."""

_KNOWN = ("hall_id", "unit_id", "item_id", "state")


def total(tx: Transaction, filters: dict[str, Any], seen: sa.ColumnElement[bool], *, by_due: bool) -> tuple[int, bool]:
    """(rows that match, whether that is all of them)."""
    if any(value is not None for name, value in filters.items() if name not in _KNOWN):
        bounded = sa.select(sa.literal(1)).select_from(cases).where(seen).limit(COUNTED_UP_TO + 1).subquery()
        found = tx.execute(sa.select(sa.func.count()).select_from(bounded)).scalar_one()
        return min(found, COUNTED_UP_TO), found <= COUNTED_UP_TO
    # One statement, so that a fold between two reads cannot count a case twice or not at all.
    parts = [_part(tx, table, filters, by_due=by_due) for table in (case_counts, case_count_changes)]
    both = sa.union_all(*parts).subquery()
    return int(tx.execute(sa.select(sa.func.coalesce(sa.func.sum(both.c.n), 0))).scalar_one()), True


def _part(tx: Transaction, table: sa.Table, filters: dict[str, Any], *, by_due: bool) -> sa.Select[Any]:
    conditions = [table.c[name] == filters[name] for name in _KNOWN if filters[name] is not None]
    if by_due:
        conditions.append(table.c.state.in_(OPEN))
    return sa.select(table.c.n).where(tx.caller.where(table.c.region, table.c.hall_id), *conditions)
