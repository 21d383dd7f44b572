"""Another class, another first responsible person: commands that never move a due day."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain.classification import Change, reclassify
from services.intake.domain.ownership import transfer
from services.intake.domain.rules import Rules
from services.intake.usecases.loading import loaded
from services.intake.usecases.papers import put_in_writing
from services.intake.usecases.routing import in_force, routed


def reclassify_case(db: Db, rules: Rules, *, case_id: str, staff_id: str | None, approver_id: str | None, **change: Any) -> dict[str, Any]:
    """Another time class or routing (`time_class`, `routing`, `reason`); actor and approver are stationed in the case's hall."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        by, _ = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        if approver_id is not None:
            reference.unit_of(tx, approver_id, case.hall_id, "approver_id")
        was = in_force(case)
        reclassify(case, Change(by=by, approver_id=approver_id, **change), item, now=now)
        routed(tx, case, now, was=was)
        put_in_writing(tx, case, item)
        return views.case_view(case, now)


def transfer_case(db: Db, rules: Rules, *, case_id: str, to_staff_id: str, reason: str, staff_id: str | None) -> dict[str, Any]:
    """Hand the case to a colleague who is stationed in the same hall."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        reference.unit_of(tx, to_staff_id, case.hall_id, "to_staff_id")
        transfer(case, to_staff_id, by=by, reason=reason, now=now)
        return views.case_view(case, now)
