"""Deliveries → contract payloads; neither address nor text has a way through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.clock import iso
from chassis.events import Event

MAPPERS: dict[type, Any] = {}


def delivery_event(delivery: Any, state: str, reason: str, at: datetime) -> Event:
    """notifications.delivery.sent or .failed; a delivery ends once, so its version is 1."""
    data = {
        "delivery_id": delivery["delivery_id"],
        "template": delivery["template"],
        "channel": delivery["channel"],
        "recipient_id": delivery["recipient_id"],
        "at": iso(at),
    }
    if state == "failed":
        data["reason"] = reason
    type_ = f"notifications.delivery.{state}"
    return Event(type_, delivery["delivery_id"], 1, delivery["region"], delivery["hall_id"] or None, at, data)
