"""A terminal reduced to a socket: keep-alive POSTs over a fixed number of connections, one under way on each."""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class HttpLoadError(RuntimeError):
    """The server answered something else than expected or broke the connection."""


@dataclass
class HttpResult:
    """What the generator saw."""

    seconds: float = 0.0
    answered: int = 0
    latencies: list[float] = field(default_factory=list)


class _Connection:
    def __init__(self, port: int, number: int) -> None:
        self.number, self.port, self.serial, self.started, self.buffer = number, port, 0, 0.0, b""
        self.socket = self._open()

    def _open(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def send(self, request: bytes) -> None:
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> tuple[bytes, bytes] | None:
        piece = self.socket.recv(65536)
        if not piece:
            raise HttpLoadError(f"the server closed the connection after {self.buffer[:300]!r}")
        self.buffer += piece
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not found:
            return None
        if length is None:
            raise HttpLoadError(f"an answer without Content-Length: {head[:300]!r}")
        if len(rest) < int(length[1]):
            return None
        self.buffer = b""
        return head, rest


class HttpLoad:
    """Requests built by `request(connection, serial)`; every answer must be a 200 whose body is `answer`."""

    def __init__(self, port: int, request: Callable[[int, int], bytes], answer: bytes, *, connections: int = 16) -> None:
        self._request, self._answer = request, answer
        self._selector = selectors.DefaultSelector()
        self._connections = [_Connection(port, number) for number in range(connections)]
        for connection in self._connections:
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def run(self, seconds: float) -> HttpResult:
        """Upload for `seconds`, then wait for what is under way; serials go on counting over calls."""
        result = HttpResult()
        started = time.perf_counter()
        until = started + seconds
        for connection in self._connections:
            self._next(connection)
        open_calls = len(self._connections)
        while open_calls:
            ready = self._selector.select(30)
            if not ready:
                raise HttpLoadError("no answer for 30 s")
            for key, _ in ready:
                connection = key.data
                if (answer := connection.read()) is None:
                    continue
                self._check(*answer)
                now = time.perf_counter()
                result.answered += 1
                result.latencies.append(now - connection.started)
                if now < until:
                    self._next(connection)
                else:
                    open_calls -= 1
        result.seconds = time.perf_counter() - started
        return result

    def close(self) -> None:
        """Close every connection."""
        self._selector.close()
        for connection in self._connections:
            connection.socket.close()

    def _next(self, connection: _Connection) -> None:
        connection.send(self._request(connection.number, connection.serial))
        connection.serial += 1

    def _check(self, head: bytes, body: bytes) -> None:
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")) or body.strip() != self._answer:
            raise HttpLoadError(f"expected 200 {self._answer!r}, got {head[:120]!r} {body[:300]!r}")
