"""Writing to a broker without ever waiting for it: what a socket does not take at once lies in a queue, bounded, until it does.

Three ways to be told that the socket takes more: an asyncio event loop (the gateway), eventlet's hub (services), or a thread (tests, tools).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

#: More than this waiting means that the broker has stopped to read; further messages are refused.
MOST_BYTES = 16 * 1024 * 1024
_PIECE = 65536
_UNWATCH_SECONDS = 2.0
_TICK_SECONDS = 0.5
#: What a socket that must not block says instead of blocking.
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Outgoing:
    """Messages in order, each sent whole or not at all. Whoever uses it holds the link's `write`."""

    def __init__(self, sock: Any) -> None:
        # Under eventlet the socket below its own: the green one would wait.
        self._sock = getattr(sock, "fd", sock)
        self._flags = 0 if isinstance(sock, ssl.SSLSocket) else socket.MSG_DONTWAIT
        self._waiting: deque[tuple[float, bytes | bytearray]] = deque()
        self._begun: memoryview | None = None
        self.bytes = 0

    @property
    def full(self) -> bool:
        """Whether the broker has stopped to read."""
        return self.bytes > MOST_BYTES

    def put(self, data: bytes | bytearray, until: float = math.inf) -> None:
        """One whole message (or several); not sent any more when `until` (monotonic seconds) has passed before its first byte went."""
        self._waiting.append((until, data))
        self.bytes += len(data)

    def take(self) -> memoryview | None:
        """The next bytes to send, small messages together; None when nothing is left. They count as sent with `sent`."""
        if self._begun is None and self._waiting:
            now, together = time.monotonic(), bytearray()
            while self._waiting and (not together or len(together) + len(self._waiting[0][1]) <= _PIECE):
                until, data = self._waiting.popleft()
                if until > now:
                    together += data
                else:
                    self.bytes -= len(data)
            self._begun = memoryview(together) if together else None
        return self._begun

    def sent(self, count: int) -> None:
        """So many of the bytes that `take` gave are gone."""
        assert self._begun is not None
        self.bytes -= count
        self._begun = self._begun[count:] if count < len(self._begun) else None

    def flush(self) -> bool:
        """Send what the socket takes now; whether nothing is left. Raises OSError when the connection is lost."""
        while (piece := self.take()) is not None:
            try:
                count = self._sock.send(piece, self._flags)
            except WOULD_BLOCK:
                return False
            self.sent(count)
        return True


class Pump(Protocol):
    """Brings what is put into an `Outgoing` onto the wire."""

    def written(self) -> None:
        """Something was put. Called with the link's `write` held; never waits."""

    def close(self) -> None:
        """No more after this."""


class ThreadPump:
    """Sends at once what the socket takes, and the rest on a thread of its own."""

    def __init__(self, outgoing: Outgoing, lock: Any, sock: Any, name: str) -> None:
        self._outgoing, self._lock, self._sock = outgoing, lock, sock
        self._more, self._closed = threading.Event(), False
        threading.Thread(target=self._run, name=f"{name}-writer", daemon=True).start()

    def written(self) -> None:
        if not self._more.is_set() and not self._outgoing.flush():
            self._more.set()

    def close(self) -> None:
        self._closed = True
        self._more.set()

    def _run(self) -> None:
        while self._more.wait() and not self._closed:
            try:
                self._rest()
            except (OSError, ValueError):
                return  # the reader of this link meets the same end

    def _rest(self) -> None:
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        while not self._closed:
            with self._lock:
                if self._outgoing.flush():
                    self._more.clear()
                    return
            poll.poll(_TICK_SECONDS * 1000)


class GreenPump:
    """On eventlet: what the greenthreads of one turn of the hub wrote leaves together at its end; where that would wait, a greenthread waits."""

    def __init__(self, outgoing: Outgoing, block: Callable[[Any], None], *, tls: bool) -> None:
        from eventlet import hubs

        self._outgoing, self._block, self._tls = outgoing, block, tls
        self._hub, self._due = hubs.get_hub(), False

    def written(self) -> None:
        if not self._due:
            self._due = True
            self._hub.schedule_call_global(0, self._flush)

    def close(self) -> None:
        self._due = True

    def _flush(self) -> None:
        import eventlet

        try:
            # This runs on the hub itself, which must not wait; TLS could not but try.
            if self._tls or not self._outgoing.flush():
                eventlet.spawn(self._rest)
            else:
                self._due = False
        except (OSError, ValueError):
            return  # the reader of this link meets the same end

    def _rest(self) -> None:
        # Greenthreads change only where one waits: nobody else takes anything between `take` and `sent`, for `_due` holds.
        with contextlib.suppress(OSError, ValueError):
            while (piece := self._outgoing.take()) is not None:
                self._block(piece)
                self._outgoing.sent(len(piece))
            self._due = False


class LoopPump:
    """Sends on the turn of the loop after the one that wrote, so that what was written in one turn leaves together; and reads there too."""

    def __init__(self, outgoing: Outgoing, lock: Any, sock: Any, loop: asyncio.AbstractEventLoop, *, lost: Callable[[], None]) -> None:
        self._outgoing, self._lock, self._loop, self._lost = outgoing, lock, loop, lost
        self._descriptor: int = sock.fileno()
        self._due = self._watching = self._closed = False

    def written(self) -> None:
        if self._due or self._watching or self._closed:
            return
        self._due = True
        if asyncio._get_running_loop() is self._loop:
            self._loop.call_soon(self._flush)
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it everybody who waits
            self._loop.call_soon_threadsafe(self._flush)

    def read(self, readable: Callable[[], None]) -> None:
        """Call `readable` on the loop whenever something has come in."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.add_reader, self._descriptor, readable)

    def close(self) -> None:
        """Out of the loop before the descriptor is closed, for its number will be another socket's next. Not to be called on the loop."""
        ended = threading.Event()

        def end() -> None:
            self._closed = True
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            ended.set()

        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(end)
            ended.wait(_UNWATCH_SECONDS)

    def _flush(self) -> None:
        if self._closed:
            return
        try:
            with self._lock:
                self._due = False
                done = self._outgoing.flush()
        except OSError:
            self._lost()
            return
        if done and self._watching:
            self._loop.remove_writer(self._descriptor)
        elif not done and not self._watching:
            self._loop.add_writer(self._descriptor, self._flush)
        self._watching = not done
