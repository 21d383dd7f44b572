"""Facts about the machine and the programs, written beside every result."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import psycopg2

from bench.arena import ROOT, open_amqp
from bench.servers import Servers

PACKAGES = (
    "nameko",
    "eventlet",
    "kombu",
    "amqp",
    "sqlalchemy",
    "psycopg2-binary",
    "grpcio",
    "marshmallow",
    "orjson",
    "faststream",
    "faststream-outbox",
    "aio-pika",
    "asyncpg",
    "uvloop",
)


def facts(servers: Servers) -> dict[str, object]:
    """Processor, memory, system, versions of servers and packages, and the state of the working tree."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "rabbitmq": _rabbitmq(servers),
        "postgresql": _postgres(servers),
        "packages": {name: _version(name) for name in PACKAGES},
        "commit": _git("rev-parse", "--short", "HEAD"),
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def _processor() -> str:
    names = [line.partition(":")[2].strip() for line in _read("/proc/cpuinfo").splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _rabbitmq(servers: Servers) -> str:
    connection = open_amqp(servers.amqp_uri)
    try:
        return str(connection.server_properties.get("version", "unknown"))
    finally:
        connection.close()


def _postgres(servers: Servers) -> dict[str, str]:
    connection = psycopg2.connect(servers.database_url, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            settings = {}
            for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers"):
                cursor.execute(f"show {name}")
                settings[name] = str(cursor.fetchone()[0])
            return settings
    finally:
        connection.close()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout.strip() or "unknown"
