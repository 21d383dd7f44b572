"""Calls from the event loop to the services, without ever blocking the loop."""

from __future__ import annotations

import asyncio
from typing import Any

from chassis.caller import Caller
from chassis.errors import DeadlineExceeded, HallbusError
from chassis.log import get_logger
from chassis.rpc_client import RpcClient

log = get_logger(__name__)

_GRACE_SECONDS = 0.5


class Outbound:
    """The RPC client of the loop it is made on: the loop itself writes the calls and reads the answers."""

    def __init__(self, amqp_uri: str, *, heartbeat: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._rpc = RpcClient(amqp_uri, name="gateway", heartbeat=heartbeat, loop=self._loop)

    @property
    def connected(self) -> bool:
        """Whether the broker is reachable now."""
        return self._rpc.connected

    async def call(
        self, service: str, method: str, request: dict[str, Any], *, seconds: float, caller: Caller, correlation_id: str | None = None
    ) -> Any:
        """The service's answer. Raises its error, Unavailable, or DeadlineExceeded after `seconds`."""
        answer: asyncio.Future[Any] = self._loop.create_future()

        def done(result: Any, error: HallbusError | None) -> None:
            if asyncio._get_running_loop() is self._loop:
                _settle(answer, result, error)
                return
            try:
                self._loop.call_soon_threadsafe(_settle, answer, result, error)
            except RuntimeError:
                log.debug("answer_after_the_end", method=method)  # the loop has ended, nobody waits any more

        self._rpc.ask(service, method, request, done, timeout=seconds, caller=caller, correlation_id=correlation_id)
        try:
            # The client ends every call in time; this is for the day it does not.
            async with asyncio.timeout(seconds + _GRACE_SECONDS):
                return await answer
        except TimeoutError:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", "no answer in time; the outcome is unknown") from None

    async def close(self) -> None:
        """End the connection; calls without an answer fail."""
        await asyncio.to_thread(self._rpc.close)


def _settle(answer: asyncio.Future[Any], result: Any, error: HallbusError | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)
