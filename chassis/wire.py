"""How a call travels: headers and body of an RPC request and reply, compatible with nameko's own wire format."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import orjson
from amqp.basic_message import Message

from chassis.caller import Caller
from chassis.context import Context
from chassis.errors import HallbusError, Internal, InvalidArgument, to_wire
from chassis.ids import new_id

CALLER = "hallbus-caller"
CORRELATION = "hallbus-correlation"
DEADLINE = "hallbus-deadline"
JSON = "application/json"
LONGEST_CORRELATION = 128


@dataclass(frozen=True)
class Call:
    """One request: the method's argument and the context it runs in."""

    request: dict[str, Any]
    context: Context


def request_message(
    request: dict[str, Any], *, call_id: str, reply_to: str, seconds: float, caller: Caller | None, correlation_id: str | None
) -> Message:
    """Transient, and expiring with its deadline: whoever asks has stopped waiting by then."""
    headers: dict[str, Any] = {DEADLINE: repr(time.time() + seconds), CORRELATION: correlation_id or new_id()}
    if caller is not None:
        headers[CALLER] = orjson.dumps(caller.to_wire()).decode()
    return Message(
        orjson.dumps({"args": [request], "kwargs": {}}),
        content_type=JSON,
        content_encoding="utf-8",
        delivery_mode=1,
        correlation_id=call_id,
        reply_to=reply_to,
        expiration=str(max(1, int(seconds * 1000))),
        application_headers=headers,
    )


def read_request(message: Any) -> Call:
    """The call of a request message; raises InvalidArgument (MALFORMED_REQUEST)."""
    headers = message.properties.get("application_headers") or {}
    try:
        body = orjson.loads(message.body)
        (request,) = body["args"]
        if not isinstance(request, dict):
            raise TypeError("the argument is one object")
        caller = Caller.from_wire(orjson.loads(headers[CALLER]) if CALLER in headers else None)
        deadline = float(headers[DEADLINE]) if DEADLINE in headers else None
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidArgument("MALFORMED_REQUEST", f"not a call: {error}") from error
    return Call(request, Context(correlation_id=_correlation(headers), caller=caller, deadline=deadline))


def _correlation(headers: dict[str, Any]) -> str:
    # A trace is no reason to refuse work, but what is no short printable text would make every event of this work unreadable to its consumers.
    given = headers.get(CORRELATION)
    return given if isinstance(given, str) and 0 < len(given) <= LONGEST_CORRELATION and given.isprintable() else new_id()


def expired(message: Any) -> bool:
    """Whether the caller has given up: such a request is dropped, not executed late."""
    deadline = (message.properties.get("application_headers") or {}).get(DEADLINE)
    try:
        return deadline is not None and float(deadline) <= time.time()
    except (TypeError, ValueError):
        return False  # no deadline of ours; read_request refuses the call


def reply_message(call_id: str, result: Any, error: HallbusError | None) -> Message:
    """Transient; a reply that cannot be delivered is of no use later."""
    try:
        body = orjson.dumps({"result": result, "error": to_wire(error) if error else None})
    except TypeError as problem:
        body = orjson.dumps({"result": None, "error": to_wire(Internal("UNSERIALIZABLE_REPLY", str(problem)))})
    return Message(body, content_type=JSON, content_encoding="utf-8", delivery_mode=1, correlation_id=call_id)
