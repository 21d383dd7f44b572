"""`/metrics`, `/healthz` (the process and its hub respond), `/readyz` (broker, database and listeners are there)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from chassis import metrics

Checks = Callable[[], dict[str, bool]]


def make_app(checks: Checks) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The WSGI app; `checks` names what readiness rests on. Liveness never asks the database: a blip must not restart everything."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/metrics":
            status, kind, body = "200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics.exposition()
        elif path == "/healthz":
            status, kind, body = "200 OK", "application/json", b'{"alive":true}'
        elif path == "/readyz":
            found = checks()
            status = "200 OK" if all(found.values()) else "503 Service Unavailable"
            kind, body = "application/json", orjson.dumps(found)
        else:
            status, kind, body = "404 Not Found", "application/json", b'{"error":"no such page"}'
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return app
