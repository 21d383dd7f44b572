"""Directory's payloads → rows of the local copies."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from chassis.events import ReceivedEvent

_ITEM = (
    "item_id", "item_version", "unit_id", "status", "name", "immediate", "legal_days", "promised_days", "day_kind", "materials",
    "units_involved",
)  # fmt: skip


def hall_row(event: ReceivedEvent) -> dict[str, Any]:
    """The hall's row; windows by id."""
    data = event.data
    windows = {w["window_id"]: {"unit_id": w["unit_id"], "kind": w["kind"]} for w in data["windows"]}
    units = {unit["unit_id"]: unit["name"] for unit in data["units"]}
    names = ("hall_id", "region", "name", "status")
    return {**{name: data[name] for name in names}, "windows": windows, "units": units}


def stationing_row(event: ReceivedEvent) -> dict[str, Any]:
    """One stationing period's row."""
    data = event.data
    period = {"valid_from": date.fromisoformat(data["valid_from"]), "valid_to": data.get("valid_to")}
    return {**{n: data[n] for n in ("staff_id", "hall_id", "unit_id")}, **period, "region": event.region}


def delegation_row(event: ReceivedEvent) -> dict[str, Any]:
    """One delegation's row."""
    names = ("delegation_id", "unit_id", "staff_id", "item_ids", "valid_from", "valid_to")
    row = {**{n: event.data[n] for n in names}, "revoked_on": event.data.get("revoked_on")}
    return {**row, "region": event.region, "hall_id": event.hall_id}


def calendar_row(event: ReceivedEvent) -> dict[str, Any]:
    """One revision of the calendar; the digest names its content."""
    overrides, notices = event.data["overrides"], event.data.get("notices") or []
    content = json.dumps([overrides, notices], sort_keys=True, ensure_ascii=False)
    place = {"region": event.region, "hall_id": event.hall_id}
    said = {"revision": event.data["revision"], "overrides": overrides, "notices": notices}
    return {**said, **place, "digest": hashlib.sha256(content.encode()).hexdigest()}


def item_row(event: ReceivedEvent) -> dict[str, Any]:
    """One item version's row."""
    row = {
        **{n: event.data[n] for n in _ITEM},
        "key_stages": event.data.get("key_stages") or [],
        "cancelled_on": event.data.get("cancelled_on"),
        "fees": event.data.get("fees") or [],
        "guide": {
            "legal_basis": event.data.get("legal_basis") or "",
            "conditions": event.data.get("conditions") or "",
            "procedure": event.data.get("procedure") or [],
        },
    }
    return {**row, "region": event.region, "hall_id": event.hall_id}
