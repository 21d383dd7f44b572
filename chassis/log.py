"""Structured logs: one JSON object a line, an event word and its keys, with the correlation id of the running work."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from chassis import context


class _JsonFormatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "event": record.getMessage(),
        }
        running = context._current.get()
        if running is not None:
            line["correlation_id"] = running.correlation_id
        line.update(getattr(record, "keys", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:
            # Integers beyond 64 bits, keys that are no text, broken surrogates: an odd value must not cost the line.
            return json.dumps(line, default=str, ensure_ascii=False).encode(errors="replace").decode()


class Logger:
    """`log.info("case_accepted", case_id=…)`: a fact in snake_case and its ids; never personal data."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def _write(self, level: int, event: str, error: BaseException | None, keys: dict[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=error, extra={"keys": keys})

    def debug(self, event: str, **keys: Any) -> None:
        self._write(logging.DEBUG, event, None, keys)

    def info(self, event: str, **keys: Any) -> None:
        self._write(logging.INFO, event, None, keys)

    def warning(self, event: str, error: BaseException | None = None, **keys: Any) -> None:
        self._write(logging.WARNING, event, error, keys)

    def error(self, event: str, error: BaseException | None = None, **keys: Any) -> None:
        self._write(logging.ERROR, event, error, keys)


def get_logger(name: str) -> Logger:
    """The logger of a module."""
    return Logger(name)


def configure(service: str, level: str = "INFO") -> None:
    """JSON to standard output for this process."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("amqp", "kombu", "nameko"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
