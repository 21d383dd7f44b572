"""What runs: `deploy/services.yaml`, loaded and checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).resolve().parents[1] / "services.yaml"

_SERVICE_FIELDS = {"schema", "processes", "max_workers", "ports"}
_OTHER_FIELDS = {"module", "ports"}


class ServicesError(ValueError):
    """`services.yaml` is wrong; the message names the entry, the field and the reason."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One entry: what is started, how often, and where it listens."""

    name: str
    arguments: tuple[str, ...]
    ports: dict[str, int]
    schema: str | None = None
    processes: int = 1
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def is_service(self) -> bool:
        """Say whether it is a nameko service (with a schema) rather than a process of its own kind."""
        return self.schema is not None

    def port_variable(self, port: str) -> str:
        """Return the environment variable that sets one of its ports."""
        return f"HALLBUS_{self.name}_PORT".upper() if port == "main" else f"HALLBUS_{self.name}_{port}_PORT".upper()


def load(path: Path = LIST) -> list[Program]:
    """Return every program in the order of the file. Raises ServicesError."""
    content = yaml.safe_load(path.read_text())
    if not isinstance(content, dict) or set(content) != {"services", "others"}:
        raise ServicesError(f"{path.name}: must hold exactly `services` and `others`")
    programs = [_service(name, entry) for name, entry in content["services"].items()]
    programs += [_other(name, entry) for name, entry in content["others"].items()]
    _check_ports(programs)
    return programs


def _service(name: str, entry: dict[str, Any]) -> Program:
    _check_fields(name, entry, _SERVICE_FIELDS)
    if entry["schema"] != name:
        raise ServicesError(f"{name}.schema: must be {name!r}, the service's own, not {entry['schema']!r}")
    workers = _positive(name, "max_workers", entry["max_workers"])
    program = Program(
        name=name,
        arguments=("-m", "chassis.runner", name),
        ports=_ports(name, entry["ports"]),
        schema=name,
        processes=_positive(name, "processes", entry["processes"]),
        settings={f"HALLBUS_{name}_MAX_WORKERS".upper(): str(workers)},
    )
    if program.processes > 1 and set(program.ports) != {"metrics"}:
        raise ServicesError(f"{name}.processes: several processes on one machine cannot share its other ports")
    return program


def _other(name: str, entry: dict[str, Any]) -> Program:
    _check_fields(name, entry, _OTHER_FIELDS)
    return Program(name=name, arguments=("-m", str(entry["module"])), ports=_ports(name, entry["ports"]))


def _check_fields(name: str, entry: dict[str, Any], wanted: set[str]) -> None:
    found = set(entry) if isinstance(entry, dict) else set()
    for missing in sorted(wanted - found):
        raise ServicesError(f"{name}.{missing}: is missing")
    for unknown in sorted(found - wanted):
        raise ServicesError(f"{name}.{unknown}: no such field (known: {', '.join(sorted(wanted))})")


def _ports(name: str, ports: dict[str, Any]) -> dict[str, int]:
    if "metrics" not in ports:
        raise ServicesError(f"{name}.ports.metrics: is missing")
    return {port: _positive(name, f"ports.{port}", number) for port, number in ports.items()}


def _positive(name: str, key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ServicesError(f"{name}.{key}: must be a whole number above 0, not {value!r}")
    return value


def _check_ports(programs: list[Program]) -> None:
    counts = Counter(number for program in programs for number in program.ports.values())
    for program in programs:
        for port, number in program.ports.items():
            if counts[number] > 1:
                raise ServicesError(f"{program.name}.ports.{port}: {number} is given to more than one")
            if number > 65535:
                raise ServicesError(f"{program.name}.ports.{port}: {number} is no port number")
