"""Start and stop of a service process: `python -m chassis.runner intake`.

Monkey patch, settings (all errors together), logs, container, relay, health server; SIGTERM → not ready → bounded drain → exit code. The nameko
command line is not used: it needs pkg_resources, which current setuptools no longer brings.
"""

from __future__ import annotations

if __name__ == "__main__":
    import chassis._patch  # noqa: F401  before anything that opens a socket or starts a thread

import importlib
import inspect
import os
import signal
import sys
from typing import Any

import eventlet
from nameko.containers import ServiceContainer

from chassis import config as configuration
from chassis import log as logs
from chassis import metrics
from chassis.consumer import Consume
from chassis.database import Db
from chassis.dependencies import Configuration, Database
from chassis.health import make_handler
from chassis.http import Server
from chassis.log import get_logger
from chassis.relay import Relay, RelaySettings
from chassis.roles import service_dsn
from chassis.rpc_server import RpcServer
from chassis.sealing import Sealing, SealingConfig

log = get_logger(__name__)

VERSION = "0.1.0"


def load_service(name: str) -> type:
    """The nameko class of a service: `services.<name>.service`, or the module that HALLBUS_SERVICE_MODULE names (tests)."""
    module = importlib.import_module(os.environ.get("HALLBUS_SERVICE_MODULE") or f"services.{name}.service")
    for _, cls in inspect.getmembers(module, inspect.isclass):
        if cls.__module__ == module.__name__ and getattr(cls, "name", None) == name:
            return cls
    raise LookupError(f"{module.__name__} has no class with name = {name!r}")


def work_queues() -> list[str]:
    """The queues of all services of this checkout, from their own declarations."""
    from chassis.migrations import services_with_migrations

    queues = set()
    for name in services_with_migrations():
        for _, member in inspect.getmembers(load_service(name)):
            subscription = getattr(member, "subscription", None)
            if subscription is not None:
                queues.add(f"{name}.{subscription.queue}")
    return sorted(queues)


def declared_in(cls: type, kind: type) -> Any:
    """What a service class declares of a kind, or None."""
    return next((value for _, value in inspect.getmembers(cls) if isinstance(value, kind)), None)


def _settings(prefix: str, own: type | None, *, seals: bool) -> tuple[configuration.ProcessConfig, Any, Any]:
    """The process' settings, the service's own, and its keys if it `seals`; everything that is wrong in any is reported at once."""
    loaded: list[Any] = []
    problems: list[str] = []
    for cls in (configuration.ProcessConfig, own, SealingConfig if seals else None):
        try:
            loaded.append(configuration.load(cls, prefix) if cls else None)
        except configuration.ConfigError as error:
            problems += error.problems
    if problems:
        raise configuration.ConfigError(problems)
    return loaded[0], loaded[1], loaded[2]


class Process:
    """One service in one process."""

    def __init__(self, name: str) -> None:
        prefix = f"HALLBUS_{name.upper()}"
        cls = load_service(name)
        own = declared_in(cls, Configuration)
        process, self.settings, keys = _settings(prefix, own.cls if own else None, seals=declared_in(cls, Sealing) is not None)
        self.name, self.process = name, process
        logs.configure(name, process.log_level)
        declared = declared_in(cls, Database)
        dsn = service_dsn(process.database_url, declared.schema)
        self.db: Db = declared.make(dsn, pool_size=process.max_workers + 2, seconds=process.transaction_seconds)
        self.container = ServiceContainer(
            cls,
            {
                "process": process,
                "settings": self.settings,
                "vault": keys.vault if keys else None,
                "db": self.db,
                "contracts": declared.contracts,
                "max_workers": process.max_workers,
                "AMQP_URI": process.amqp_uri,
            },
        )
        self.relay = Relay(
            RelaySettings(dsn, declared.schema, process.amqp_uri, process.relay_poll_ms, process.relay_idle_ms, process.heartbeat_seconds)
        )
        self.stopping = False

    def checks(self) -> dict[str, bool]:
        """What readiness rests on."""
        listeners = [e for e in self.container.extensions if isinstance(e, Consume | RpcServer)]
        return {
            "running": not self.stopping,
            "database": self.db.ping(),
            "broker": all(listener.ready for listener in listeners),
        }

    def run(self) -> int:
        """Until SIGTERM or SIGINT; 0 after a clean drain, 1 after a kill or a crash."""
        stop = eventlet.event.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.ready() or stop.send(True))
        process = self.process
        pages = Server(process.metrics_host, process.metrics_port, make_handler(self.checks))
        pages.start()
        eventlet.spawn(_watch_hub)
        self._observe()
        relay = eventlet.spawn(self.relay.run)
        self.container.start()
        log.info("started", metrics_port=pages.port)
        for essential in (relay, eventlet.spawn(self._crash)):
            # Without its relay or its container the process only looks alive: end it, so that the supervisor starts a whole one.
            essential.link(lambda _thread: stop.ready() or stop.send(False))
        asked = stop.wait()
        code = self._drain(process.drain_seconds) if asked else 1
        self.relay.stop()
        with eventlet.Timeout(5, False):
            relay.wait()
        log.info("stopped", code=code)
        return code

    def _observe(self) -> None:
        metrics.build_info.labels(VERSION).set(1)
        metrics.workers_max.set(self.process.max_workers)
        metrics.workers_busy.set_function(self.container._worker_pool.running)
        metrics.db_pool_checked_out.set_function(self.db.engine.pool.checkedout)  # type: ignore[attr-defined]  # a QueuePool

    def _crash(self) -> None:
        try:
            self.container.wait()
        except Exception as error:  # noqa: BLE001  whatever ended the container ends the process; the supervisor starts it again
            log.error("container_ended", error)

    def _drain(self, seconds: float) -> int:
        self.stopping = True
        log.info("draining", seconds=seconds)
        try:
            with eventlet.Timeout(seconds):
                self.container.stop()
        except eventlet.Timeout:
            metrics.drain_timeouts.inc()
            log.error("drain_timeout", seconds=seconds)
            self.container.kill()
            return 1
        return 0


def _watch_hub() -> None:
    import time

    while True:
        before = time.monotonic()
        eventlet.sleep(0.5)
        metrics.hub_lag_seconds.set(max(0.0, time.monotonic() - before - 0.5))


def main(arguments: list[str]) -> int:
    """`python -m chassis.runner <service>`."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m chassis.runner <service>\n")
        return 2
    try:
        process = Process(arguments[0])
    except configuration.ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return process.run()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Threads of client libraries must not hold up the end of a drained process.
    os._exit(code)
