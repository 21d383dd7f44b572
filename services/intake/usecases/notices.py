"""The one-time notice and what comes in after it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chassis.database import Db
from services.intake import reference, views
from services.intake.domain import notices
from services.intake.domain.notices import Demand, Service
from services.intake.domain.rules import Rules
from services.intake.usecases.loading import loaded
from services.intake.usecases.papers import put_in_writing


def request_supplement(db: Db, rules: Rules, *, case_id: str, missing: list[str], staff_id: str | None, **notice: Any) -> dict[str, Any]:
    """Give the one-time notice (`supply_by`, `reason`)."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        by, _ = reference.unit_of(tx, staff_id or case.staff_id, case.hall_id, "staff_id")
        notices.request_supplement(case, Demand(tuple(missing), by, **notice), item, now=now)
        put_in_writing(tx, case, item)
        return views.case_view(case, now)


def submit_supplement(db: Db, rules: Rules, *, case_id: str, materials: list[str]) -> dict[str, Any]:
    """Take in what was asked for."""
    with db.transaction() as tx:
        case, item, now = loaded(tx, case_id, rules)
        notices.submit_supplement(case, tuple(materials), item, now=now)
        return views.case_view(case, now)


def confirm_notice(
    db: Db, rules: Rules, *, case_id: str, served_at: dt.datetime | None, staff_id: str | None, **service: Any
) -> dict[str, Any]:
    """Write down that the notice of a `round` reached the applicant (`how`, `reference`)."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id or case.staff_id, case.hall_id, "staff_id")
        notices.confirm_service(case, service.pop("round"), Service(at=served_at or now.at, by=by, **service), now=now)
        return views.case_view(case, now)
