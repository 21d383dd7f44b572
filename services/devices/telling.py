"""Events of rows that are no aggregate: key presses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.clock import iso
from chassis.events import Event


def rating_pressed(press: Mapping[str, Any]) -> Event:
    """A press is its own subject: it happens once and never changes."""
    return Event(
        type="devices.rating.pressed",
        subject=f"{press['device_sn']}/{press['press_id']}",
        version=1,
        region=press["region"],
        hall_id=press["hall_id"],
        time=press["pressed_at"],
        data={
            "device_id": press["device_sn"],
            "press_id": press["press_id"],
            "window_id": press["window_id"],
            "key": press["key"],
            "pressed_at": iso(press["pressed_at"]),
        },
    )
