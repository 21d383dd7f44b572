"""Calls out: one AMQP connection, one reader thread, a future per call. Thread-safe; works on plain threads (gateway, tests) and on eventlet's hub.

It reconnects by itself. Every future completes: with the answer, with the callee's error, or with Unavailable / DeadlineExceeded in time.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import heapq
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import orjson

from chassis import metrics
from chassis.amqp import CONNECTION_ERRORS, Link, backoff
from chassis.caller import Caller
from chassis.errors import DeadlineExceeded, HallbusError, Internal, Unavailable, from_wire
from chassis.log import get_logger
from chassis.nonblocking import LoopPump
from chassis.topology import REPLY_TO, RPC_EXCHANGE
from chassis.wire import request_message

log = get_logger(__name__)

_TICK_SECONDS = 0.1

#: Told the answer, or the error, of one call; on the event loop if the client has one and it is an answer that came, else on a thread of the client.
Done = Callable[[Any, HallbusError | None], None]


class RpcClient:
    """`call` waits for the answer, `submit` gives its future, `ask` tells whom it is told to; only `call` ever waits for anything.

    With an event loop, that loop reads and writes the socket, so that a call needs no change of threads.
    """

    def __init__(
        self, amqp_uri: str, *, name: str = "rpc-client", heartbeat: int = 10, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self._uri, self._name, self._heartbeat = amqp_uri, name, heartbeat
        self._loop = loop
        # By `loop`: reading or writing failed there.
        self._lost = threading.Event()
        self._state = threading.Lock()
        self._link: Link | None = None
        self._channel: Any = None
        self._connected = threading.Event()
        self._open: dict[str, tuple[Done, str, str]] = {}
        self._deadlines: list[tuple[float, str]] = []
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._run, name=f"{name}-reader", daemon=True)
        self._reader.start()

    @property
    def connected(self) -> bool:
        """Whether the broker is reachable now."""
        return self._connected.is_set()

    @property
    def open_calls(self) -> int:
        """Calls without an answer yet."""
        return len(self._open)

    def wait_connected(self, seconds: float) -> bool:
        """Whether the connection stood within `seconds`."""
        return self._connected.wait(seconds)

    def call(
        self,
        service: str,
        method: str,
        request: dict[str, Any],
        *,
        timeout: float = 10.0,
        caller: Caller | None = None,
        correlation_id: str | None = None,
    ) -> Any:
        """The answer; raises the callee's error, Unavailable (BROKER_UNAVAILABLE, SERVICE_UNAVAILABLE, CONNECTION_LOST) or DeadlineExceeded."""
        started = time.monotonic()
        future = self.submit(service, method, request, timeout=timeout, caller=caller, correlation_id=correlation_id)
        try:
            answer = future.result(timeout + 1.0)
        except concurrent.futures.TimeoutError:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", f"{service}.{method}: no answer within {timeout:.1f} s") from None
        finally:
            metrics.rpc_client_seconds.labels(service).observe(time.monotonic() - started)
        return answer

    def submit(
        self,
        service: str,
        method: str,
        request: dict[str, Any],
        *,
        timeout: float = 10.0,
        caller: Caller | None = None,
        correlation_id: str | None = None,
    ) -> Future[Any]:
        """The future of the answer; it completes within `timeout` (seconds, plus a tick), whatever happens."""
        future: Future[Any] = Future()
        self.ask(
            service, method, request, functools.partial(_complete, future), timeout=timeout, caller=caller, correlation_id=correlation_id
        )
        return future

    def ask(  # noqa: PLR0913  what a call is, and whom to tell
        self,
        service: str,
        method: str,
        request: dict[str, Any],
        done: Done,
        *,
        timeout: float = 10.0,
        caller: Caller | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Send the call without waiting for the broker; `done` is called once, within `timeout` (plus a tick), perhaps before this returns."""
        link, channel = self._link, self._channel
        problem = self._problem(link, timeout)
        if problem is not None or link is None:
            self._count(service, method, problem.code if problem else "unavailable")
            done(None, problem or Unavailable("BROKER_UNAVAILABLE", "no connection to the broker"))
            return
        call_id = os.urandom(16).hex()
        message = request_message(
            request, call_id=call_id, reply_to=REPLY_TO, seconds=timeout, caller=caller, correlation_id=correlation_id
        )
        ends = time.monotonic() + timeout
        with self._state:
            self._open[call_id] = (done, service, method)
            heapq.heappush(self._deadlines, (ends, call_id))
        try:
            link.post(channel, message, RPC_EXCHANGE, f"{service}.{method}", until=ends)
        except Unavailable as error:
            self._fail(call_id, error)
        except CONNECTION_ERRORS as error:
            self._fail(call_id, Unavailable("CONNECTION_LOST", str(error)))

    def close(self) -> None:
        """End the reader; open calls fail as Unavailable."""
        self._closing.set()
        self._lost.set()
        self._reader.join(5)

    def _problem(self, link: Link | None, timeout: float) -> HallbusError | None:
        if timeout <= 0:
            return DeadlineExceeded("DEADLINE_EXCEEDED", "no time left for the call")
        if self._closing.is_set():
            return Unavailable("CLIENT_CLOSED", "the client is closed")
        if not self._connected.is_set():
            return Unavailable("BROKER_UNAVAILABLE", "no connection to the broker")
        if link is not None and link.blocked:
            return Unavailable("BROKER_BLOCKED", link.blocked)
        return None

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            started = time.monotonic()
            try:
                self._session()
            except Exception as error:  # noqa: BLE001  a reader that dies would leave every later call without an answer
                failures = 0 if time.monotonic() - started > 5 else failures + 1
                log.warning("rpc_client_interrupted", client=self._name, reason=f"{type(error).__name__}: {error}"[:200])
            finally:
                self._connected.clear()
                self._fail_all(Unavailable("CONNECTION_LOST", "the connection to the broker was lost; the outcome is unknown"))
            self._closing.wait(backoff(failures, ceiling=1.0) if failures else 0)

    def _session(self) -> None:
        link = Link(self._uri, self._name, heartbeat=self._heartbeat)
        try:
            channel = link.channel()
            with link.write:
                channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
                channel.basic_consume(REPLY_TO, no_ack=True, callback=self._on_reply)
            channel.events["basic_return"].add(self._on_return)
            self._lost.clear()
            self._serve(link, channel)
        finally:
            self._link = None
            link.close()

    def _serve(self, link: Link, channel: Any) -> None:
        if self._loop is None:
            link.unblock()
            self._begin(link, channel)
            while not self._closing.is_set():
                if not link.drain(_TICK_SECONDS):
                    link.check_alive()
                self._expire()
            return
        loop = self._loop
        # The loop reads and writes; what has no answer stays this thread's business.
        pump = link.unblock(lambda outgoing: LoopPump(outgoing, link.write, link.socket, loop, lost=self._lost.set))
        assert isinstance(pump, LoopPump)
        pump.read(lambda: self._readable(link))
        self._begin(link, channel)
        while not self._closing.is_set() and not self._lost.wait(_TICK_SECONDS):
            link.check_alive()
            self._expire()
        if self._lost.is_set() and not self._closing.is_set():
            raise ConnectionResetError("the connection to the broker was lost")

    def _begin(self, link: Link, channel: Any) -> None:
        self._link, self._channel = link, channel
        self._connected.set()

    def _readable(self, link: Link) -> None:
        if self._lost.is_set():
            return
        try:
            link.drain(0)
            while link.more:
                link.drain(0)
        except Exception as error:  # noqa: BLE001  whatever it is, the thread has to make a new connection
            log.warning("rpc_client_unreadable", client=self._name, reason=f"{type(error).__name__}: {error}"[:200])
            self._lost.set()

    def _on_reply(self, message: Any) -> None:
        with self._state:
            entry = self._open.pop(message.properties.get("correlation_id"), None)
        if entry is None:
            return  # late, or answered twice
        done, service, method = entry
        try:
            body = orjson.loads(message.body)
            error, result = from_wire(body["error"]) if body.get("error") else None, body.get("result")
            if error is None and "result" not in body:
                raise KeyError("result")
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            # Whatever it is: the call has left the list of open ones, nobody else would ever complete it.
            error, result = Internal("MALFORMED_REPLY", f"{type(problem).__name__}: {problem}"), None
        self._count(service, method, error.code if error else "ok")
        done(result, error)

    def _on_return(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        service = routing_key.partition(".")[0]
        self._fail(message.properties.get("correlation_id", ""), Unavailable("SERVICE_UNAVAILABLE", f"{service} is not running"))

    def _expire(self) -> None:
        now = time.monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            with self._state:
                _, call_id = heapq.heappop(self._deadlines)
            self._fail(call_id, DeadlineExceeded("DEADLINE_EXCEEDED", "no answer in time; the outcome is unknown"))

    def _fail(self, call_id: str, error: HallbusError) -> None:
        with self._state:
            entry = self._open.pop(call_id, None)
        if entry is not None:
            self._count(entry[1], entry[2], error.code)
            entry[0](None, error)

    def _fail_all(self, error: HallbusError) -> None:
        for call_id in list(self._open):
            self._fail(call_id, error)
        with self._state:
            self._deadlines.clear()

    def _count(self, service: str, method: str, code: str) -> None:
        metrics.child(metrics.rpc_client_requests, service, method, code).inc()


def _complete(future: Future[Any], result: Any, error: HallbusError | None) -> None:
    if not future.set_running_or_notify_cancel():
        return  # the caller went away
    if error:
        future.set_exception(error)
    else:
        future.set_result(result)
