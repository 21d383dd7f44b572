"""Domain events of a device as the bus knows them; directory's payload → the row of a hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event, ReceivedEvent
from services.devices.domain import device as d
from services.devices.domain.device import Device


def _event(device: Device, name: str, said: d.DeviceEvent, **data: Any) -> Event:
    return Event(
        type=f"devices.device.{name}",
        subject=device.device_sn,
        version=said.version,
        region=device.region,
        hall_id=device.hall_id,
        time=said.at,
        data={"device_sn": device.device_sn, **data},
    )


def approved(device: Device, e: d.Approved) -> Event:
    return _event(device, "approved", e, kind=device.kind, family=device.family, window_id=device.window_id)


def disabled(device: Device, e: d.Disabled) -> Event:
    return _event(device, "disabled", e, kind=device.kind)


def online(device: Device, e: d.CameOnline) -> Event:
    return _event(device, "online", e, at=iso(e.at))


def offline(device: Device, e: d.WentOffline) -> Event:
    return _event(device, "offline", e, last_seen_at=iso(e.last_seen_at))


def clock_skewed(device: Device, e: d.ClockSkewed) -> Event:
    return _event(device, "clock_skewed", e, skew_seconds=e.skew_seconds, quarantined=e.quarantined, at=iso(e.at))


def reported(device: Device, e: d.Reported) -> Event:
    return _event(device, "reported", e, through=iso(e.through), punch_count=e.punch_count)


def gap_found(device: Device, e: d.GapFound) -> Event:
    return _event(device, "gap_found", e, on_device=e.on_device, stored=e.stored, at=iso(e.at))


def tampered(device: Device, e: d.Tampered) -> Event:
    return _event(device, "tampered", e, operation=e.operation, operator=e.operator, local_time=e.local_time, at=iso(e.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    d.Approved: approved,
    d.Disabled: disabled,
    d.CameOnline: online,
    d.WentOffline: offline,
    d.ClockSkewed: clock_skewed,
    d.Reported: reported,
    d.GapFound: gap_found,
    d.Tampered: tampered,
}


def hall_row(event: ReceivedEvent) -> dict[str, Any]:
    """A hall's present state, with the windows a rating device may stand at."""
    plain = {name: event.data[name] for name in ("hall_id", "region", "zone", "status")}
    return {**plain, "window_ids": [window["window_id"] for window in event.data["windows"]], "version": event.version}
