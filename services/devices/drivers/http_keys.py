"""Rating devices (评价器) that speak JSON over HTTP with a token of their own.

`POST /v1/rating-devices/<device_id>/presses` {press_id, key 1..5, pressed_at?} answers 200 {"status": "recorded" | "duplicate"};
`POST /v1/rating-devices/<device_id>/heartbeat` answers 200 {"status": "ok"}. Errors are {"error": {"reason", "message", "violations"?}}.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, ResourceExhausted, Unauthenticated, Violation
from services.devices.domain.tokens import matches
from services.devices.drivers.port import Call, House, Info, Known, Reply

_PATH = re.compile(r"/v1/rating-devices/([^/]{1,64})/(presses|heartbeat)/?")
_PRESS_ID = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
MOST_BYTES = 4096
AHEAD, OLDEST = timedelta(minutes=2), timedelta(days=7)
"""A press may wait a week in a device that was off line; one from the future has a wrong clock and no place in a statistic."""


class HttpKeys:
    """Driver of family http_keys."""

    family = "http_keys"
    roots = ("/v1/rating-devices",)

    def answer(self, call: Call, house: House) -> Reply:
        """One press or heartbeat. Raises NotFound, Unauthenticated, PermissionDenied, FailedPrecondition or InvalidArgument."""
        path = _PATH.fullmatch(call.path)
        if path is None:
            raise NotFound("PATH_UNKNOWN", "POST /v1/rating-devices/<device_id>/presses or /heartbeat")
        if call.method != "POST":
            return _json(405, {"error": {"reason": "METHOD_NOT_ALLOWED", "message": "POST only"}})
        known = _identified(call, path[1], house)
        if path[2] == "heartbeat":
            house.poll(known, Info(), call)
            return _json(200, {"status": "ok"})
        press = _press(call)
        fresh = house.store_press(known, press, call)
        return _json(200, {"status": "recorded" if fresh else "duplicate", "press_id": press["press_id"]})

    def failure(self, status: int, reason: str, message: str) -> Reply:
        """JSON with the stable reason."""
        return _json(status, {"error": {"reason": reason, "message": message}})


def _identified(call: Call, device_id: str, house: House) -> Known:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("TOKEN_MISSING", "Authorization: Bearer <device token> is required")
    known = house.known(device_id)
    # An unknown device and a wrong token are told apart by nobody who has no token.
    if known is None or known.family != HttpKeys.family or known.token_hash is None or not matches(token.strip(), known.token_hash):
        raise Unauthenticated("TOKEN_INVALID", "unknown device or wrong token")
    if known.state == "disabled":
        raise PermissionDenied("DEVICE_DISABLED", "this device was taken out of service", device_id=device_id)
    if not known.approved:
        raise FailedPrecondition("DEVICE_NOT_APPROVED", "keep the press and try again after approval", device_id=device_id)
    return known


def _press(call: Call) -> dict[str, Any]:
    if call.body is None or len(call.body) > MOST_BYTES:
        raise ResourceExhausted("BODY_TOO_LARGE", f"at most {MOST_BYTES} bytes")
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise InvalidArgument("INVALID_JSON", str(error)) from error
    if not isinstance(body, dict):
        raise InvalidArgument("INVALID_REQUEST", "a JSON object is expected", violations=[Violation("request", "a JSON object")])
    wrong = [Violation(name, "unknown field") for name in sorted(set(body) - {"press_id", "key", "pressed_at"})]
    press_id, key = body.get("press_id"), body.get("key")
    if not isinstance(press_id, str) or not _PRESS_ID.fullmatch(press_id):
        wrong.append(Violation("press_id", "required: 1 to 64 characters without spaces"))
    if isinstance(key, bool) or not isinstance(key, int) or not 1 <= key <= 5:
        wrong.append(Violation("key", "required: 1 (very satisfied) to 5 (very dissatisfied)"))
    pressed_at = _moment(body.get("pressed_at"), call.received_at, wrong)
    if wrong:
        raise InvalidArgument("INVALID_REQUEST", "; ".join(f"{v.field}: {v.description}" for v in wrong), violations=wrong)
    return {"press_id": press_id, "key": key, "pressed_at": pressed_at}


def _moment(text: Any, received_at: datetime, wrong: list[Violation]) -> datetime:
    if text is None:
        return received_at
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no zone")
    except (TypeError, ValueError):
        wrong.append(Violation("pressed_at", "RFC 3339 with zone, for example 2026-11-23T10:00:00+08:00"))
        return received_at
    if not received_at - OLDEST <= moment <= received_at + AHEAD:
        wrong.append(Violation("pressed_at", "CLOCK_SKEWED: more than 2 minutes ahead or 7 days old"))
    return moment.astimezone(UTC)


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(orjson.dumps(body), status, "application/json")
