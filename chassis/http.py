"""A small HTTP server on green sockets, inside the process: raw bytes in and out, a bound on every wait, no framework.

`eventlet.wsgi` spends four times as much on a request (email's header parser, the WSGI environment) as everything that a terminal's upload needs.
"""

from __future__ import annotations

import socket as sockets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.http_message import BadRequest, Line, Request, Response, read_request, response_bytes
from chassis.log import get_logger

log = get_logger(__name__)

Handler = Callable[[Request], Response]
MOST_CONNECTIONS = 1000
"""Beyond it the connection that has been idle or dribbling the longest makes room: nobody shuts the door by holding it."""
SILENT_SECONDS = 60.0
"""How long a connection may say nothing, between requests as within one."""


class HttpServer(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """`make_handler(db, settings)` gives the function that answers; the settings name `http_host` and `http_port`."""

    def __init__(self, make_handler: Callable[[Any, Any], Handler]) -> None:
        super().__init__()
        self._make_handler = make_handler
        self._server: Server | None = None

    def start(self) -> None:
        """Listen; a taken port fails the start."""
        config = self.container.config
        settings = config["settings"]
        self._server = Server(settings.http_host, settings.http_port, self._make_handler(config["db"], settings))
        self._server.start()
        log.info("http_listening", host=settings.http_host, port=self._server.port)

    def stop(self) -> None:
        """Take no further requests; returns when those in hand are answered (the runner's drain bounds it)."""
        if self._server is not None:
            self._server.stop()

    def kill(self) -> None:
        """Take no further requests and wait for none."""
        if self._server is not None:
            self._server.close()

    def get_dependency(self, _worker: Any) -> None:
        """Nothing for workers."""


class Server:
    """One listener and its connections, each in a greenthread."""

    def __init__(self, host: str, port: int, handler: Handler) -> None:
        import eventlet

        self._handler = handler
        self._listener = eventlet.listen((host, port), backlog=1024, reuse_addr=True)
        self._pool = eventlet.GreenPool(MOST_CONNECTIONS)
        self._idle: dict[Any, None] = {}  # in the order in which they fell silent
        self._stopping = False
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        """Begin accepting."""
        import eventlet

        eventlet.spawn_n(self._accept)

    def stop(self) -> None:
        """Close the port and idle connections; wait for the others."""
        self.close()
        self._pool.waitall()

    def close(self) -> None:
        """Close the port and idle connections."""
        self._stopping = True
        self._listener.close()
        for connection in list(self._idle):
            _hang_up(connection)

    def _accept(self) -> None:
        import eventlet

        while not self._stopping:
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if self._stopping:
                    return
                # No descriptor left, or a connection gone before it was taken: neither is a reason to stop.
                log.warning("http_accept_failed", error)
                eventlet.sleep(0.1)
                continue
            if not self._pool.free() and self._idle:
                _hang_up(next(iter(self._idle)))
            self._pool.spawn_n(self._converse, connection)

    def _converse(self, connection: Any) -> None:
        try:
            connection.settimeout(SILENT_SECONDS)
            connection.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
            line = Line(connection.recv, connection.sendall)
            while not self._stopping and self._exchange(connection, line):
                pass
        except OSError:
            pass  # the other side is gone or silent; whatever it wanted, it will come again
        except Exception as error:  # noqa: BLE001  one connection must not cost the others
            log.error("http_connection_broke", error)
        finally:
            self._idle.pop(connection, None)
            _hang_up(connection)
            connection.close()

    def _exchange(self, connection: Any, line: Line) -> bool:
        """One request and its answer; whether another may follow."""
        self._idle[connection] = None
        try:
            request = read_request(line)
        except BadRequest as error:
            line.send(response_bytes(Response(b"bad request", error.status), keep=False))
            return False
        self._idle.pop(connection, None)
        if request is None:
            return False
        response = self._answer(request)
        keep = request.keep and not self._stopping
        line.send(response_bytes(response, keep=keep, body=request.method != "HEAD"))
        return keep

    def _answer(self, request: Request) -> Response:
        try:
            response = self._handler(request)
        except Exception as error:  # noqa: BLE001  the sender gets an answer, whatever happened
            log.error("http_request_broke", error, path=request.path)
            response = Response(b"our fault", 500)
        request.leave()
        return response


def _hang_up(connection: Any) -> None:
    with suppress(OSError):  # it was closed already
        connection.shutdown(sockets.SHUT_RDWR)
