"""The decision."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain.decisions import Decider, decide
from services.intake.domain.rules import Rules
from services.intake.usecases import agency, handovers
from services.intake.usecases.charges import require_settled
from services.intake.usecases.joint.following import decided, require_ready
from services.intake.usecases.loading import claim_rungs, loaded
from services.intake.usecases.papers import put_in_writing
from services.intake.usecases.tasks import open_tasks


def decide_case(db: Db, rules: Rules, *, case_id: str, handler_id: str | None, collective_no: str, **decision: str) -> dict[str, Any]:
    """Decide; the handler belongs to the item's unit and holds its delegation (`outcome`, `opinion`)."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        by, unit = reference.unit_of(tx, handler_id, case.hall_id, "handler_id")
        tasks_open, handed_over = tx.execute(sa.select(open_tasks(case_id), handovers.is_handed_over(case_id))).one()
        decider = Decider(by, unit, reference.delegations_of(tx, by), collective_no, tasks_open)
        require_settled(tx, case, item, refusing=decision["outcome"] == "rejected")
        require_ready(tx, case, decision["outcome"], now)
        decide(case, decider, now=now, **decision)
        agency.require_result(tx, case, decision["outcome"])
        if handed_over:
            handovers.decided(tx, case, by=by, now=now)
        claim_rungs(tx, case)
        decided(tx, case, now)
        put_in_writing(tx, case, item)
        return views.case_view(case, now)
