"""The five stages."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain import stages
from services.intake.domain.rules import Rules
from services.intake.usecases.charges import require_settled
from services.intake.usecases.loading import loaded


def record_stage(db: Db, rules: Rules, *, case_id: str, handler_id: str | None, **done: Any) -> dict[str, Any]:
    """End the review or the payment stage (`stage`, `opinion`, `off_hall`)."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, handler_id, case.hall_id, "handler_id")
        if done["stage"] == "pay":
            require_settled(tx, case, item)
        stages.record_stage(case, stages.Done(by=by, **done), now=now)
        return views.case_view(case, now)
