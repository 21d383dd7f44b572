"""The device port: a request to `Call`, driver by path, `Reply` to an answer (protocol section 2).

No framework on purpose: terminals need the raw body whatever its content type says, a Date header from the house's clock (they set their own by it),
Content-Length, plain text, and never a redirect.
"""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import unquote

from chassis import clock
from chassis.database import Db
from chassis.errors import HTTP_STATUS, HallbusError, ResourceExhausted
from chassis.http import Handler
from chassis.http_message import Request, Response
from chassis.log import get_logger
from chassis.metrics import child, counter, histogram
from services.devices.config import DevicesConfig
from services.devices.drivers import make_drivers
from services.devices.drivers.port import Call, Driver, House, Reply
from services.devices.drivers.zk_push.pace import Pace
from services.devices.house import DeviceHouse

log = get_logger(__name__)
requests_served = counter("hallbus_devices_http_requests_total", "Requests at the device port", ["family", "status"])
request_seconds = histogram("hallbus_devices_http_duration_seconds", "Requests at the device port", ["family"])


def make_handler(db: Db, config: DevicesConfig) -> Handler:
    """The device port of this process; the signature is chassis.http.HttpServer's."""
    pace = Pace(config.poll_delay_seconds, config.error_delay_seconds, config.ahead_seconds, config.oldest_days)
    return DevicePort(make_drivers(pace), DeviceHouse(db, config), config.max_body_bytes)


class DevicePort:
    """Dispatch by path root."""

    def __init__(self, drivers: dict[str, Driver], house: House, max_body_bytes: int) -> None:
        self._house = house
        self._max_body_bytes = max_body_bytes
        self._roots = {root: driver for driver in drivers.values() for root in driver.roots}

    def __call__(self, request: Request) -> Response:
        """One request."""
        now = clock.now()
        token, path = _split_token(request.path)
        driver = self._driver(path)
        if driver is None:
            family, reply = "none", Reply(b"not found", 404)
        else:
            family = driver.family
            started = time.perf_counter()
            reply = self._answer(driver, request, path, token, now)
            child(request_seconds, family).observe(time.perf_counter() - started)
        child(requests_served, family, str(reply.status)).inc()
        return Response(reply.body, reply.status, reply.content_type)

    def _driver(self, path: str) -> Driver | None:
        lower = path.lower()
        for root, driver in self._roots.items():
            if lower.startswith(root) and lower[len(root) : len(root) + 1] in ("", "/"):
                return driver
        return None

    def _answer(self, driver: Driver, request: Request, path: str, token: str | None, now: datetime) -> Reply:
        try:
            return driver.answer(self._call(request, path, token, now), self._house)
        except HallbusError as error:
            status = HTTP_STATUS[error.code]
            if status >= 500:
                log.warning("device_request_failed", error, family=driver.family, path=path, reason=error.reason)
            return driver.failure(413 if isinstance(error, ResourceExhausted) else status, error.reason, error.message)
        except Exception as error:  # noqa: BLE001  the device gets an answer it understands, whatever happened
            log.error("device_request_broke", error, family=driver.family, path=path)
            return driver.failure(500, "INTERNAL", "our fault")

    def _call(self, request: Request, path: str, token: str | None, now: datetime) -> Call:
        # PostgreSQL keeps no NUL in text, and no terminal sends one here.
        raw_query, path = request.query.replace("\0", ""), path.replace("\0", "")
        body, size = request.body(self._max_body_bytes)
        return Call(request.method, path, raw_query, parameters(raw_query), request.headers, body, size, now, token)


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
