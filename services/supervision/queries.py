"""Reads of supervision: dicts ready to dump."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.listing import between, equal, one_page
from chassis.paging import Page
from services.supervision import orm
from services.supervision.domain.kinds import KINDS

Answer = dict[str, Any]


def get_finding(db: Db, *, finding_id: str) -> Answer:
    """One finding; raises NotFound (FINDING_NOT_FOUND), PermissionDenied (OUT_OF_SCOPE)."""
    with db.read() as tx:
        row = tx.execute(sa.select(orm.findings).where(orm.findings.c.finding_id == finding_id)).one_or_none()
        if row is None:
            raise NotFound("FINDING_NOT_FOUND", f"no finding {finding_id}", finding_id=finding_id)
        tx.caller.require(row.region, row.hall_id)
        return dict(row._mapping)


def list_findings(db: Db, *, page: Page, found_from: datetime | None, found_to: datetime | None, **wanted: Any) -> Answer:
    """Findings in the caller's scope, newest first."""
    table = orm.findings
    with db.read() as tx:
        seen = tx.caller.where(table.c.region, table.c.hall_id)
        query = sa.select(table).where(seen, *equal(table, wanted), *between(table.c.found_at, found_from, found_to))
        return one_page(tx, query, [table.c.found_at, table.c.finding_id], page, newest_first=True).answer("findings")


def list_kinds() -> Answer:
    """The code list of findings."""
    kinds = [{"kind": code, "zh": k.zh, "en": k.en, "of_person": k.of_person, "with_minutes": k.with_minutes} for code, k in KINDS.items()]
    return {"kinds": kinds}
