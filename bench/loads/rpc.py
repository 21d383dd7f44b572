"""Callers of nameko's RPC wire on one raw py-amqp connection: a fixed number in flight, replies by correlation id."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import amqp
import orjson

from bench.arena import open_amqp

EXCHANGE = "nameko-rpc"


class RpcLoadError(RuntimeError):
    """A call failed, was answered with an error, or was not answered in time."""


@dataclass
class RpcResult:
    """What the callers saw."""

    seconds: float = 0.0
    answered: int = 0
    latencies: list[float] = field(default_factory=list)


class RpcLoad:
    """`in_flight` concurrent calls of one method; every answer must equal its request."""

    def __init__(
        self,
        uri: str,
        *,
        method: str,
        request: Callable[[int], dict[str, object]],
        headers: Mapping[str, object],
        in_flight: int = 32,
    ) -> None:
        self._method, self._request = method, request
        self._headers, self._in_flight = dict(headers), in_flight
        self._connection = open_amqp(uri)
        self._channel = self._connection.channel()
        self._reply_to = str(uuid.uuid4())
        self._open: dict[str, tuple[int, float]] = {}
        self._number, self._until, self._result = 0, 0.0, RpcResult()
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        queue = f"bench.reply-{self._reply_to}"
        self._channel.queue_declare(queue, exclusive=True)
        self._channel.queue_bind(queue, EXCHANGE, self._reply_to)
        self._channel.basic_consume(queue, no_ack=True, callback=self._on_reply)

    def run(self, seconds: float) -> RpcResult:
        """Call for `seconds`, then wait for what is under way."""
        self._result = RpcResult()
        started = time.perf_counter()
        self._until = started + seconds
        for _ in range(self._in_flight):
            self._call()
        while self._open:
            try:
                self._connection.drain_events(timeout=20)
            except TimeoutError as error:
                raise RpcLoadError(f"{len(self._open)} calls without an answer for 20 s") from error
        self._result.seconds = time.perf_counter() - started
        return self._result

    def close(self) -> None:
        """Close the connection; the reply queue goes with it."""
        self._connection.close()

    def _call(self) -> None:
        number, self._number = self._number, self._number + 1
        correlation = str(number)
        self._open[correlation] = (number, time.perf_counter())
        message = amqp.Message(
            orjson.dumps({"args": [self._request(number)], "kwargs": {}}),
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=correlation,
            reply_to=self._reply_to,
            delivery_mode=1,
            application_headers=self._headers,
        )
        self._channel.basic_publish(message, exchange=EXCHANGE, routing_key=self._method)

    def _on_reply(self, message: amqp.Message) -> None:
        now = time.perf_counter()
        found = self._open.pop(message.properties["correlation_id"], None)
        if found is None:
            raise RpcLoadError("an answer that nobody waits for (answered twice?)")
        number, started = found
        answer = orjson.loads(message.body)
        if answer["error"] is not None or answer["result"] != self._request(number):
            raise RpcLoadError(f"call {number} was answered wrongly: {str(answer)[:400]}")
        self._result.answered += 1
        self._result.latencies.append(now - started)
        if now < self._until:
            self._call()
