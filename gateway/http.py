"""Metrics and health over plain HTTP, on a thread of its own so that it answers when the event loop does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from chassis.metrics import exposition

Checks = Callable[[], dict[str, bool]]


class StatusServer:
    """`/metrics`, `/healthz` (is the process alive), `/readyz` (should it get calls); checks by name, 503 when one fails."""

    def __init__(self, host: str, port: int, *, alive: Checks, ready: Checks) -> None:
        self._server = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), {"checks": {"/healthz": alive, "/readyz": ready}}))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="status", daemon=True)

    def start(self) -> None:
        """Begin answering."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    checks: ClassVar[dict[str, Checks]] = {}
    timeout = 10

    def do_GET(self) -> None:
        """Answer one of the three paths."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(HTTPStatus.OK, exposition(), "text/plain; version=0.0.4; charset=utf-8")
        elif path in self.checks:
            checks = self.checks[path]()
            status = HTTPStatus.OK if all(checks.values()) else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, json.dumps(checks).encode(), "application/json")
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """A line per scrape tells nobody anything."""
