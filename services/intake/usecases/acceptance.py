"""Acceptance and return."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain import acceptance
from services.intake.domain.rules import Rules
from services.intake.usecases import handovers
from services.intake.usecases.loading import claim_rungs, loaded
from services.intake.usecases.papers import put_in_writing
from services.intake.usecases.routing import routed


def accept_case(db: Db, rules: Rules, *, case_id: str, routing: str | None, staff_id: str | None, off_hall: bool) -> dict[str, Any]:
    """Accept and fix the limits from the item version the case was received under."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        if staff_id is not None:
            reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        acceptance.accept(case, item, routing=routing, now=now, off_hall=off_hall)
        routed(tx, case, now)
        claim_rungs(tx, case)
        put_in_writing(tx, case, item)
        return views.case_view(case, now)


def return_case(db: Db, rules: Rules, *, case_id: str, reason_code: str, reason: str, staff_id: str | None) -> dict[str, Any]:
    """Refuse with a written reason."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        if staff_id is not None:
            reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        acceptance.return_(case, reason_code=reason_code, reason=reason, now=now)
        handovers.returned(tx, case, now)
        put_in_writing(tx, case, item)
        return views.case_view(case, now)
