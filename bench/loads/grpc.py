"""A gRPC client reduced to what a load generator needs: unary calls over HTTP/2 with a fixed number in flight.

The library's own Python client costs as much CPU per call as a whole gateway does, which would hide what is measured.
The header table size is announced as 0, so that the server writes every trailer literally and grpc-status can be read
without an HPACK decoder (RFC 7540 §6.5.2, RFC 7541 §6.2).
"""

import re
import selectors
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
MAX_FRAME = 16384
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
STATUS_OK = b"grpc-status\x010"


class GrpcLoadError(RuntimeError):
    """The server answered an error status or broke the connection; the message carries what it sent."""


@dataclass
class LoadResult:
    """What the generator saw: replies in the order of arrival, the measured stretch and latencies in seconds."""

    seconds: float = 0.0
    replies: list[tuple[int, bytes]] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One HTTP/2 frame."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def literal(value: bytes) -> bytes:
    """An HPACK string without Huffman coding; integers above 126 take the continuation form."""
    if len(value) < 127:
        return bytes((len(value),)) + value
    rest, prefix = len(value) - 127, bytearray([127])
    while rest >= 128:
        prefix.append(rest % 128 + 128)
        rest //= 128
    prefix.append(rest)
    return bytes(prefix) + value


def header_block(path: str, metadata: Sequence[tuple[str, str]], timeout_seconds: int) -> bytes:
    """The request headers of one method, the same for every call, without use of the dynamic table."""
    block = b"\x83\x86\x04" + literal(path.encode()) + b"\x01" + literal(b"bench")
    fields = [("te", "trailers"), ("content-type", "application/grpc"), ("grpc-timeout", f"{timeout_seconds}S"), *metadata]
    return block + b"".join(b"\x00" + literal(name.encode()) + literal(value.encode()) for name, value in fields)


def _reason(trailers: bytes) -> str:
    found = re.search(rb"grpc-status.(\d+)", trailers), re.search(rb"grpc-message.([^\x00]*)", trailers)
    return ", ".join(match[0].decode(errors="replace") for match in found if match) or repr(trailers[:200])


class _Connection:
    def __init__(self, port: int, headers: bytes, report: Callable[[int, bytes, float], None]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers, self._report = headers, report
        self._buffer, self._next, self.credit = b"", 1, 65535
        self._open: dict[int, list[object]] = {}
        self._waiting: deque[tuple[int, bytes]] = deque()
        big = (1 << 31) - 1 - 65535
        settings = struct.pack(">HIHIHI", 1, 0, 4, 1 << 20, 5, 1 << 20)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, settings) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", big)))

    @property
    def in_flight(self) -> int:
        return len(self._open) + len(self._waiting)

    def call(self, number: int, message: bytes) -> None:
        if len(message) + 5 > MAX_FRAME:
            raise ValueError(f"message of {len(message)} bytes: the generator sends one frame a message, at most {MAX_FRAME - 5}")
        if self.credit < len(message) + 5:
            self._waiting.append((number, message))
            return
        stream, self._next = self._next, self._next + 2
        self.credit -= len(message) + 5
        self._open[stream] = [number, b"", time.perf_counter()]
        body = b"\x00" + struct.pack(">I", len(message)) + message
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream, self._headers) + frame(DATA, END_STREAM, stream, body))

    def read(self) -> None:
        piece = self.socket.recv(262144)
        if not piece:
            raise GrpcLoadError("the server closed the connection")
        data, at = self._buffer + piece, 0
        while len(data) - at >= 9:
            length = int.from_bytes(data[at : at + 3], "big")
            if len(data) - at - 9 < length:
                break
            stream = int.from_bytes(data[at + 5 : at + 9], "big") & 0x7FFFFFFF
            self._frame(data[at + 3], data[at + 4], stream, data[at + 9 : at + 9 + length])
            at += 9 + length
        self._buffer = data[at:]
        while self._waiting and self.credit >= len(self._waiting[0][1]) + 5:
            self.call(*self._waiting.popleft())

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == DATA:
            self._open[stream][1] += payload  # type: ignore[operator]  # the second element is the bytes received so far
        elif kind == SETTINGS and not flags & ACK:
            self.socket.sendall(frame(SETTINGS, ACK, 0, b""))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE and stream == 0:
            self.credit += int.from_bytes(payload, "big")
        elif kind in (GOAWAY, RST_STREAM, CONTINUATION):
            raise GrpcLoadError(f"unexpected frame type {kind}: {payload[:200]!r}")
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            number, body, started = self._open.pop(stream)
            if kind == DATA or STATUS_OK not in payload:
                raise GrpcLoadError(f"call {number} failed: {_reason(payload)}")
            self._report(number, body[5:], started)  # type: ignore[arg-type,index]  # one list per open stream, see call()


class GrpcLoad:
    """Unary calls of one method against 127.0.0.1:port, `in_flight` at a time over `connections` connections."""

    def __init__(
        self, port: int, path: str, *, metadata: Sequence[tuple[str, str]] = (), in_flight: int = 16, connections: int = 4
    ) -> None:
        self._result = LoadResult()
        headers = header_block(path, metadata, timeout_seconds=20)
        self._connections = [_Connection(port, headers, self._reply) for _ in range(connections)]
        self._per_connection = max(1, in_flight // connections)
        self._selector = selectors.DefaultSelector()
        for connection in self._connections:
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def run(self, message: Callable[[int], bytes], *, first: int, seconds: float) -> LoadResult:
        """Call for `seconds`, then wait for what is under way; request numbers count up from `first`."""
        self._result, number = LoadResult(), first
        started = time.perf_counter()
        until = started + seconds
        for connection in self._connections:
            for _ in range(self._per_connection):
                connection.call(number, message(number))
                number += 1
        while any(connection.in_flight for connection in self._connections):
            ready = self._selector.select(30)
            if not ready:
                raise GrpcLoadError("no answer for 30 s")
            for key, _ in ready:
                connection = key.data
                before = connection.in_flight
                connection.read()
                if time.perf_counter() < until:
                    for _ in range(before - connection.in_flight):
                        connection.call(number, message(number))
                        number += 1
        self._result.seconds = time.perf_counter() - started
        return self._result

    def close(self) -> None:
        """Close every connection."""
        self._selector.close()
        for connection in self._connections:
            connection.socket.close()

    def _reply(self, number: int, body: bytes, started: float) -> None:
        self._result.replies.append((number, body))
        self._result.latencies.append(time.perf_counter() - started)
