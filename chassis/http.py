"""A plain WSGI app on eventlet.wsgi inside the process: raw bytes, full control of headers, no framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.log import get_logger

log = get_logger(__name__)

WsgiApp = Callable[[dict[str, Any], Any], Any]


class HttpServer(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """`make_app(db, settings)` gives the app; the settings name `http_host` and `http_port`."""

    def __init__(self, make_app: Callable[[Any, Any], WsgiApp]) -> None:
        super().__init__()
        self._make_app = make_app
        self._socket: Any = None
        self._thread: Any = None

    def start(self) -> None:
        """Listen; a taken port fails the start."""
        import eventlet

        config = self.container.config
        settings = config["settings"]
        self._socket = eventlet.listen((settings.http_host, settings.http_port), backlog=1024, reuse_addr=True)
        self._thread = eventlet.spawn(serve, self._socket, self._make_app(config["db"], settings))
        log.info("http_listening", host=settings.http_host, port=self._socket.getsockname()[1])

    def stop(self) -> None:
        """Take no further connections."""
        if self._socket is not None:
            self._socket.close()

    kill = stop

    def get_dependency(self, _worker: Any) -> None:
        """Nothing for workers."""


def serve(socket: Any, app: WsgiApp) -> None:
    """Serve `app` until the socket closes."""
    import eventlet.wsgi

    eventlet.wsgi.server(socket, app, log_output=False, keepalive=True, socket_timeout=60, max_size=1000)
