"""`python -m gateway`: the gateway's process. SIGTERM → not ready → bounded drain → exit."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import uvloop

from chassis import config as configuration
from chassis import log as logs
from gateway.catalogue import CatalogueError
from gateway.config import PREFIX, GatewayConfig
from gateway.server import Gateway


def unpatched() -> bool:
    """Whether sockets are the standard library's: a grpcio server in a process that eventlet has patched never answers."""
    patcher = sys.modules.get("eventlet.patcher")
    return socket.socket.__module__ == "socket" and not (patcher is not None and patcher.is_monkey_patched("socket"))


async def _serve(gateway: Gateway) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await gateway.run(stop)


def main() -> int:
    """Exit code: 0 after a clean drain, 1 when calls were cut off, 2 when settings, protos or ports cannot be served."""
    assert unpatched(), "the gateway must run in a process without eventlet's monkey patch"
    try:
        config = configuration.load(GatewayConfig, PREFIX)
        logs.configure("gateway", config.log_level)
        gateway = Gateway(config)
    except (CatalogueError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        return uvloop.run(_serve(gateway))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Threads of client libraries must not hold up the end of a drained process.
    os._exit(code)
