"""A service that is not ours: answers calls in whatever way a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self

from amqp.basic_message import Message

from chassis.amqp import CONNECTION_ERRORS, Link, publish
from chassis.topology import declare_rpc, reply_exchange

Send = Callable[[Message], None]


class Responder:
    """Calls `answer(message, send)` for each request to `service`; `send` may be kept and used later, twice or never."""

    def __init__(self, amqp_uri: str, service: str, answer: Callable[[Any, Send], None]) -> None:
        self._link = Link(amqp_uri, f"test-{service}")
        self._channel, self._answer = self._link.channel(), answer
        self._closing = threading.Event()
        queue = declare_rpc(self._channel, service)
        self._channel.basic_consume(queue, no_ack=True, callback=self._on_request)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(5)
        self._link.close()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._link.drain(0.05)
        except CONNECTION_ERRORS:
            return  # the broker of an outage test is away

    def _on_request(self, message: Any) -> None:
        def send(reply: Message) -> None:
            reply_to = message.properties["reply_to"]
            with self._link.write:
                publish(self._channel, reply, reply_exchange(reply_to), reply_to)

        self._answer(message, send)
