"""One family of errors for every service; the gateway maps `code` to gRPC, the device port to HTTP, the consumer to retry or park.

Clients branch on `code` and `reason`, never on the message text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Violation:
    """A field that is wrong and why; `field` is a dotted path into the request."""

    field: str
    description: str


class HallbusError(Exception):
    """Base of the family: stable `code` and `reason`, message for people, string metadata for programs."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, reason: str, message: str = "", *, violations: list[Violation] | None = None, **metadata: object) -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.message = message or reason
        self.violations = violations or []
        self.metadata = {key: str(value) for key, value in metadata.items()}

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class InvalidArgument(HallbusError):
    """The request is wrong whatever the state; `violations` name the fields."""

    code = "invalid_argument"


class NotFound(HallbusError):
    """No such thing, or none that the caller may see."""

    code = "not_found"


class AlreadyExists(HallbusError):
    """The thing to be made is there already."""

    code = "already_exists"


class FailedPrecondition(HallbusError):
    """Right request, wrong state (CASE_ALREADY_CLOSED)."""

    code = "failed_precondition"


class PermissionDenied(HallbusError):
    """The caller is known and may not."""

    code = "permission_denied"


class Unauthenticated(HallbusError):
    """The caller is not known."""

    code = "unauthenticated"


class ResourceExhausted(HallbusError):
    """A limit of size or rate was met."""

    code = "resource_exhausted"


class Unavailable(HallbusError):
    """Not now: database, broker or peer is away. Try again with the same request_id."""

    code = "unavailable"
    retryable = True


class DeadlineExceeded(HallbusError):
    """The time the caller gave is over; the outcome may be unknown, the request_id resolves it."""

    code = "deadline_exceeded"
    retryable = True


class Aborted(HallbusError):
    """Lost a race against another writer; try again."""

    code = "aborted"
    retryable = True


class Internal(HallbusError):
    """Our fault; the correlation id finds the log lines."""

    code = "internal"


FAMILY: dict[str, type[HallbusError]] = {
    cls.code: cls
    for cls in (
        InvalidArgument,
        NotFound,
        AlreadyExists,
        FailedPrecondition,
        PermissionDenied,
        Unauthenticated,
        ResourceExhausted,
        Unavailable,
        DeadlineExceeded,
        Aborted,
        Internal,
    )
}

HTTP_STATUS: dict[str, int] = {
    "invalid_argument": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "not_found": 404,
    "already_exists": 409,
    "aborted": 409,
    "failed_precondition": 412,
    "resource_exhausted": 429,
    "internal": 500,
    "unavailable": 503,
    "deadline_exceeded": 504,
}


def adopt(error: BaseException) -> HallbusError | None:
    """The family member that `error` is, or stands for: domain errors only need `reason` and a class attribute `code`.

    The metadata `field` of an invalid argument names the field that is wrong.
    """
    if isinstance(error, HallbusError):
        return error
    reason, code = getattr(error, "reason", None), getattr(type(error), "code", None)
    if isinstance(reason, str) and isinstance(code, str) and code in FAMILY:
        message, metadata = getattr(error, "message", None) or str(error), getattr(error, "metadata", None) or {}
        wrong = [Violation(metadata["field"], message)] if code == "invalid_argument" and "field" in metadata else []
        return FAMILY[code](reason, message, violations=wrong, **metadata)
    return None


def to_wire(error: HallbusError) -> dict[str, Any]:
    """Nameko's error body; everything a client needs travels in `exc_args` as strings."""
    details = {"metadata": error.metadata, "violations": [[v.field, v.description] for v in error.violations]}
    return {
        "exc_type": "RpcError",
        "exc_path": "chassis.errors.RpcError",
        "exc_args": [error.code, error.reason, error.message, json.dumps(details, ensure_ascii=False)],
        "value": str(error),
    }


def from_wire(body: dict[str, Any]) -> HallbusError:
    """The error that `to_wire` wrote; anything else is Internal, because a foreign exception has no promise."""
    args = body.get("exc_args") or []
    if body.get("exc_type") != "RpcError" or len(args) != 4:
        return Internal("REMOTE_ERROR", f"{body.get('exc_type')}: {body.get('value')}")
    code, reason, message, details = args
    parsed = json.loads(details)
    violations = [Violation(field, text) for field, text in parsed.get("violations", [])]
    error = FAMILY.get(code, Internal)(reason, message, violations=violations)
    error.metadata.update(parsed.get("metadata", {}))
    return error
