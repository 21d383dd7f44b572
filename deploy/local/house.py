"""The running house as other programs see it: `.local/run/addresses.json`, written by `deploy.local.run`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.local import processes
from deploy.local.nodes import local_directory
from deploy.local.ports import HOST
from deploy.local.services import Program


def run_directory() -> Path:
    """Return the folder of the running house: configuration, clock, addresses."""
    return local_directory() / "run"


def addresses_file() -> Path:
    """Return the file that tells where the running house can be reached."""
    return run_directory() / "addresses.json"


def running() -> dict[str, Any] | None:
    """Return the addresses of the house that runs now; None if there is none or its run was killed."""
    try:
        found: dict[str, Any] = json.loads(addresses_file().read_text())
    except FileNotFoundError:
        return None
    run = found["run"]
    return found if processes.start_time(run["pid"]) == run["start_time"] else None


def running_environment() -> dict[str, str] | None:
    """Return the variables that point a program at the running house; None if there is none."""
    found = running()
    return found and dict(found["environment"])


def write_addresses(environment: Mapping[str, str], programs: Sequence[Program], chosen: Mapping[str, int]) -> None:
    """Tell other programs where this run can be reached. Written before the city is loaded, removed when the run ends."""
    pid = os.getpid()
    known = (
        "AMQP_URI",
        "DATABASE_URL",
        "HALLBUS_MANAGEMENT_URL",
        "HALLBUS_MQTT_URL",
        "HALLBUS_CLOCK_FILE",
        "HALLBUS_ADMIN_API_KEY",
        "HALLBUS_SEALING_KEYS_FILE",
        "HALLBUS_INDEX_KEYS_FILE",
    )
    metrics = {program.name: f"http://{HOST}:{chosen[program.port_variable('metrics')]}/metrics" for program in programs}
    content = {
        "run": {"pid": pid, "start_time": processes.start_time(pid)},
        "environment": {name: environment[name] for name in (*known, *chosen) if name in environment},
        "addresses": {
            "gateway": f"{HOST}:{chosen['HALLBUS_GATEWAY_PORT']}",
            "devices": f"http://{HOST}:{chosen['HALLBUS_DEVICES_HTTP_PORT']}",
            "broker": environment["HALLBUS_MANAGEMENT_URL"],
            "database": environment["DATABASE_URL"],
            "metrics": metrics,
        },
    }
    # It holds the administrator's key and the servers' passwords.
    addresses_file().touch(mode=0o600)
    addresses_file().write_text(json.dumps(content, indent=2) + "\n")


def describe(log: Path) -> str:
    """Return the addresses of the running house for a person."""
    addresses = (running() or {"addresses": {}})["addresses"]
    metrics = addresses.pop("metrics", {})
    titles = {
        "gateway": "gateway (gRPC)",
        "devices": "terminals (HTTP)",
        "broker": "RabbitMQ management",
        "database": "PostgreSQL",
    }
    lines = [f"  {titles.get(name, name):<22}{address}" for name, address in addresses.items()]
    lines += [f"  {'metrics':<22}{' '.join(f'{name} {urlsplit(url).port}' for name, url in metrics.items())}"]
    lines += [
        f"  {'logs':<22}{log}",
        f"  {'administrator':<22}metadata x-api-key, see HALLBUS_ADMIN_API_KEY in {addresses_file()}",
        f"  {'accounts':<22}data/sample_city/accounts.yaml (Authenticate with login and password)",
        "",
        "The house is open. Ctrl-C closes it.",
    ]
    return "\n".join(["", "Where to look further", *lines])
