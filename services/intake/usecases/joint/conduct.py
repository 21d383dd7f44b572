"""Conduct in joint handling: reported with evidence, then judged by a second person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from services.intake import joint_views, reference
from services.intake.domain.joint.conduct import JointConduct
from services.intake.domain.joint.handling import JointHandling
from services.intake.orm import halls, stationings
from services.intake.usecases.verified_facts import judged

Answer = dict[str, Any]


def report_conduct(db: Db, *, hall_id: str, handling_id: str | None, recorded_by: str | None, **said: Any) -> Answer:
    """A person reports conduct with evidence. Raises NotFound HALL_, JOINT_HANDLING_, UNIT_, WINDOW_, STAFF_NOT_FOUND."""
    with db.transaction() as tx:
        region = reference.region_of_hall(tx, hall_id)
        tx.caller.require(region, hall_id)
        case_id = None if handling_id is None else _case_of(tx, handling_id)
        _check_subject(tx, hall_id, said["unit_id"], said["window_id"], said["staff_id"])
        conduct = JointConduct(
            conduct_id=tx.new_id(), region=region, hall_id=hall_id, handling_id=handling_id, case_id=case_id, recorded_at=tx.now,
            recorded_by=tx.caller.acting_as(recorded_by, "recorded_by"), recorded_identity=tx.caller.identity, **said,
        )  # fmt: skip
        conduct.record()
        tx.add(conduct)
        return joint_views.conduct_view(conduct)


def decide_conduct(db: Db, *, conduct_id: str, verified: bool, note: str) -> Answer:
    """A second person finds it true, or not."""
    with db.transaction() as tx:
        return joint_views.conduct_view(judged(tx, JointConduct, conduct_id, verified=verified, note=note))


def _case_of(tx: Transaction, handling_id: str) -> str:
    handling = tx.get(JointHandling, handling_id)
    tx.caller.require(handling.region, handling.hall_id)
    return handling.case_id


def _check_subject(tx: Transaction, hall_id: str, unit_id: str, window_id: str | None, staff_id: str | None) -> None:
    reference.require_unit(tx, unit_id)
    if window_id is not None and not tx.execute(sa.select(halls.c.windows.has_key(window_id)).where(halls.c.hall_id == hall_id)).scalar():
        raise NotFound("WINDOW_NOT_FOUND", f"window_id: no window {window_id} in this hall", window_id=window_id)
    # Whenever he was stationed for it: what he did may come to light after he has left.
    once = sa.exists().where(stationings.c.staff_id == staff_id, stationings.c.unit_id == unit_id)
    if staff_id is not None and not tx.execute(sa.select(once)).scalar():
        raise NotFound("STAFF_NOT_FOUND", f"staff_id: {staff_id} was never stationed for {unit_id}", staff_id=staff_id)
