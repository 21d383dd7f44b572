"""One AMQP connection with bounded waits: heartbeats sent while work runs, TCP_USER_TIMEOUT, blocked state, writes under a lock.

Works on eventlet's hub and on plain threads alike.
"""

from __future__ import annotations

import contextlib
import math
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from struct import unpack_from
from typing import Any

import amqp
from amqp import exceptions as amqp_errors
from amqp import spec
from amqp.basic_message import Message
from kombu.utils.url import parse_url

from chassis.errors import Unavailable
from chassis.nonblocking import WOULD_BLOCK, GreenPump, Outgoing, Pump, ThreadPump
from chassis.timeouts import green

#: What a lost or refused connection raises.
CONNECTION_ERRORS: tuple[type[BaseException], ...] = (OSError, amqp_errors.AMQPError)

CONFIRM_SECONDS = 10.0
#: How long the broker may take to answer a method (open a channel, declare a queue); a cluster that elects a leader takes seconds.
ANSWER_SECONDS = 20.0
_TCP_USER_TIMEOUT_MS = 8000
_PIECE = 65536
_FRAME_END = 0xCE


class Nacked(Exception):
    """The broker refused a publish, or had no queue for one that was mandatory."""


class _Connection(amqp.Connection):  # type: ignore[misc]  # py-amqp is untyped
    """py-amqp waits for the answer to a method as long as the connection lives, and a frozen broker's connection lives on."""

    answer_seconds = ANSWER_SECONDS

    def drain_events(self, timeout: float | None = None) -> None:
        """One event. Raises TimeoutError, without a `timeout` after `answer_seconds`: heartbeats that come meanwhile are no answer."""
        if timeout is not None:
            super().drain_events(timeout)
            return
        deadline = time.monotonic() + self.answer_seconds
        while not self.blocking_read(max(deadline - time.monotonic(), 0.001)):
            pass


class Link:
    """An open connection; every wait for an answer of the broker ends after `answer_seconds`. `name` shows in RabbitMQ's management pages."""

    def __init__(self, uri: str, name: str, *, heartbeat: int = 10, answer_seconds: float = ANSWER_SECONDS) -> None:
        where = parse_url(uri)
        # py-amqp itself, not kombu's wrapper: a wrapper that fails in the handshake leaves the socket to the garbage collector.
        self.raw = _Connection(
            host=f"{where['hostname'] or '127.0.0.1'}:{where['port'] or 5672}",
            userid=where["userid"] or "guest",
            password=where["password"] or "guest",
            virtual_host=where["virtual_host"] or "/",
            ssl=where["transport"].endswith("s"),
            heartbeat=heartbeat,
            connect_timeout=5,
            # py-amqp's own default of one second turns a short stall of the broker into a lost connection.
            socket_settings={socket.TCP_USER_TIMEOUT: _TCP_USER_TIMEOUT_MS},
            client_properties={"connection_name": name, "product": "hallbus"},
            on_blocked=self._on_blocked,
            on_unblocked=self._on_unblocked,
            write_timeout=10,
        )
        self.raw.answer_seconds = answer_seconds
        self._name = name
        self.blocked: str | None = None
        self.write = threading.RLock()
        self._frames: deque[tuple[int, int, bytes]] = deque()
        self._corked: bytearray | None = None
        self._outgoing: Outgoing | None = None
        self._pump: Pump | None = None
        try:
            self.raw.connect()
        except BaseException:
            self._collect()
            raise
        self.socket = self.raw._transport.sock
        self._tls = isinstance(self.socket, ssl.SSLSocket)
        self._plain = not green() and not self._tls
        self._write_through = self.raw._transport._write
        self.raw._transport._write = self._send
        self._closed = threading.Event()
        self._beat = max(heartbeat / 3, 0.5)
        self._heart = threading.Thread(target=self._heartbeats, name=f"{name}-heartbeat", daemon=True)
        self._heart.start()

    def channel(self) -> Any:
        """A new channel."""
        with self.write:
            return self.raw.channel()

    def drain(self, seconds: float) -> bool:
        """Handle what has come in, waiting for it at most `seconds`; False when nothing came. Raises one of CONNECTION_ERRORS when the peer is gone."""
        # py-amqp reads twice and sets the socket's timeout twice per frame, three frames per message; here one read brings all that has arrived.
        deadline = time.monotonic() + seconds
        complete = False
        while not complete:
            if not self._frames and not self._receive(max(0.0, deadline - time.monotonic())):
                return False
            while self._frames:
                complete = self.raw.on_inbound_frame(self._frames.popleft()) or complete
        return True

    def _receive(self, seconds: float) -> bool:
        """Read once and cut into frames; False when nothing came in time."""
        transport = self.raw._transport
        if transport is None or transport.sock is None:
            raise ConnectionResetError("the link is closed")
        try:
            piece = self._read(seconds)
        except (TimeoutError, *WOULD_BLOCK):
            return False
        if not piece:
            raise ConnectionResetError("the broker closed the connection")
        # What a wait of py-amqp's own left half read lies in its buffer.
        data, at = transport._read_buffer + piece, 0
        while len(data) - at >= 8:
            kind, channel, size = unpack_from(">BHI", data, at)
            end = at + 7 + size
            if end >= len(data):
                break
            if data[end] != _FRAME_END:
                raise amqp_errors.UnexpectedFrame(f"a frame of {size} bytes does not end where it should")
            self._frames.append((kind, channel, data[at + 7 : end]))
            at = end + 1
        transport._read_buffer = data[at:]
        return True

    def _read(self, seconds: float) -> bytes:
        """What has arrived, empty at the end. Raises one of WOULD_BLOCK or TimeoutError when nothing came in time."""
        apart = self._plain or (self._outgoing is not None and not green())
        if not apart:
            with self.raw._transport.having_timeout(seconds):
                return bytes(self.socket.recv(_PIECE))
        # Not by the socket's own timeout: that would also be the timeout of whoever writes meanwhile.
        if seconds > 0 and not self.more and not self._readable(seconds):
            raise BlockingIOError
        if self._plain:
            return bytes(self.socket.recv(_PIECE, socket.MSG_DONTWAIT))
        with self.write:  # OpenSSL reads and writes one after the other
            return bytes(self.socket.recv(_PIECE))

    def _readable(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    @property
    def more(self) -> bool:
        """Whether TLS has decrypted more than was read, of which the descriptor shows nothing."""
        return self._tls and self.socket.pending() > 0

    def unblock(self, pump: Callable[[Outgoing], Pump] | None = None) -> Pump:
        """From now on nobody who writes waits for the broker; `pump` brings it onto the wire (by default on eventlet's hub or a thread). Declare before
        that: py-amqp's own waits for an answer would find a socket that does not block."""
        with self.write:
            self._outgoing = Outgoing(self.socket)
            self._pump = (pump or self._usual_pump)(self._outgoing)
            if self._tls and not green():
                self.socket.settimeout(0)
            self._write_through = self._put
        return self._pump

    def _usual_pump(self, outgoing: Outgoing) -> Pump:
        if green():
            return GreenPump(outgoing, self._write_through, tls=self._tls)
        return ThreadPump(outgoing, self.write, self.socket, self._name)

    @property
    def waiting(self) -> bool:
        """Whether something written has not left yet."""
        return self._outgoing is not None and self._outgoing.bytes > 0

    def post(self, channel: Any, message: Message, exchange: str, routing_key: str, *, until: float) -> None:
        """Publish (mandatory) without waiting, on a link that is unblocked; not at all if that has not begun by `until` (monotonic seconds). Raises
        Unavailable BROKER_BLOCKED when too much is waiting already."""
        assert self._outgoing is not None
        with self.write:
            if self._outgoing.full:
                raise Unavailable("BROKER_BLOCKED", f"the broker does not take what it is sent: {self._outgoing.bytes} bytes are waiting")
            self._corked = bytearray()
            try:
                publish(channel, message, exchange, routing_key, mandatory=True)
                data = self._corked
            finally:
                self._corked = None
            self._put(data, until)

    def _put(self, data: Any, until: float = math.inf) -> None:
        assert self._outgoing is not None
        assert self._pump is not None
        # py-amqp uses its buffer again.
        self._outgoing.put(bytes(data) if isinstance(data, memoryview) else data, until)
        self._pump.written()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Hold `write`; what the block writes leaves in as few pieces as possible."""
        with self.write:
            if self._corked is not None:
                yield
                return
            self._corked = bytearray()
            try:
                yield
            finally:
                held, self._corked = self._corked, None
                if held:
                    self._write_through(held)

    def _send(self, data: Any) -> None:
        if self._corked is None:
            self._write_through(data)
            return
        self._corked += data
        if self._outgoing is None and len(self._corked) >= _PIECE:
            held, self._corked = self._corked, bytearray()
            self._write_through(held)

    def check_alive(self) -> None:
        """Raise when the broker has been silent for two heartbeat intervals. Only meaningful for a link that is being drained."""
        with self.write:
            self.raw.heartbeat_tick(rate=2)

    def close(self) -> None:
        """Close without waiting for the broker's goodbye, which a frozen one never says."""
        self._closed.set()
        if self._pump is not None:
            self._pump.close()
        self._collect()

    def _collect(self) -> None:
        # py-amqp connects anew by itself when a closed connection is touched; a link that is closed stays closed.
        self.raw.connect = _refuse_to_reconnect
        sock = getattr(self.raw._transport, "sock", None)
        with contextlib.suppress(Exception):
            self.raw.collect()
        if sock is not None:
            sock.close()

    def _heartbeats(self) -> None:
        # Separate from reading: a consumer that works for a minute must still look alive to the broker.
        while not self._closed.wait(self._beat):
            try:
                with self.write:
                    self.raw.send_heartbeat()
            except Exception:  # noqa: BLE001  the reader of this link meets the same error and reconnects
                return

    def _on_blocked(self, reason: str, *_: Any) -> None:
        self.blocked = reason or "blocked"

    def _on_unblocked(self, *_: Any) -> None:
        self.blocked = None


def _refuse_to_reconnect(*_: Any, **__: Any) -> None:
    raise ConnectionResetError("the link is closed")


def publish(channel: Any, message: Message, exchange: str, routing_key: str, *, mandatory: bool = False) -> None:
    """Send without waiting. py-amqp's own basic_publish polls the socket before every message; whoever drains the link does that here."""
    channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message)


class ConfirmedPublisher:
    """Publishes a batch and waits once for all confirms; acks may be `multiple` and out of order."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._channel = link.channel()
        with link.write:
            self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._tag = 0
        self._open: set[int] = set()
        self._nacked = 0

    def send(self, message: Message, exchange: str, routing_key: str, *, mandatory: bool = False) -> None:
        """Hand one message to the broker; `wait` tells whether it took it. Without a queue it is dropped and confirmed, unless `mandatory`."""
        self.send_all([(message, routing_key)], exchange, mandatory=mandatory)

    def send_all(self, messages: Iterable[tuple[Message, str]], exchange: str, *, mandatory: bool = False) -> None:
        """Hand messages with their routing keys to the broker; `wait` tells whether it took them."""
        if self._link.blocked:
            raise Unavailable("BROKER_BLOCKED", self._link.blocked)
        with self._link.together():
            for message, routing_key in messages:
                # Counted before it is sent: what was only half sent is certainly not confirmed.
                self._tag += 1
                self._open.add(self._tag)
                publish(self._channel, message, exchange, routing_key, mandatory=mandatory)

    def wait(self, seconds: float = CONFIRM_SECONDS) -> None:
        """Until every message sent is confirmed. Raises Unavailable (CONFIRM_TIMEOUT, BROKER_BLOCKED) or Nacked: then the outcome is unknown
        and the only right thing is to publish again."""
        deadline = time.monotonic() + seconds
        while self._open:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Unavailable("CONFIRM_TIMEOUT", f"{len(self._open)} publishes unconfirmed after {seconds} s")
            self._link.drain(min(left, 1.0))
            if self._link.blocked:
                raise Unavailable("BROKER_BLOCKED", self._link.blocked)
        if self._nacked:
            self._nacked = 0
            raise Nacked

    def _settle(self, tag: int, multiple: bool) -> None:
        if not multiple:
            self._open.discard(tag)
        elif tag >= self._tag:
            self._open.clear()
        else:
            self._open = {open_tag for open_tag in self._open if open_tag > tag}

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_return(self, *_: Any) -> None:
        self._nacked += 1  # its confirm follows

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._nacked += 1
        self._settle(tag, multiple)


def backoff(failures: int, *, ceiling: float = 5.0) -> float:
    """Seconds to wait before the next try after `failures` in a row: 0.1, 0.2, 0.4 … up to `ceiling`."""
    return min(ceiling, 0.1 * 2.0 ** min(failures, 10))
