"""Domain events → contract payloads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.directory.domain.contents import fixed_fen
from services.directory.domain.delegations import Delegation, DelegationChanged
from services.directory.domain.improvements import Improvement, ImprovementDecided, ImprovementDetected
from services.directory.domain.items import Item, ItemPublished
from services.directory.domain.places import Hall, HallChanged
from services.directory.domain.staff import Staff, StaffChanged

_ITEM_FIELDS = ("name", "time_class", "legal_days", "promised_days", "day_kind", "fees", "materials", "units_involved", "key_stages")
_STATIONING_FIELDS = ("hall_id", "unit_id", "window_id", "pin", "status")


def hall_changed(hall: Hall, change: HallChanged) -> Event:
    """The hall with its units and windows as a whole."""
    data = {
        "hall_id": hall.hall_id, "name": hall.name, "level": hall.level, "region": hall.region, "zone": hall.zone,
        "parent_id": hall.parent_id, "status": hall.status, "units": list(change.units), "windows": list(change.windows),
    }  # fmt: skip
    return Event("directory.hall.changed", hall.hall_id, change.version, hall.region, hall.hall_id, change.at, data)


def staff_changed(staff: Staff, change: StaffChanged) -> Event:
    """One stationing period; it is told in the hall of that period, which after a transfer is not the person's present one."""
    period = change.stationing
    data = {
        "staff_id": staff.staff_id,
        "name": change.name,
        **{name: period[name] for name in _STATIONING_FIELDS},
        "post": period["post"].upper(),
        "valid_from": period["valid_from"].isoformat(),
        "valid_to": _day(period["valid_to"]),
    }
    return Event("directory.staff.changed", staff.staff_id, change.version, period["region"], period["hall_id"], change.at, data)


def item_published(item: Item, change: ItemPublished) -> Event:
    """A version in the hall, or out of it again."""
    data = {
        "item_id": item.item_id,
        "item_version": change.number,
        "unit_id": item.unit_id,
        "status": change.status,
        "immediate": change.content["time_class"] == "immediate",
        **{name: change.content[name] for name in _ITEM_FIELDS},
        "fee_fen": fixed_fen(change.content),
        "cancelled_on": _day(change.cancelled_on),
        # What an applicant is told before he applies (事前告知, M-B22).
        "legal_basis": change.content["legal_basis"],
        "conditions": change.content["guide"]["conditions"],
        "procedure": list(change.content["guide"]["procedure"]),
    }
    return Event("directory.item.published", item.item_id, change.version, item.region, item.hall_id, change.at, data)


_IMPROVEMENT_FIELDS = (
    "improvement_id", "item_id", "item_name", "item_version", "unit_id", "kind", "before", "after", "day_kind", "published_by",
)  # fmt: skip


def item_improved(improvement: Improvement, detected: ImprovementDetected) -> Event:
    """A published version is better than all before it; nobody has confirmed it yet."""
    return _improvement("directory.item.improved", improvement, detected)


def improvement_decided(improvement: Improvement, decided: ImprovementDecided) -> Event:
    """A second person's verdict."""
    verdict = {"verified": improvement.state == "verified", "verified_by": improvement.decided_by}
    return _improvement("directory.improvement.decided", improvement, decided, **verdict)


def _improvement(type_: str, of: Improvement, change: ImprovementDetected | ImprovementDecided, **more: Any) -> Event:
    data = {**{name: getattr(of, name) for name in _IMPROVEMENT_FIELDS}, "detected_at": iso(of.detected_at), **more}
    return Event(type_, of.improvement_id, change.version, of.region, of.hall_id, change.at, data)


def delegation_changed(delegation: Delegation, change: DelegationChanged) -> Event:
    """A delegation signed, corrected or revoked."""
    data = {
        "delegation_id": delegation.delegation_id, "unit_id": delegation.unit_id, "staff_id": delegation.staff_id,
        "item_ids": list(delegation.item_ids), "valid_from": delegation.valid_from.isoformat(),
        "valid_to": delegation.valid_to.isoformat(), "revoked_on": _day(delegation.revoked_on),
    }  # fmt: skip
    subject = delegation.delegation_id
    return Event("directory.delegation.changed", subject, change.version, delegation.region, delegation.hall_id, change.at, data)


def calendar_changed(calendar: Mapping[str, Any], *, region: str, at: dt.datetime) -> Event:
    """The overrides as a whole; the revision is the version."""
    data = {name: calendar[name] for name in ("revision", "overrides", "notices")}
    return Event("directory.calendar.changed", "calendar", calendar["revision"], region, None, at, data)


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    HallChanged: hall_changed,
    StaffChanged: staff_changed,
    ItemPublished: item_published,
    ImprovementDetected: item_improved,
    ImprovementDecided: improvement_decided,
    DelegationChanged: delegation_changed,
}
