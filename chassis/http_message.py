"""HTTP/1.0 and 1.1 as bytes: a request read off a line, an answer written onto it. No sockets here and no framework.

Terminals are old: bare LF line ends, missing Host, HTTP/1.0 and odd content types are taken as they come. What decides where a request ends is not
guessed: a wrong Content-Length is refused, and after anything doubtful the line is closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from string import hexdigits
from urllib.parse import unquote

from chassis import clock
from chassis.errors import HallbusError, InvalidArgument

MOST_HEAD_BYTES = 32 * 1024
HEAD_SECONDS = 60.0
"""From the first byte of a request to the end of its head."""
SLOWEST_BYTES_PER_SECOND = 1024
"""A body has the seconds of a head and those of this speed; whoever is slower holds a connection on purpose or will never finish."""
MOST_DISCARDED_BYTES = 64 * 1024 * 1024
"""A body beyond the handler's limit is read away up to here: a sender whose connection is cut takes it for a failure and repeats for ever."""
_PIECE = 65536
_HEXADECIMAL = frozenset(hexdigits)


class BodyCut(HallbusError):
    """The body ended, or stood still, before its Content-Length: the sender will send it again."""

    code = "unavailable"
    retryable = True


class BadRequest(Exception):
    """Bytes that are no request; answered with `status`, and the line is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/plain"


class Line:
    """The two directions of one connection. `receive(n)` gives up to n bytes as they come, none at the end; it may raise OSError (TimeoutError too)."""

    __slots__ = ("_buffer", "_receive", "_until", "send")

    def __init__(self, receive: Callable[[int], bytes], send: Callable[[bytes], object]) -> None:
        self._receive, self.send = receive, send
        self._buffer = b""
        self._until = 0.0

    def allow(self, seconds: float) -> None:
        """What is read from now on has to be here within `seconds`."""
        self._until = time.monotonic() + seconds

    def head(self) -> bytes | None:
        """Everything up to the empty line, without it; None when the line ends before. Raises BadRequest (431)."""
        buffer, begun = self._buffer.lstrip(b"\r\n"), False
        while True:
            # Terminals end lines with CRLF or with LF alone.
            end, after = buffer.find(b"\r\n\r\n"), 4
            if end < 0:
                end, after = buffer.find(b"\n\n"), 2
            if end >= 0:
                self._buffer = buffer[end + after :]
                return buffer[:end]
            if len(buffer) > MOST_HEAD_BYTES:
                raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            if buffer and not begun:
                begun = True
                self.allow(HEAD_SECONDS)
            if begun and time.monotonic() > self._until:
                return None
            piece = self._receive(_PIECE)
            if not piece:
                return None
            buffer = buffer + piece if begun else (buffer + piece).lstrip(b"\r\n")

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer when the line ends or the time is over."""
        if len(self._buffer) >= size:
            taken, self._buffer = self._buffer[:size], self._buffer[size:]
            return taken
        parts, missing = [self._buffer], size - len(self._buffer)
        self._buffer = b""
        while missing > 0 and (piece := self._more(missing)):
            parts.append(piece)
            missing -= len(piece)
        return b"".join(parts)

    def skip(self, size: int) -> bool:
        """Read `size` bytes away; whether they came."""
        while size > 0:
            piece = self.take(min(size, _PIECE))
            if not piece:
                return False
            size -= len(piece)
        return True

    def text(self) -> str:
        """One short line without its end; "" when there is none."""
        while b"\n" not in self._buffer and len(self._buffer) < 1024:
            piece = self._more(_PIECE)
            if not piece:
                return ""
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("latin-1").strip()

    def _more(self, most: int) -> bytes:
        if time.monotonic() > self._until:
            return b""
        try:
            return self._receive(min(most, _PIECE))
        except OSError:
            return b""


class Request:
    """One request: `path` percent-decoded, `query` as it came, header names in lower case. `keep`: whether another may follow on this line."""

    __slots__ = ("_line", "_pending", "headers", "keep", "method", "path", "query")

    def __init__(self, head: bytes, line: Line) -> None:
        """Raises BadRequest (400, 505)."""
        first, *rest = head.decode("latin-1").split("\n")
        words = first.split()
        if len(words) != 3 or not words[0].isalpha():
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        self.method, target, version = words[0].upper(), words[1], words[2]
        if not version.startswith("HTTP/1."):
            raise BadRequest(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        if not target.startswith("/"):
            # A proxy may name the whole address.
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, self.query = target.partition("?")
        self.path = unquote(path, "latin-1") if "%" in path else path
        self.headers = headers = _headers(rest)
        said = headers.get("connection", "").lower()
        self.keep = "close" not in said if version != "HTTP/1.0" else "keep-alive" in said
        self._line = line
        self._pending = "content-length" in headers or "transfer-encoding" in headers

    def body(self, limit: int) -> tuple[bytes | None, int]:
        """(body, its size); the body is None when it is larger than `limit` bytes. Raises InvalidArgument (CONTENT_LENGTH_INVALID) and BodyCut."""
        if not self._pending:
            return b"", 0
        self._pending = False
        keep, self.keep = self.keep, False  # until the end of the body is found
        if self.headers.get("expect", "").lower() == "100-continue":
            self._line.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "transfer-encoding" in self.headers:
            return self._chunks(limit)
        text = self.headers["content-length"]
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise InvalidArgument("CONTENT_LENGTH_INVALID", "Content-Length is not a number")
        size = int(text)
        self._line.allow(HEAD_SECONDS + size / SLOWEST_BYTES_PER_SECOND)
        if size > limit:
            self.keep = self._line.skip(min(size, MOST_DISCARDED_BYTES)) and size <= MOST_DISCARDED_BYTES and keep
            return None, size
        body = self._line.take(size)
        if len(body) < size:
            raise BodyCut("BODY_CUT", f"{len(body)} of {size} bytes arrived")
        self.keep = keep
        return body, size

    def leave(self) -> None:
        """Read away what the handler did not ask for, so that the answer is not lost with the line; a body nobody invited is not waited for."""
        if self._pending and "expect" not in self.headers:
            with suppress(HallbusError):
                self.body(0)
        self.keep = self.keep and not self._pending

    def _chunks(self, limit: int) -> tuple[bytes | None, int]:
        """A body of unknown length. No terminal sends one; the line is closed after it."""
        parts, total = [], 0
        if self.headers["transfer-encoding"].lower() != "chunked":
            raise InvalidArgument("TRANSFER_ENCODING_UNKNOWN", "only chunked is understood")
        self._line.allow(HEAD_SECONDS + limit / SLOWEST_BYTES_PER_SECOND)
        while size := self._chunk_size():
            total += size
            if total > MOST_DISCARDED_BYTES:
                return None, total
            part = self._line.take(size)
            if len(part) < size:
                raise BodyCut("BODY_CUT", "the body ended within a chunk")
            if total <= limit:
                parts.append(part)
            self._line.text()
        return (b"".join(parts) if total <= limit else None), total

    def _chunk_size(self) -> int:
        text = self._line.text().partition(";")[0].strip()
        if not text:
            raise BodyCut("BODY_CUT", "the body ended before its last chunk")
        if len(text) > 8 or not _HEXADECIMAL.issuperset(text):
            raise InvalidArgument("CHUNK_SIZE_INVALID", "the size of a chunk is not a number")
        return int(text, 16)


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "content-length" and found.setdefault(name, value) != value:
            value = "contradicting"
        found[name] = value
    return found


def read_request(line: Line) -> Request | None:
    """The next request of the line; None at its end. Raises BadRequest, and OSError of the line."""
    head = line.head()
    return None if head is None else Request(head, line)


def response_bytes(response: Response, *, keep: bool, body: bool = True) -> bytes:
    """The answer as it goes onto the line. Its Date is the house's clock, because terminals set their own by it."""
    head = (
        f"{_status_line(response.status)}Content-Type: {response.content_type}\r\nContent-Length: {len(response.body)}\r\n"
        f"Date: {_http_date(int(clock.now().timestamp()))}\r\n{'' if keep else 'Connection: close' + chr(13) + chr(10)}\r\n"
    )
    return head.encode("latin-1") + response.body if body else head.encode("latin-1")


@lru_cache(maxsize=64)
def _status_line(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"


@lru_cache(maxsize=8)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)
