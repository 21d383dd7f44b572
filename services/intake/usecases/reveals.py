"""Showing personal data in plain: only to a person, only on record, always for a purpose. Whoever reveals anything goes through here."""

from __future__ import annotations

from typing import Protocol

from chassis.database import Transaction
from chassis.errors import PermissionDenied
from chassis.log import get_logger
from services.intake.domain.masking import mask_text
from services.intake.orm import reveals

log = get_logger(__name__)


class Placed(Protocol):
    """What somebody's data belong to."""

    region: str
    hall_id: str


def on_record(tx: Transaction, owner: Placed, purpose: str, **subject: str) -> str:
    """Check scope and person, write down who sees whose data (`case_id`, `appointment_id` or `visit_id`) and what for; the record's id.

    Raises PermissionDenied OUT_OF_SCOPE, PERSON_REQUIRED.
    """
    tx.caller.require(owner.region, owner.hall_id)
    if not tx.caller.staff_id:
        raise PermissionDenied("PERSON_REQUIRED", "only a person may do this, not a program's key")
    reveal_id = tx.new_id()
    row = {
        "reveal_id": reveal_id, **subject, "region": owner.region, "hall_id": owner.hall_id, "purpose": mask_text(purpose),
        "revealed_to": tx.caller.staff_id, "account": tx.caller.subject, "revealed_at": tx.now,
    }  # fmt: skip
    tx.execute(reveals.insert(), row)
    log.info("personal_data_revealed", reveal_id=reveal_id, hall_id=owner.hall_id, staff_id=tx.caller.staff_id, **subject)
    return reveal_id
