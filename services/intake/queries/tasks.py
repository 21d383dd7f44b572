"""Reads of back-office tasks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake.orm import tasks


def list_tasks(db: Db, *, page_size: int | None, page_token: str | None, **filters: Any) -> dict[str, Any]:
    """Newest first, in the caller's scope; `total_size` counts beyond the page."""
    page = Page.of(page_size, page_token)
    with db.read() as tx:
        query = sa.select(tasks).where(tx.caller.where(tasks.c.region, tasks.c.hall_id), *equal(tasks, filters))
        return one_page(tx, query, [tasks.c.task_id], page, newest_first=True).answer("tasks")
