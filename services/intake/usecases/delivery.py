"""Handing the result over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db
from chassis.sealing import Vault
from services.intake import reference, sealed, views
from services.intake.domain.delivery import Collector, Handover, confirm_courier, deliver
from services.intake.domain.rules import Rules
from services.intake.orm import recipients
from services.intake.usecases import agency
from services.intake.usecases.loading import loaded

_OF_COLLECTOR = ("id_kind", "id_no", "agent", "authorisation_no")


def deliver_case(
    db: Db, rules: Rules, vault: Vault, *, case_id: str, collector: str, staff_id: str | None, **handover: Any
) -> dict[str, Any]:
    """Hand the result over."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id or case.staff_id, case.hall_id, "staff_id")
        who = Collector(collector, **{name: handover.pop(name) for name in _OF_COLLECTOR})
        deliver(case, Handover(by=by, collector=who, **handover), now=now)
        if collector:
            tx.write(recipients.insert(), sealed.close_recipient(vault, case_id, {"collector": collector}))
        agency.delivered(tx, case, by=by, now=now)
        return views.case_view(case, now)


def confirm_courier_receipt(
    db: Db, rules: Rules, vault: Vault, *, case_id: str, signed_by: str, received_at: dt.datetime | None
) -> dict[str, Any]:
    """The courier's receipt came back."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        confirm_courier(case, signed_by=signed_by, received_at=received_at or now.at, now=now)
        known = tx.execute(sa.select(recipients.c.sealed).where(recipients.c.case_id == case_id)).scalar()
        row = sealed.close_recipient(vault, case_id, {**sealed.open_recipient(vault, case_id, known), "signed_by": signed_by})
        tx.execute(insert(recipients).values(row).on_conflict_do_update(index_elements=["case_id"], set_={"sealed": row["sealed"]}))
        return views.case_view(case, now)
