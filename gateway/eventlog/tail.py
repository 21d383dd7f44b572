"""The live end of the log: one consumer per process, on a thread of its own, feeding the ring on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from chassis.amqp import CONNECTION_ERRORS, Link, backoff
from chassis.events import STREAM
from chassis.log import get_logger
from chassis.topology import declare_bus
from gateway import metrics
from gateway.eventlog.entry import BEGINNING, Entry, Position, parse
from gateway.eventlog.pages import known_to_have_events
from gateway.eventlog.ring import Ring

log = get_logger(__name__)

_PREFETCH = 500
_ACK_EVERY = 100
# Waking every subscriber for every single event would cost more than the events.
_LINGER_SECONDS = 0.004
_ATTACH_SECONDS = 10.0
_EMPTY_SECONDS = 1.0
_RESUME_SECONDS = 3.0


class Tail:
    """Keeps the ring at the end of the log, through reconnects and through a log made anew."""

    def __init__(self, amqp_uri: str, ring: Ring, loop: asyncio.AbstractEventLoop, *, heartbeat: int = 10) -> None:
        self._uri, self._heartbeat = amqp_uri, heartbeat
        self._ring, self._loop = ring, loop
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._arrived: list[Entry] = []
        self._flushing = False
        # Touched by the tail's thread only: where the next attach continues. None: nothing is known of the log yet.
        self._end: Position | None = None
        self._thread = threading.Thread(target=self._run, name="log-tail", daemon=True)

    def start(self) -> None:
        """Begin reading; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; it needs at most a tick."""
        self._closing.set()

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                self._session()
            except CONNECTION_ERRORS as error:
                failures = 0 if time.monotonic() - began > 5 else failures + 1
                log.warning("log_tail_interrupted", reason=str(error)[:200])
                metrics.tail_reconnects.inc()
            finally:
                metrics.tail_connected.set(0)
            self._closing.wait(backoff(failures, ceiling=1.0))

    def _session(self) -> None:
        link = Link(self._uri, "gateway-log-tail", heartbeat=self._heartbeat)
        watchdog = threading.Timer(_ATTACH_SECONDS, link.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            session = _Session(link, self._end, self._on_entry)
            session.attach()
            if not session.settle():
                # What was read before is not in this log any more: every subscriber must have his place checked.
                log.warning("log_made_anew")
                self._end = None
                self._to_loop(self._forget)
                return
            watchdog.cancel()
            if self._end is None:
                self._end = BEGINNING
                self._to_loop(self._ring.begin_empty)
            metrics.tail_connected.set(1)
            while not self._closing.is_set():
                if not link.drain(0.5):
                    link.check_alive()
        finally:
            watchdog.cancel()
            link.close()

    def _on_entry(self, entry: Entry) -> None:
        self._end = entry.position
        with self._lock:
            self._arrived.append(entry)
            first, self._flushing = not self._flushing, True
        if first:
            self._to_loop(lambda: self._loop.call_later(_LINGER_SECONDS, self._flush))

    def _flush(self) -> None:
        with self._lock:
            self._flushing = False
            arrived, self._arrived = self._arrived, []
        self._ring.extend(arrived)

    def _forget(self) -> None:
        self._flush()  # what is still on its way belongs to the old log
        self._ring.forget()

    def _to_loop(self, callback: Callable[[], Any]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended; so will this thread
            self._loop.call_soon_threadsafe(callback)


class _Session:
    """One attachment to the stream. Continues behind `end`, whose event must still be there; else from the last chunk on."""

    def __init__(self, link: Link, end: Position | None, on_entry: Callable[[Entry], None]) -> None:
        self._link = link
        self._on_entry = on_entry
        self._expected = end if end is not None and end.event_id else None
        self._offset: int | str = end.offset if self._expected and end else "last" if end is None else "first"
        self._unacked = 0
        self._any = False
        self._foreign = False

    def attach(self) -> None:
        self._channel = self._link.channel()
        with self._link.write:
            declare_bus(self._channel)
            self._channel.basic_qos(0, _PREFETCH, False)
            self._channel.basic_consume(STREAM, no_ack=False, callback=self._on_message, arguments={"x-stream-offset": self._offset})

    def settle(self) -> bool:
        """Read until it is known where we are; False when the log is another one than before. The watchdog of the attachment bounds it."""
        self._listen(_RESUME_SECONDS if self._expected else _EMPTY_SECONDS)
        while self._expected is None and not self._any and known_to_have_events(self._link):
            self._listen(_EMPTY_SECONDS)  # not empty, only slow
        return not self._foreign and (self._any or self._expected is None)

    def _listen(self, patience: float) -> None:
        give_up = time.monotonic() + patience
        while not self._any and not self._foreign and time.monotonic() < give_up:
            self._link.drain(0.1)

    def _on_message(self, message: Any) -> None:
        body = message.body
        entry = parse(message.headers["x-stream-offset"], body if isinstance(body, bytes) else body.encode())
        if self._foreign:
            return
        if self._expected is not None and not self._any:
            self._foreign = entry.position != self._expected
        else:
            self._on_entry(entry)
        self._any = True
        self._unacked += 1
        if self._unacked >= _ACK_EVERY:
            with self._link.write:
                self._channel.basic_ack(message.delivery_tag, multiple=True)
            self._unacked = 0
