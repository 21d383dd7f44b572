"""Handing the result over."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain.delivery import deliver
from services.intake.domain.rules import Rules
from services.intake.usecases.loading import loaded


def deliver_case(db: Db, rules: Rules, *, case_id: str, method: str, collector: str, staff_id: str | None) -> dict[str, Any]:
    """Hand the result over."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id or case.staff_id, case.hall_id, "staff_id")
        deliver(case, method, by=by, collector=collector, at=tx.now)
        return views.case_view(case, now)
