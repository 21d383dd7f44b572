"""Appointments as staff and citizens see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.intake import orm
from services.intake.domain.appointments import LIVE, Appointment
from services.intake.domain.rules import Now


def view(appointment: Appointment, staff_ids: Sequence[str]) -> dict[str, Any]:
    """For staff: the contact masked, with who is on duty."""
    return {**vars(appointment), "staff_ids": list(staff_ids)}


def citizens_view(tx: Transaction, appointment: Appointment, now: Now) -> dict[str, Any]:
    """For the citizen: where, when, what about, and until when he may cancel; of himself a masked name."""
    halls, items = orm.halls.c, orm.item_versions.c
    hall = tx.execute(sa.select(halls.name).where(halls.hall_id == appointment.hall_id)).scalar()
    newest = sa.select(items.name).where(items.item_id == appointment.item_id).order_by(items.event_version.desc()).limit(1)
    until = appointment.cancel_until(now)
    return {
        "state": appointment.state, "hall_name": hall, "item_name": tx.execute(newest).scalar(), "window_id": appointment.window_id,
        "kind": appointment.kind, "starts_at": appointment.starts_at, "ends_at": appointment.ends_at, "contact_name": appointment.contact["name"],
        "cancel_reason": appointment.cancel_reason, "cancel_until": until if appointment.state in LIVE and now.at <= until else None,
    }  # fmt: skip
