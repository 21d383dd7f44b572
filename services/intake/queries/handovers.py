"""Reads of hand-overs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.paging import Page, page_token
from services.intake import agency_views
from services.intake.domain.handovers import OPEN, HandOver
from services.intake.orm.agency import handovers

_EQUAL = ("hall_id", "window_id", "unit_id", "case_id", "state")


def list_hand_overs(
    db: Db, *, page_size: int | None, page_token: str | None, is_open: bool | None, overdue: bool | None, **equal: Any
) -> dict[str, Any]:
    """Newest first, in the caller's scope; `overdue`: with working days over that were told."""
    page = Page.of(page_size, page_token, types=(str,))
    table = handovers.c
    wanted = [table[name] == equal[name] for name in _EQUAL if equal[name] is not None]
    if is_open is not None:
        wanted.append(table.state.in_(OPEN) if is_open else table.state.not_in(OPEN))
    if overdue is not None:
        late = sa.func.cardinality(table.told) > 0
        wanted.append(late if overdue else sa.not_(late))
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(table.region, table.hall_id), *wanted)
        query = sa.select(HandOver).where(seen).order_by(table.handover_id.desc()).limit(page.size + 1)
        if page.after is not None:
            query = query.where(table.handover_id < page.after[0])
        rows = [agency_views.handover_view(found) for found in tx.session.execute(query).scalars()]
        total = tx.execute(sa.select(sa.func.count()).select_from(handovers).where(seen)).scalar()
    shown = rows[: page.size]
    return {"handovers": shown, "next_page_token": _token(shown) if len(rows) > page.size else "", "total_size": total}


def _token(shown: list[dict[str, Any]]) -> str:
    return page_token((shown[-1]["handover_id"],))
