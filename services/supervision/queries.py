"""Reads of supervision: dicts ready to dump."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import InvalidArgument, NotFound, Violation
from chassis.paging import Page, page_token
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
    findings = orm.findings.c
    with db.read() as tx:
        names = ("hall_id", "window_id", "staff_id", "unit_id", "kind", "state")
        conditions = [tx.caller.where(findings.region, findings.hall_id)] + [
            findings[name] == wanted[name] for name in names if wanted[name]
        ]
        if found_from:
            conditions.append(findings.found_at >= found_from)
        if found_to:
            conditions.append(findings.found_at < found_to)
        total = tx.execute(sa.select(sa.func.count()).select_from(orm.findings).where(*conditions)).scalar_one()
        query = (
            sa.select(orm.findings).where(*conditions).order_by(findings.found_at.desc(), findings.finding_id.desc()).limit(page.size + 1)
        )
        if page.after is not None:
            at, finding_id = _key(page)
            query = query.where(sa.tuple_(findings.found_at, findings.finding_id) < sa.tuple_(sa.literal(at), sa.literal(finding_id)))
        rows = tx.execute(query).all()
        more = page_token((rows[page.size - 1].found_at.isoformat(), rows[page.size - 1].finding_id)) if len(rows) > page.size else ""
        return {"findings": [dict(row._mapping) for row in rows[: page.size]], "next_page_token": more, "total_size": total}


def list_kinds() -> Answer:
    """The code list of findings."""
    kinds = [{"kind": code, "zh": k.zh, "en": k.en, "of_person": k.of_person, "with_minutes": k.with_minutes} for code, k in KINDS.items()]
    return {"kinds": kinds}


def _key(page: Page) -> tuple[datetime, str]:
    assert page.after is not None  # asked only then
    try:
        return datetime.fromisoformat(page.after[0]), str(page.after[1])
    except (TypeError, ValueError) as error:
        raise InvalidArgument("INVALID_REQUEST", "page_token", violations=[Violation("page_token", "not from this list")]) from error
