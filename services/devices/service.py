"""Entrypoints of devices."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, due, rpc
from chassis.http import HttpServer
from contracts import REGISTRY
from services.devices import events, housekeeping, orm, queries, schemas, usecases
from services.devices.config import DevicesConfig
from services.devices.http import make_handler


class DevicesService:
    """The register by RPC, the hardware by HTTP."""

    name = "devices"
    config = Configuration(DevicesConfig)
    db = Database("devices", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)
    http = HttpServer(make_handler)

    @rpc(request=schemas.RegisterDevice, response=schemas.RegisteredDevice, mutating=True, told_once=("token",))
    def register_device(self, request: dict[str, Any]) -> Any:
        return usecases.register_device(self.db, **request)

    @rpc(request=schemas.ApproveDevice, response=schemas.Device, mutating=True)
    def approve_device(self, request: dict[str, Any]) -> Any:
        return usecases.approve_device(self.db, **request)

    @rpc(request=schemas.DisableDevice, response=schemas.Device, mutating=True)
    def disable_device(self, request: dict[str, Any]) -> Any:
        return usecases.disable_device(self.db, **request)

    @rpc(request=schemas.GetDevice, response=schemas.Device)
    def get_device(self, request: dict[str, Any]) -> Any:
        return queries.get_device(self.db, **request)

    @rpc(request=schemas.ListDevices, response=schemas.DevicePage)
    def list_devices(self, request: dict[str, Any]) -> Any:
        return queries.list_devices(self.db, **request)

    @rpc(request=schemas.GetDeviceHealth, response=schemas.DeviceHealth)
    def get_device_health(self, request: dict[str, Any]) -> Any:
        return queries.get_device_health(self.db, **request)

    @rpc(request=schemas.SendCommand, response=schemas.Command, mutating=True)
    def send_command(self, request: dict[str, Any]) -> Any:
        return usecases.send_command(self.db, **request)

    @rpc(request=schemas.GetCommand, response=schemas.Command)
    def get_command(self, request: dict[str, Any]) -> Any:
        return queries.get_command(self.db, **request)

    @rpc(request=schemas.ListCommands, response=schemas.CommandPage)
    def list_commands(self, request: dict[str, Any]) -> Any:
        return queries.list_commands(self.db, **request)

    @rpc(request=schemas.ListPunches, response=schemas.PunchPage)
    def list_punches(self, request: dict[str, Any]) -> Any:
        return queries.list_punches(self.db, **request)

    @rpc(request=schemas.ListQuarantine, response=schemas.QuarantinePage)
    def list_quarantine(self, request: dict[str, Any]) -> Any:
        return queries.list_quarantine(self.db, **request)

    @rpc(request=schemas.DismissQuarantine, response=schemas.Dismissed, mutating=True)
    def dismiss_quarantine(self, request: dict[str, Any]) -> Any:
        return usecases.dismiss_quarantine(self.db, **request)

    @consumes("directory.hall.changed", queue="halls")
    def on_hall(self, event: Any) -> None:
        usecases.store_hall(self.db, event)

    @due(every_seconds=1.0, batch=100)
    def sweep_presence(self) -> int:
        return housekeeping.sweep_presence(self.db, self.config, limit=100)

    @due(every_seconds=60.0, batch=20)
    def reread_unparsed(self) -> int:
        return housekeeping.reread_unparsed(self.db, self.config, limit=20)

    @due(every_seconds=600.0, batch=500)
    def purge_raw(self) -> int:
        return housekeeping.purge_raw(self.db, self.config, limit=500)
