"""The decision."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain.decisions import decide
from services.intake.domain.rules import Rules
from services.intake.usecases.loading import claim_rungs, loaded


def decide_case(db: Db, rules: Rules, *, case_id: str, outcome: str, handler_id: str | None, opinion: str) -> dict[str, Any]:
    """Decide; the handler belongs to the item's unit."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, unit = reference.unit_of(tx, handler_id, case.hall_id, "handler_id")
        decide(case, outcome, by=by, by_unit=unit, opinion=opinion, now=now)
        claim_rungs(tx, case)
        return views.case_view(case, now)
