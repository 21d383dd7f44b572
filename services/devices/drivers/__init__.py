"""Device families by name. A driver is chosen by the path a device calls and by the family the register names; never by an `if` on a model."""

from __future__ import annotations

from services.devices.drivers.http_keys import HttpKeys
from services.devices.drivers.port import Driver
from services.devices.drivers.zk_push import ZkPush
from services.devices.drivers.zk_push.pace import Pace


def make_drivers(pace: Pace) -> dict[str, Driver]:
    """Every driver of this house by family."""
    drivers: tuple[Driver, ...] = (ZkPush(pace), HttpKeys())
    return {driver.family: driver for driver in drivers}
