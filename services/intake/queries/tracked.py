"""What an applicant sees of the objections to his case."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.intake import objection_views
from services.intake.domain.objections import Objection
from services.intake.domain.rules import Now
from services.intake.orm.objections import objections


def tracked_objections(tx: Transaction, case_id: str, now: Now) -> list[dict[str, Any]]:
    """The objections to a case as its applicant sees them, oldest first; the settings bound how many there are."""
    query = sa.select(Objection).where(objections.c.case_id == case_id).order_by(objections.c.objection_id)
    return [objection_views.tracked_objection(one, now) for one in tx.session.execute(query).scalars()]
