"""Reads of back-office tasks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.paging import Page, page_token
from services.intake.orm import tasks

_EQUAL = ("hall_id", "case_id", "unit_id", "handler_id", "state")


def list_tasks(db: Db, *, page_size: int | None, page_token: str | None, **filters: Any) -> dict[str, Any]:
    """Newest first, in the caller's scope; `total_size` counts beyond the page."""
    page = Page.of(page_size, page_token, types=(str,))
    wanted = [tasks.c[name] == filters[name] for name in _EQUAL if filters[name] is not None]
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(tasks.c.region, tasks.c.hall_id), *wanted)
        query = sa.select(tasks).where(seen).order_by(tasks.c.task_id.desc()).limit(page.size + 1)
        if page.after is not None:
            query = query.where(tasks.c.task_id < page.after[0])
        rows = tx.execute(query).mappings().all()
        total = tx.execute(sa.select(sa.func.count()).select_from(tasks).where(seen)).scalar()
    shown = rows[: page.size]
    return {"tasks": shown, "next_page_token": _token(shown) if len(rows) > page.size else "", "total_size": total}


def _token(shown: Any) -> str:
    return page_token((shown[-1]["task_id"],))
