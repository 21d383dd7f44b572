"""ATTLOG uploads over HTTP on 16 connections against pgbench that runs the same SQL and nothing else."""

import datetime
import math
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench import payloads
from bench.arena import Arena
from bench.comparisons.e2e import latencies
from bench.loads.http import HttpLoad
from bench.ports import free_port
from bench.processes import Child, CpuMeter, listening_pid, running
from bench.subject import Comparison, Floor, IncorrectResultError, Role, Sample, Subject

CONNECTIONS = 16
WARM_UP_SECONDS = 1.0
SQL = Path(__file__).parent.parent / "sql"
FLOORS = {1: 0.30, 50: 0.35, 500: 0.50}


class DeviceDoor(Protocol):
    """What the driver needs to know of a system that takes uploads from terminals."""

    def prepare(self, arena: Arena, terminals: Sequence[str]) -> None:
        """Empty tables, the terminals known and approved."""

    def start(self, arena: Arena, port: int) -> list[Child]:
        """Start it; the device port listens there."""

    def stored(self, arena: Arena) -> tuple[int, int]:
        """Punches stored, and punches announced by events (outbox or already relayed)."""


def serial_number(connection: int) -> str:
    """The serial number of the terminal behind a connection."""
    return f"BENCH{connection:08d}"


@dataclass
class UploadRun:
    """A system under the HTTP load."""

    name: str
    role: Role
    door: DeviceDoor
    punches: int
    absent: Callable[[], str | None] = lambda: None
    _since: datetime.datetime = datetime.datetime(2026, 1, 1)  # noqa: DTZ001 - terminals know local time only

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Every upload is answered `OK: n` and every punch is there once."""
        # A terminal's clock must be plausible: punches from next month or last year are quarantined, and rightly so.
        self._since = datetime.datetime.now() - datetime.timedelta(days=30)  # noqa: DTZ005 - terminals know local time only
        self.door.prepare(arena, [serial_number(number) for number in range(CONNECTIONS)])
        port = free_port()
        with running(self.door.start(arena, port)) as children:
            load = HttpLoad(port, self._request, f"OK: {self.punches}".encode(), connections=CONNECTIONS)
            try:
                warm = load.run(WARM_UP_SECONDS)
                meter = arena.meter(children)
                result = load.run(seconds)
                cpu = meter.per_operation(result.answered)
            finally:
                load.close()
            expected = (warm.answered + result.answered) * self.punches
            stored, announced = self.door.stored(arena)
            if not (stored == announced == expected):
                raise IncorrectResultError(f"{self.name}: {expected} punches acknowledged, {stored} stored, {announced} announced")
        return Sample(result.answered, result.seconds, cpu, latencies(result.latencies))

    def _request(self, connection: int, serial: int) -> bytes:
        body = payloads.attlog(connection, serial, self.punches, since=self._since)
        head = (
            f"POST /iclock/cdata?SN={serial_number(connection)}&table=ATTLOG&Stamp={serial} HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nUser-Agent: iClock Proxy/1.09\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class PgbenchLimit:
    """The physical limit: pgbench, prepared statements, 16 clients, the same rows written."""

    punches: int
    name: str = "pgbench"
    role: Role = "limit"

    def missing(self) -> str | None:
        """Whether pgbench is installed."""
        return None if shutil.which("pgbench") else "pgbench is not installed (Debian package postgresql-contrib)"

    def run(self, arena: Arena, seconds: float) -> Sample:
        """One pgbench run; the rows must match its own count."""
        arena.execute((SQL / "upload.sql").read_text() + "truncate punches, outbox restart identity")
        pid = listening_pid(arena.servers.database_port)
        meter = CpuMeter({} if pid is None else {"postgres": pid})
        done = subprocess.run(self._command(arena, math.ceil(seconds)), capture_output=True, text=True, check=False, timeout=seconds + 60)
        processed = re.search(r"actually processed: (\d+)", done.stdout)
        tps = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or processed is None or tps is None:
            raise RuntimeError(f"pgbench failed: {done.stderr[:600]} {done.stdout[-300:]}")
        count = int(processed[1])
        ((stored, requests),) = arena.fetch("select (select count(*) from punches), (select count(*) from outbox)")
        if (stored, requests) != (count * self.punches, count):
            raise IncorrectResultError(f"pgbench: {count} transactions, {stored} punches, {requests} outbox rows")
        return Sample(count, count / float(tps[1]), meter.per_operation(count))

    def _command(self, arena: Arena, seconds: int) -> list[str]:
        pins = "{" + ",".join(str(1000 + offset) for offset in range(self.punches)) + "}"
        defined = ["--define=serial=0", f"--define=pins={pins}"]
        return [
            "pgbench",
            *("--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", "--jobs=2", f"--time={seconds}"),
            *defined,
            f"--file={SQL / 'upload.pgbench.sql'}",
            arena.dsn,
        ]


def comparisons(ours: Callable[[int], Sequence[Subject]] = lambda _punches: ()) -> list[Comparison]:
    """One comparison for each size of upload."""
    return [
        Comparison(
            name=f"upload-{punches}",
            title=f"terminal upload over HTTP, 16 connections, {punches} punch{'es' if punches > 1 else ''} a request",
            unit="req/s",
            subjects=(*ours(punches), PgbenchLimit(punches)),
            floors=(Floor("pgbench", minimum),),
        )
        for punches, minimum in FLOORS.items()
    ]
