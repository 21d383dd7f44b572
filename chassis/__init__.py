"""What every service stands on; knows no domain noun. Interface: docs/architecture/chassis.md."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chassis.consumer import consumes
    from chassis.dependencies import Configuration, Database
    from chassis.http import HttpServer
    from chassis.rpc_server import Peer, rpc
    from chassis.schedule import due
    from chassis.sealing import Sealing

__all__ = ["Configuration", "Database", "HttpServer", "Peer", "Sealing", "consumes", "due", "rpc"]

_HOMES = {
    "Configuration": "chassis.dependencies",
    "Database": "chassis.dependencies",
    "HttpServer": "chassis.http",
    "Peer": "chassis.rpc_server",
    "Sealing": "chassis.sealing",
    "consumes": "chassis.consumer",
    "due": "chassis.schedule",
    "rpc": "chassis.rpc_server",
}


def __getattr__(name: str) -> Any:
    """What services compose; loaded on use, so that the gateway can take a part of the chassis without nameko and eventlet."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'chassis' has no attribute {name!r}")
