"""Reads of hand-overs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake import agency_views
from services.intake.domain.handovers import OPEN, HandOver
from services.intake.orm.agency import handovers


def list_hand_overs(
    db: Db, *, page_size: int | None, page_token: str | None, is_open: bool | None, overdue: bool | None, **filters: Any
) -> dict[str, Any]:
    """Newest first, in the caller's scope; `overdue`: with working days over that were told."""
    page = Page.of(page_size, page_token)
    table = handovers.c
    wanted = equal(handovers, filters)
    if is_open is not None:
        wanted.append(table.state.in_(OPEN) if is_open else table.state.not_in(OPEN))
    if overdue is not None:
        late = sa.func.cardinality(table.told) > 0
        wanted.append(late if overdue else sa.not_(late))
    with db.read() as tx:
        query = sa.select(HandOver).where(tx.caller.where(table.region, table.hall_id), *wanted)
        return one_page(tx, query, [table.handover_id], page, newest_first=True).answer("handovers", agency_views.handover_view)
