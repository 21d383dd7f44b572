"""Typed settings from the environment: a frozen dataclass per process, read once, all errors reported together.

Field `due_sweep_seconds` of service `intake` reads HALLBUS_INTAKE_DUE_SWEEP_SECONDS; `<NAME>_FILE` names a file that holds the value (secrets).
"""

from __future__ import annotations

import dataclasses
import os
import sys
import types
from collections.abc import Mapping
from datetime import time as clock_time
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class ConfigError(ValueError):
    """Everything that is wrong with the environment, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("configuration:\n  " + "\n  ".join(problems))
        self.problems = problems


def setting(default: Any = dataclasses.MISSING, *, env: str | None = None, secret: bool = False, doc: str = "") -> Any:
    """A field with an environment name of its own (AMQP_URI), or one whose value is never shown."""
    return dataclasses.field(default=default, metadata={"env": env, "secret": secret, "doc": doc})


def _boolean(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError("neither true nor false")
    return words[text.lower()]


def _convert(text: str, kind: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if text == "" else _convert(text, next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind is bool:
        return _boolean(text)
    if kind is clock_time:
        return clock_time.fromisoformat(text)
    return kind(text)


def environment_name(prefix: str, field: dataclasses.Field[Any]) -> str:
    """The variable that feeds a field."""
    return field.metadata.get("env") or f"{prefix}_{field.name}".upper()


def load(cls: type[T], prefix: str, environ: Mapping[str, str] | None = None) -> T:
    """An instance of `cls` from the environment; raises ConfigError with every problem at once."""
    env = os.environ if environ is None else environ
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # every caller hands in a dataclass
        name = environment_name(prefix, field)
        try:
            text = Path(env[name + "_FILE"]).read_text().strip() if name + "_FILE" in env else env.get(name)
            if text is not None:
                values[field.name] = _convert(text, hints[field.name])
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                problems.append(f"{name} is not set ({field.metadata.get('doc') or hints[field.name]})")
        except (OSError, ValueError) as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise ConfigError(problems)
    try:
        return cls(**values)
    except ValueError as error:  # a check in __post_init__
        raise ConfigError([str(error)]) from error


def shown(config: Any, prefix: str) -> dict[str, str]:
    """The effective settings with secrets masked."""
    return {
        environment_name(prefix, field): "***" if field.metadata.get("secret") else str(getattr(config, field.name))
        for field in dataclasses.fields(config)
    }


@dataclasses.dataclass(frozen=True)
class ProcessConfig:
    """What every service process needs."""

    amqp_uri: str = setting(env="AMQP_URI", secret=True, doc="pyamqp://user:password@host:port/vhost")
    database_url: str = setting(
        env="DATABASE_URL", secret=True, doc="postgresql+psycopg2://… of an administrator or of the service's own role"
    )
    max_workers: int = 10
    heartbeat_seconds: int = setting(10, env="HALLBUS_HEARTBEAT_SECONDS")
    drain_seconds: float = setting(10.0, env="HALLBUS_DRAIN_SECONDS", doc="how long SIGTERM waits for running work")
    metrics_host: str = setting("127.0.0.1", env="HALLBUS_METRICS_HOST")
    metrics_port: int = 0
    relay_poll_ms: float = setting(4.0, env="HALLBUS_RELAY_POLL_MS")
    relay_idle_ms: float = setting(50.0, env="HALLBUS_RELAY_IDLE_MS")
    transaction_seconds: float = setting(20.0, env="HALLBUS_TRANSACTION_SECONDS", doc="bound of any transaction")
    log_level: str = setting("INFO", env="HALLBUS_LOG_LEVEL")


def main(arguments: list[str]) -> int:
    """`python -m chassis.config services.scoring`: print the effective settings."""
    import importlib

    package = arguments[0] if arguments else ""
    name = package.rsplit(".", 1)[-1]
    module = importlib.import_module(f"{package}.config")
    own: type = next(v for k, v in vars(module).items() if k.endswith("Config") and isinstance(v, type))
    prefix = f"HALLBUS_{name.upper()}"
    kinds: tuple[type, ...] = (ProcessConfig, own)
    for cls in kinds:
        for key, value in shown(load(cls, prefix), prefix).items():
            sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
