"""compose.yaml from services.yaml: `python -m deploy.compose.render [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from deploy.local.services import Program, load

COMPOSE = Path(__file__).with_name("compose.yaml")

HEADER = """\
# Made from deploy/services.yaml by `python -m deploy.compose.render`; change it there.
#
#   docker compose -f deploy/compose/compose.yaml up --build
#
# Ports are open on this machine only; HALLBUS_BIND=0.0.0.0 opens them to terminals and clients in the network. Set
# HALLBUS_BROKER_PASSWORD and HALLBUS_DATABASE_PASSWORD (letters and digits) for anything but a trial.
"""

_BIND = "${HALLBUS_BIND:-127.0.0.1}"
_BROKER_PASSWORD = "${HALLBUS_BROKER_PASSWORD:-hallbus}"  # noqa: S105 - a variable's name
_DATABASE_PASSWORD = "${HALLBUS_DATABASE_PASSWORD:-hallbus}"  # noqa: S105 - a variable's name
_PRIVATE_KEY = "/keys/private/jwt.pem"
_PUBLIC_KEY = "/keys/public/jwt.pem"
_SEALING = "/keys/sealing"
_SEAL_VOLUME = f"sealing-keys:{_SEALING}:ro"
_SEAL_KEYS = {"HALLBUS_SEALING_KEYS_FILE": f"{_SEALING}/sealing-keys.txt", "HALLBUS_INDEX_KEYS_FILE": f"{_SEALING}/index-keys.txt"}
_KEY_VOLUMES = {
    "directory": "private-key:/keys/private:ro",
    "gateway": "public-key:/keys/public:ro",
    "intake": _SEAL_VOLUME,
}
# Longer than a process takes to finish its running work (HALLBUS_DRAIN_SECONDS, 10).
_GRACE = "16s"


def rendered() -> str:
    """Return the text of compose.yaml."""
    content = {
        "name": "hallbus",
        "services": _servers() | {"prepare": _prepare()} | {program.name: _container(program) for program in load()},
        "volumes": {"postgres-data": {}, "rabbitmq-data": {}, "private-key": {}, "public-key": {}, "sealing-keys": {}},
    }
    return HEADER + yaml.dump(content, sort_keys=False, allow_unicode=True, width=140)


def _servers() -> dict[str, Any]:
    return {
        "postgres": {
            "image": "postgres:15.13-bookworm",
            "command": ["postgres", "-c", "max_connections=300", "-c", "shared_buffers=256MB"],
            "environment": {"POSTGRES_USER": "hallbus", "POSTGRES_DB": "hallbus", "POSTGRES_PASSWORD": _DATABASE_PASSWORD},
            "volumes": ["postgres-data:/var/lib/postgresql/data"],
            "healthcheck": _healthcheck(["pg_isready", "-q", "-U", "hallbus", "-d", "hallbus"]),
            "restart": "unless-stopped",
        },
        "rabbitmq": {
            "image": "rabbitmq:3.13.7-management",
            # Its data is kept under the host's name.
            "hostname": "rabbitmq",
            "environment": {
                "RABBITMQ_DEFAULT_USER": "hallbus",
                "RABBITMQ_DEFAULT_PASS": _BROKER_PASSWORD,
                "RABBITMQ_DEFAULT_VHOST": "hallbus",
            },
            "volumes": [
                "rabbitmq-data:/var/lib/rabbitmq",
                "./enabled_plugins:/etc/rabbitmq/enabled_plugins:ro",
                "./rabbitmq.conf:/etc/rabbitmq/conf.d/20-hallbus.conf:ro",
            ],
            "ports": [f"{_BIND}:15673:15672", f"{_BIND}:1884:1883"],
            "healthcheck": _healthcheck(["rabbitmq-diagnostics", "-q", "check_port_connectivity"]),
            "restart": "unless-stopped",
        },
    }


def _prepare() -> dict[str, Any]:
    """Everything that must be there before the first process starts; it ends when it is done."""
    steps = [
        f"python -m deploy.local.keys {_PRIVATE_KEY} {_PUBLIC_KEY} {_SEALING}",
        "python -m deploy.local.broker apply",
        "python -m chassis.migrations upgrade",
    ]
    return {
        "image": "hallbus:local",
        "build": _build(),
        "command": ["sh", "-ec", " && ".join(steps)],
        "environment": _environment(),
        "volumes": ["private-key:/keys/private", "public-key:/keys/public", f"sealing-keys:{_SEALING}"],
        "depends_on": {name: {"condition": "service_healthy"} for name in ("postgres", "rabbitmq")},
        "restart": "on-failure",
    }


def _container(program: Program) -> dict[str, Any]:
    container: dict[str, Any] = {
        "image": "hallbus:local",
        "build": _build(),
        "command": ["python", *program.arguments],
        "environment": _environment() | program.settings | _own_environment(program),
        "depends_on": {"prepare": {"condition": "service_completed_successfully"}},
        "healthcheck": _healthcheck(["python", "-c", _is_ready(program.ports["metrics"])]),
        "stop_grace_period": _GRACE,
        "restart": "unless-stopped",
    }
    if program.processes > 1:
        container["deploy"] = {"replicas": program.processes}
    if key := _KEY_VOLUMES.get(program.name):
        container["volumes"] = [key]
    if published := [f"{_BIND}:{port}:{port}" for name, port in program.ports.items() if name != "metrics"]:
        container["ports"] = published
    return container


def _environment() -> dict[str, str]:
    return {
        "AMQP_URI": f"pyamqp://hallbus:{_BROKER_PASSWORD}@rabbitmq:5672/hallbus",
        "DATABASE_URL": f"postgresql+psycopg2://hallbus:{_DATABASE_PASSWORD}@postgres:5432/hallbus",
        "HALLBUS_MANAGEMENT_URL": f"http://hallbus:{_BROKER_PASSWORD}@rabbitmq:15672",
        "HALLBUS_METRICS_HOST": "0.0.0.0",  # noqa: S104 - the container's own network
    }


def _own_environment(program: Program) -> dict[str, str]:
    own = {program.port_variable(name): str(port) for name, port in program.ports.items()}
    special = {
        "directory": {"HALLBUS_JWT_PRIVATE_KEY_FILE": _PRIVATE_KEY},
        "intake": _SEAL_KEYS,
        "gateway": {"HALLBUS_JWT_PUBLIC_KEY_FILE": _PUBLIC_KEY, "HALLBUS_GATEWAY_HOST": "0.0.0.0"},  # noqa: S104 - as above
    }
    return own | special.get(program.name, {})


def _is_ready(port: int) -> str:
    return f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{port}/readyz', timeout=4)"


def _healthcheck(command: list[str]) -> dict[str, Any]:
    return {"test": ["CMD", *command], "interval": "5s", "timeout": "5s", "retries": 12, "start_period": "20s"}


def _build() -> dict[str, str]:
    return {"context": "../..", "dockerfile": "deploy/compose/Dockerfile"}


def main(arguments: list[str]) -> int:
    """Write compose.yaml, or with --check say whether it is what would be written (exit code 1 if not)."""
    if arguments == ["--check"]:
        same = COMPOSE.exists() and COMPOSE.read_text() == rendered()
        if not same:
            sys.stderr.write("deploy/compose/compose.yaml is not that of deploy/services.yaml: run `python -m deploy.compose.render`\n")
        return 0 if same else 1
    COMPOSE.write_text(rendered())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
