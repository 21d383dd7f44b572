"""The opaque token that stands for a position: offset and event id, so that a log made anew is told from the old one."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from chassis.errors import InvalidArgument, Violation
from gateway.eventlog.entry import Position

_VERSION = 1


def encode(position: Position) -> str:
    """The token of a position."""
    return base64.urlsafe_b64encode(orjson.dumps([_VERSION, position.offset, position.event_id])).decode().rstrip("=")


def decode(token: str) -> Position:
    """The position of a token. Raises InvalidArgument naming the field `after`."""
    parts = _parts(token)
    if parts is None or len(parts) != 3 or [type(part) for part in parts] != [int, int, str]:
        raise _malformed()
    version, offset, event_id = parts
    if version != _VERSION or not -1 <= offset < 2**63:
        raise _malformed()
    return Position(offset, event_id)


def _parts(token: str) -> list[Any] | None:
    try:
        parts = orjson.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except ValueError:
        return None
    return parts if isinstance(parts, list) else None


def _malformed() -> InvalidArgument:
    return InvalidArgument("INVALID_REQUEST", "after is no cursor of this log", violations=[Violation("after", "not a cursor")])
