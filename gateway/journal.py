"""What is written down about calls: the access log (every call) and the audit log (calls that change something or export, also those refused)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from logging.handlers import WatchedFileHandler
from typing import Any

import orjson

from chassis import clock
from chassis.log import get_logger
from gateway.access import halls
from gateway.catalogue import Method

log = get_logger("gateway.access")

MASK = "***"


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
        handler = WatchedFileHandler(audit_path, encoding="utf-8") if audit_path else logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        self._audit = logging.getLogger("gateway.audit")
        self._audit.setLevel(logging.INFO)
        self._audit.propagate = False
        self._audit.handlers[:] = [handler]

    def write(self, record: Record) -> None:
        """Access log always, audit log for mutating methods."""
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
            self._audit.info(orjson.dumps(audit_line(record)).decode())


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
