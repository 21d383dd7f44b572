"""The device port as a WSGI app: bytes to `Call`, driver by path, `Reply` to bytes (protocol section 2).

No framework on purpose: terminals need the raw body whatever its content type says, a Date header from the house's clock (they set their own by it),
Content-Length, plain text, and never a redirect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from chassis import clock
from chassis.database import Db
from chassis.errors import HTTP_STATUS, HallbusError, InvalidArgument, ResourceExhausted
from chassis.log import get_logger
from chassis.metrics import counter, histogram
from services.devices.config import DevicesConfig
from services.devices.drivers import make_drivers
from services.devices.drivers.port import Call, Driver, House, Reply
from services.devices.drivers.zk_push.pace import Pace
from services.devices.house import DeviceHouse

log = get_logger(__name__)
requests_served = counter("hallbus_devices_http_requests_total", "Requests at the device port", ["family", "status"])
request_seconds = histogram("hallbus_devices_http_duration_seconds", "Requests at the device port", ["family"])

_REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    409: "Conflict", 412: "Precondition Failed", 413: "Payload Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
DISCARD_LIMIT = 64 * 1024 * 1024
"""A body beyond the limit is read away up to here, because a terminal whose connection is cut reads it as a failure and repeats for ever."""


class BodyCut(HallbusError):
    """The body ended before its Content-Length: the terminal will send it again."""

    code = "unavailable"
    retryable = True


def make_app(db: Db, config: DevicesConfig) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The app of this process; the signature is chassis.http.HttpServer's."""
    pace = Pace(config.poll_delay_seconds, config.error_delay_seconds, config.ahead_seconds, config.oldest_days)
    return DevicePort(make_drivers(pace), DeviceHouse(db, config), config.max_body_bytes)


class DevicePort:
    """Dispatch by path root."""

    def __init__(self, drivers: dict[str, Driver], house: House, max_body_bytes: int) -> None:
        self._house = house
        self._max_body_bytes = max_body_bytes
        self._roots = {root: driver for driver in drivers.values() for root in driver.roots}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One request."""
        now = clock.now()
        token, path = _split_token(environ.get("PATH_INFO", "/"))
        driver = self._driver(path)
        if driver is None:
            family, reply = "none", Reply(b"not found", 404)
        else:
            family = driver.family
            started = time.perf_counter()
            reply = self._answer(driver, environ, path, token, now)
            request_seconds.labels(family).observe(time.perf_counter() - started)
        requests_served.labels(family, str(reply.status)).inc()
        headers = [
            ("Content-Type", reply.content_type),
            ("Content-Length", str(len(reply.body))),
            ("Date", _http_date(int(now.timestamp()))),
        ]
        start_response(f"{reply.status} {_REASONS.get(reply.status, 'Error')}", headers)
        return [reply.body]

    def _driver(self, path: str) -> Driver | None:
        lower = path.lower()
        return next((driver for root, driver in self._roots.items() if lower == root or lower.startswith(root + "/")), None)

    def _answer(self, driver: Driver, environ: dict[str, Any], path: str, token: str | None, now: Any) -> Reply:
        try:
            return driver.answer(self._call(environ, path, token, now), self._house)
        except HallbusError as error:
            status = HTTP_STATUS[error.code]
            if status >= 500:
                log.warning("device_request_failed", error, family=driver.family, path=path, reason=error.reason)
            return driver.failure(413 if isinstance(error, ResourceExhausted) else status, error.reason, error.message)
        except Exception as error:  # noqa: BLE001  the device gets an answer it understands, whatever happened
            log.error("device_request_broke", error, family=driver.family, path=path)
            return driver.failure(500, "INTERNAL", "our fault")

    def _call(self, environ: dict[str, Any], path: str, token: str | None, now: Any) -> Call:
        # PostgreSQL keeps no NUL in text, and no terminal sends one here.
        raw_query, path = environ.get("QUERY_STRING", "").replace("\0", ""), path.replace("\0", "")
        headers = {"authorization": environ.get("HTTP_AUTHORIZATION", "")}
        body, size = _body(environ, self._max_body_bytes)
        return Call(environ["REQUEST_METHOD"].upper(), path, raw_query, parameters(raw_query), headers, body, size, now, token)


@lru_cache(maxsize=8)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def parameters(raw_query: str) -> dict[str, str]:
    """Names in lower case, values verbatim after percent-decoding; of a repeated name the first counts. `+` stays what it is."""
    found: dict[str, str] = {}
    for part in raw_query.split("&"):
        name, separator, value = part.partition("=")
        if separator:
            found.setdefault(unquote(name).lower(), unquote(value).replace("\0", "") if "%" in value else value)
    return found


def _split_token(path: str) -> tuple[str | None, str]:
    """`/d/<token>/iclock/...` is `/iclock/...` with a token."""
    parts = path.split("/", 3)
    if len(parts) == 4 and parts[1] == "d" and parts[2]:
        return parts[2], "/" + parts[3]
    return None, path


def _body(environ: dict[str, Any], limit: int) -> tuple[bytes | None, int]:
    """(body, its size); the body is None when it is larger than `limit`."""
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH")
    if not length:
        chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        body = stream.read(limit + 1) if chunked else b""
        return (body, len(body)) if len(body) <= limit else (None, len(body))
    try:
        size = int(length)
    except ValueError:
        raise InvalidArgument("CONTENT_LENGTH_INVALID", "Content-Length is not a number") from None
    if size > limit:
        _discard(stream, min(size, DISCARD_LIMIT))
        return None, size
    body = stream.read(size)
    if len(body) < size:
        raise BodyCut("BODY_CUT", f"{len(body)} of {size} bytes arrived")
    return body, size


def _discard(stream: Any, size: int) -> None:
    while size > 0:
        part = stream.read(min(size, 65536))
        if not part:
            return
        size -= len(part)
