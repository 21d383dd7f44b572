"""Calls from the event loop to the services, without ever blocking the loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from chassis.caller import Caller
from chassis.errors import DeadlineExceeded
from chassis.log import get_logger
from chassis.rpc_client import RpcClient, Watch

log = get_logger(__name__)

_UNWATCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Ask:
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    service: str
    method: str
    request: dict[str, Any]
    ends: float
    caller: Caller
    correlation_id: str | None


class Outbound:
    """Publishes at once what the connection takes without waiting; the rest on a thread of its own, because into a frozen broker a write blocks as soon
    as the kernel's buffers are full. What has run out of time while waiting for that thread is not sent any more."""

    def __init__(self, rpc: RpcClient) -> None:
        self._rpc = rpc
        self._asks: SimpleQueue[_Ask | None] = SimpleQueue()
        threading.Thread(target=self._run, name="rpc-publisher", daemon=True).start()

    @property
    def connected(self) -> bool:
        """Whether the broker is reachable now."""
        return self._rpc.connected

    async def call(
        self, service: str, method: str, request: dict[str, Any], *, seconds: float, caller: Caller, correlation_id: str | None = None
    ) -> Any:
        """The service's answer. Raises its error, Unavailable, or DeadlineExceeded after `seconds`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        ask = _Ask(loop, answer, service, method, request, time.monotonic() + seconds, caller, correlation_id)
        future = self._rpc.submit_at_once(service, method, request, timeout=seconds, caller=caller, correlation_id=correlation_id)
        if future is None:
            self._asks.put(ask)
        else:
            future.add_done_callback(lambda done: _hand_over(ask, done))
        try:
            async with asyncio.timeout(seconds + 0.1):
                return await answer
        except TimeoutError:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", "no answer in time; the outcome is unknown") from None

    def close(self) -> None:
        """End the thread after what it has been given, then the connection."""
        self._asks.put(None)
        self._rpc.close()

    def _run(self) -> None:
        while (ask := self._asks.get()) is not None:
            if ask.answer.cancelled():
                continue
            future = self._rpc.submit(
                ask.service,
                ask.method,
                ask.request,
                timeout=ask.ends - time.monotonic(),
                caller=ask.caller,
                correlation_id=ask.correlation_id,
            )
            future.add_done_callback(lambda done, ask=ask: _hand_over(ask, done))  # type: ignore[misc]  # mypy infers no default argument


def watch(loop: asyncio.AbstractEventLoop) -> Watch:
    """Lets the RPC client's answers be read by the loop that waits for them."""

    def begin(descriptor: int, read: Callable[[], None]) -> Callable[[], None]:
        ended = threading.Event()

        def end() -> None:
            loop.remove_reader(descriptor)
            ended.set()

        def stop() -> None:
            # The descriptor must be out of the loop before it is closed, for its number will be another socket's next.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(end)
                ended.wait(_UNWATCH_SECONDS)

        loop.call_soon_threadsafe(loop.add_reader, descriptor, read)
        return stop

    return begin


def _hand_over(ask: _Ask, done: Future[Any]) -> None:
    if asyncio._get_running_loop() is ask.loop:
        _settle(ask.answer, done)
        return
    try:
        ask.loop.call_soon_threadsafe(_settle, ask.answer, done)
    except RuntimeError:
        log.debug("answer_after_the_end", method=ask.method)  # the loop has ended, nobody waits any more


def _settle(answer: asyncio.Future[Any], done: Future[Any]) -> None:
    if answer.done():
        return
    error = done.exception()
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(done.result())
