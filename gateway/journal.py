"""What is written down about calls: the access log (every call) and the audit log (calls that change something or export, also those refused)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from chassis import clock
from chassis.log import get_logger
from gateway.access import halls
from gateway.catalogue import Method

log = get_logger("gateway.access")

MASK = "***"
_LOOK_SECONDS = 1.0


@dataclass
class Record:
    """One call as it went; filled in as more becomes known."""

    method: Method
    correlation_id: str
    peer: str
    account_id: str | None = None
    staff_id: str | None = None
    request: Mapping[str, Any] | None = None
    code: str = "UNKNOWN"
    reason: str | None = None
    # Whose reason it is: the gateway's own or the service's.
    domain: str = "gateway"
    milliseconds: float = 0.0


class Journal:
    """`audit_path` is appended to, a JSON line per call; it may be moved away by logrotate at any time. Empty: standard output."""

    def __init__(self, audit_path: str) -> None:
        self._audit = _Lines(audit_path)

    def write(self, record: Record) -> None:
        """Access log always, audit log for mutating methods; the kernel has the audit line before the caller has his answer."""
        log.info(
            "call",
            method=record.method.label,
            code=record.code,
            reason=record.reason,
            ms=round(record.milliseconds, 1),
            account_id=record.account_id,
            correlation_id=record.correlation_id,
            peer=record.peer,
        )
        if record.method.rule.mutating or record.method.rule.export:
            self._audit.write(orjson.dumps(audit_line(record), option=orjson.OPT_APPEND_NEWLINE))


class _Lines:
    """Whole lines at the end of a file, one system call each: a handler of `logging` costs seven times that, and a buffer loses lines with the process.

    Used on the event loop only.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._looked_at = 0.0
        self._file = self._open() if path else sys.stdout.fileno()

    def write(self, line: bytes) -> None:
        """Append; what cannot be written is logged, with the line, since it must not be lost silently nor fail the call."""
        try:
            self._follow()
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            log.error("audit_not_written", error=error, line=line.decode(errors="replace"))

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def _follow(self) -> None:
        """Open the file anew if it was moved away; looked at once a second, for lines written to the moved one are kept as well."""
        now = time.monotonic()
        if not self._path or now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        opened = os.fstat(self._file)
        try:
            found = Path(self._path).stat()
        except FileNotFoundError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != (opened.st_dev, opened.st_ino):
            file = self._open()
            os.close(self._file)
            self._file = file


def audit_line(record: Record) -> dict[str, Any]:
    """Who did what, where and with which outcome; sensitive fields are masked."""
    request = record.request or {}
    return {
        "at": clock.now().isoformat(),
        "event": "audit",
        "account_id": record.account_id,
        "staff_id": record.staff_id,
        "method": record.method.label,
        "request_id": request.get("request_id"),
        "halls": list(halls(request, record.method.rule.hall_field)),
        "code": record.code,
        "reason": record.reason,
        "correlation_id": record.correlation_id,
        "peer": record.peer,
        "request": masked(request, record.method.masked),
    }


def masked(request: Any, paths: frozenset[str], prefix: str = "") -> Any:
    """A copy of the request with the values at the sensitive paths replaced."""
    if isinstance(request, list):
        return [masked(item, paths, prefix) for item in request]
    if not isinstance(request, Mapping) or not paths:
        return request
    return {name: MASK if prefix + name in paths else masked(value, paths, f"{prefix}{name}.") for name, value in request.items()}
