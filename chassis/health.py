"""`/metrics`, `/healthz` (the process and its hub respond), `/readyz` (broker, database and listeners are there)."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from chassis import metrics
from chassis.http_message import Request, Response

Checks = Callable[[], dict[str, bool]]


def make_handler(checks: Checks) -> Callable[[Request], Response]:
    """The pages; `checks` names what readiness rests on. Liveness never asks the database: a blip must not restart everything."""

    def answer(request: Request) -> Response:
        if request.path == "/metrics":
            return Response(metrics.exposition(), 200, "text/plain; version=0.0.4; charset=utf-8")
        if request.path == "/healthz":
            return Response(b'{"alive":true}', 200, "application/json")
        if request.path == "/readyz":
            found = checks()
            return Response(orjson.dumps(found), 200 if all(found.values()) else 503, "application/json")
        return Response(b'{"error":"no such page"}', 404, "application/json")

    return answer
