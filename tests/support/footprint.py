"""What a house holds at rest (oracle O9): memory, threads, descriptors and connections of its processes; what broker and database hold for it."""

from __future__ import annotations

import json
import re
import urllib.request
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

#: A process may keep this much more than before its first fault: caches, larger buffers, a heap with holes.
MEMORY_FACTOR, MEMORY_MORE_MB = 1.3, 24.0
MORE_DESCRIPTORS = 2
_RANDOM = re.compile("-[0-9a-f]{32}$")


@dataclass(frozen=True)
class Held:
    """What one process holds."""

    memory_mb: float
    threads: int
    to_broker: int
    to_database: int
    other_descriptors: int


@dataclass(frozen=True)
class Footprint:
    """What everything holds: processes by alias, the broker's names, its connections and channels, the database's sessions."""

    processes: Mapping[str, Held]
    queues: tuple[str, ...]
    connections: int
    channels: int
    sessions: int

    def is_complete(self) -> bool:
        """Whether the broker's statistics know every connection that the kernel knows, and the channels on them."""
        return self.channels >= self.connections >= self.to_broker > 0

    def exceeds(self, baseline: Footprint, pool: int) -> list[str]:
        """Everything that was not given back, in words. A pool of database connections may have filled up meanwhile, and that is its bound."""
        found = [f"queues {sorted(names)}: {word}" for word, names in _differences(self.queues, baseline.queues).items() if names]
        found += [f"{now} {name}, before {then}" for name, now, then in self._counts(baseline) if now > then]
        if self.sessions > (held := sum(process.to_database for process in self.processes.values())):
            found.append(f"database sessions of nobody: {self.sessions}, connections {held}")
        for alias, process in self.processes.items():
            found += [f"{alias}: {problem}" for problem in _more(process, baseline.processes[alias], pool)]
        return found

    @property
    def to_broker(self) -> int:
        """Sockets to the broker, of all processes: one of them is the active relay's, and a fault may hand it to another process."""
        return sum(process.to_broker for process in self.processes.values())

    def _counts(self, baseline: Footprint) -> list[tuple[str, int, int]]:
        names = ("connections", "channels", "to_broker")
        return [(name, getattr(self, name), getattr(baseline, name)) for name in names]


def _differences(now: tuple[str, ...], then: tuple[str, ...]) -> dict[str, list[str]]:
    return {"new": list((Counter(now) - Counter(then)).elements()), "gone": list((Counter(then) - Counter(now)).elements())}


def _more(now: Held, then: Held, pool: int) -> list[str]:
    bounds = {
        "memory_mb": then.memory_mb * MEMORY_FACTOR + MEMORY_MORE_MB,
        "threads": then.threads,
        "to_database": pool,
        "other_descriptors": then.other_descriptors + MORE_DESCRIPTORS,
    }
    return [f"{name} {getattr(now, name):g}, allowed {bound:g}" for name, bound in bounds.items() if getattr(now, name) > bound]


def held_by(pid: int, broker_port: int, database_port: int) -> Held:
    """What a process holds now, told by the kernel. Raises OSError if it is gone."""
    at = Path(f"/proc/{pid}")
    status = dict(line.split(":\t", 1) for line in (at / "status").read_text().splitlines() if ":\t" in line)
    peers = _peers(at)
    kinds = Counter(_kind(peers.get(_target(entry)), broker_port, database_port) for entry in (at / "fd").iterdir())
    return Held(int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), kinds["broker"], kinds["database"], kinds["other"])


def broker_holds(management_url: str, vhost: str) -> tuple[tuple[str, ...], int, int]:
    """Names of the queues (those for replies without their random part), number of connections, number of channels."""
    name = quote(vhost, safe="")
    queues = _asked(management_url, f"queues/{name}?columns=name")
    connections, channels = (_asked(management_url, f"vhosts/{name}/{what}?columns=name") for what in ("connections", "channels"))
    return tuple(sorted(_RANDOM.sub("", queue["name"]) for queue in queues)), len(connections), len(channels)


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def _peers(at: Path) -> dict[str, int]:
    """Remote port of every TCP socket, by the name of its descriptor."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in (at / "net" / name).read_text().splitlines()[1:]]
    return {f"socket:[{row[9]}]": int(row[2].rpartition(":")[2], 16) for row in rows}


def _kind(port: int | None, broker_port: int, database_port: int) -> str:
    return {broker_port: "broker", database_port: "database"}.get(port or -1, "other")


def _asked(management_url: str, path: str) -> list[dict[str, Any]]:
    where = urlsplit(management_url)
    credentials = b64encode(f"{where.username}:{where.password}".encode()).decode()
    request = urllib.request.Request(f"http://{where.hostname}:{where.port}/api/{path}", headers={"Authorization": f"Basic {credentials}"})
    with urllib.request.urlopen(request, timeout=15) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found
