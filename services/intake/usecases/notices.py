"""The one-time notice and what comes in after it."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain import notices
from services.intake.domain.notices import Demand
from services.intake.domain.rules import Rules
from services.intake.usecases.loading import loaded


def request_supplement(db: Db, rules: Rules, *, case_id: str, missing: list[str], staff_id: str | None, **notice: Any) -> dict[str, Any]:
    """Give the one-time notice (`supply_by`, `reason`)."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        by, _ = reference.unit_of(tx, staff_id or case.staff_id, case.hall_id, "staff_id")
        notices.request_supplement(case, Demand(tuple(missing), by, **notice), item, now=now)
        return views.case_view(case, now)


def submit_supplement(db: Db, rules: Rules, *, case_id: str, materials: list[str]) -> dict[str, Any]:
    """Take in what was asked for."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        notices.submit_supplement(case, tuple(materials), item, now=now)
        return views.case_view(case, now)
