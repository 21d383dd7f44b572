"""The ground one subject stands on: its own vhost, its own database, its own processes and log files."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import amqp
import psycopg2

from bench.processes import Child, CpuMeter, listening_pid, python_module
from bench.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local" / "bench"
GENERATED = LOCAL / "gen"
SEARCH_PATH = os.pathsep.join(map(str, (ROOT, ROOT / "gen", GENERATED)))

Row = tuple[object, ...]


class Arena:
    """Own vhost and database of one subject; both are dropped by `close`."""

    def __init__(self, servers: Servers, name: str) -> None:
        self.servers = servers
        self.name = re.sub(r"[^a-z0-9]+", "_", f"bench_{name}".lower())
        self.amqp_uri = servers.amqp_uri_of(self.name)
        self.dsn = servers.dsn_of(self.name)
        servers.create_vhost(self.name)
        servers.create_database(self.name)

    def close(self) -> None:
        """Drop the vhost and the database."""
        self.servers.drop_vhost(self.name)
        self.servers.drop_database(self.name)

    def environment(self, **extra: str) -> dict[str, str]:
        """What a contestant's process is told."""
        return {
            "BENCH_AMQP": self.amqp_uri.replace("pyamqp://", "amqp://"),
            "BENCH_DSN": self.dsn,
            "PYTHONPATH": SEARCH_PATH,
            **extra,
        }

    def child(self, name: str, module: str, *arguments: str, env: Mapping[str, str] | None = None) -> Child:
        """Start a module that says READY as a process of its own."""
        return self.start(name, python_module(module, *arguments), env=env or {})

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str], ready_url: str | None = None) -> Child:
        """Start any command as a process of its own, with its log in .local/bench/logs."""
        logs = LOCAL / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / f"{self.name}.{name}.log"
        return Child(name, command, env={**self.environment(), **env}, log=log, cwd=ROOT, ready_url=ready_url)

    def meter(self, children: Sequence[Child]) -> CpuMeter:
        """Start counting the CPU time of the children, the broker and the database."""
        pids = {child.name: child.process.pid for child in children}
        servers = {"broker": self.servers.amqp_port, "postgres": self.servers.database_port}
        return CpuMeter(pids | {name: pid for name, port in servers.items() if (pid := listening_pid(port)) is not None})

    @contextlib.contextmanager
    def database(self) -> Iterator["psycopg2.extensions.connection"]:
        """One autocommitting connection."""
        connection = psycopg2.connect(self.dsn)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def execute(self, statement: str, parameters: Sequence[object] | Mapping[str, object] | None = None) -> None:
        """Run statements outside any measured path."""
        with self.database() as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    def fetch(self, statement: str, parameters: Sequence[object] | None = None) -> list[Row]:
        """Rows of one query outside any measured path."""
        with self.database() as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    @contextlib.contextmanager
    def channel(self) -> Iterator[amqp.Channel]:
        """One AMQP channel of the harness itself."""
        connection = open_amqp(self.amqp_uri)
        try:
            yield connection.channel()
        finally:
            connection.close()


def open_amqp(uri: str, *, confirms: bool = False) -> amqp.Connection:
    """A raw py-amqp connection to the address; `confirms` turns publisher confirms on for its channels."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        connect_timeout=5,
        heartbeat=0,
        confirm_publish=confirms,
    )
    connection.connect()
    return connection
