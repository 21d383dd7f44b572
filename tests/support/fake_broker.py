"""A broker in memory that may do everything a real one may do at its worst, on command and at once.

Model tests only: the scenarios that run on it run on RabbitMQ too (tests/integration/chassis/test_scenarios.py), which is what entitles it to speak.
It has the shape of `chassis.amqp.Link` and `ConfirmedPublisher` as relay and consumer use them.
"""

from __future__ import annotations

import contextlib
import random
from collections import deque
from collections.abc import Iterable
from typing import Any

import orjson
from amqp.basic_message import Message

from chassis.amqp import Nacked
from chassis.events import EXCHANGE
from chassis.topology import PARKED

#: What may befall a batch that was sent: lost before the broker had it, half of it lost, kept although the confirm never came, refused.
FAULTS = ("lost", "half lost", "confirm lost", "refused")


class FakeBroker:
    """The event exchange, its log, queues bound by event type, the retry ladder. `fault` strikes at the next confirm or close."""

    def __init__(self, bindings: dict[str, str]) -> None:
        self._bindings = bindings
        self.log: list[dict[str, Any]] = []
        self.ready: dict[str, deque[Message]] = {queue: deque() for queue in bindings.values()}
        self.ladder: list[tuple[str, Message]] = []
        self.fault: str | None = None

    def accept(self, sent: list[tuple[Message, str, str]]) -> None:
        """Messages are the broker's from now on."""
        for message, exchange, key in sent:
            if exchange == EXCHANGE:
                self.log.append(orjson.loads(message.body))
                for type_, queue in self._bindings.items():
                    if key.startswith(type_ + ".v1."):
                        self.ready[queue].append(message)
            elif exchange == "":
                self.ready.setdefault(key, deque()).append(message)
            else:
                self.ladder.append((key, message))

    def strike(self, sent: list[tuple[Message, str, str]]) -> None:
        """Settle a batch, or let the fault have it; raises as a lost connection or a refusal does."""
        fault, self.fault = self.fault, None
        kept = {"lost": [], "half lost": sent[: len(sent) // 2], "refused": []}.get(fault or "", sent)
        self.accept(kept)
        if fault == "refused":
            raise Nacked
        if fault:
            raise ConnectionResetError(f"fault: {fault}")

    def expire(self) -> None:
        """Every rung of the ladder lets go of what it holds."""
        waiting, self.ladder = self.ladder, []
        for queue, message in waiting:
            self.ready[queue].append(message)

    def shuffle(self, queue: str, dice: random.Random) -> None:
        """Lose the order of what waits."""
        waiting = list(self.ready[queue])
        dice.shuffle(waiting)
        self.ready[queue] = deque(waiting)

    def duplicate(self, queue: str) -> None:
        """Everything that waits comes twice."""
        self.ready[queue].extend(list(self.ready[queue]))

    def parked(self, queue: str) -> list[Message]:
        """What was given up."""
        return list(self.ready.get(queue + PARKED, ()))

    def replay(self, queue: str) -> None:
        """Back to work with a fresh count of attempts."""
        for message in self.parked(queue):
            self.ready[queue].append(Message(message.body, message_id=message.properties.get("message_id", "")))
        self.ready[queue + PARKED] = deque()

    def link(self) -> FakeLink:
        """A connection."""
        return FakeLink(self)


class FakeLink:
    """Declarations do nothing: the queues are there."""

    def __init__(self, broker: FakeBroker) -> None:
        self.broker = broker
        self.blocked: str | None = None
        self.write = contextlib.nullcontext()
        self.sent: list[tuple[Message, str, str]] = []
        self.unacked: dict[int, tuple[str, Message]] = {}
        self._tag = 0

    def channel(self) -> FakeLink:
        """One is enough."""
        return self

    def drain(self, _seconds: float) -> bool:
        """Nothing ever comes by itself."""
        return False

    def check_alive(self) -> None:
        """It is."""

    def close(self) -> None:
        """What nobody waited for is in the broker, or lost; what was not acked comes again."""
        sent, self.sent = self.sent, []
        with contextlib.suppress(ConnectionResetError, Nacked):
            self.broker.strike(sent)
        for queue, message in reversed(self.unacked.values()):
            self.broker.ready[queue].appendleft(message)
        self.unacked.clear()

    def basic_get(self, queue: str, *, no_ack: bool = False) -> Message | None:
        """The next message, or None."""
        assert not no_ack
        if not self.broker.ready[queue]:
            return None
        waiting = self.broker.ready[queue].popleft()
        self._tag += 1
        self.unacked[self._tag] = (queue, waiting)
        message = Message(waiting.body, **waiting.properties)
        message.delivery_info = {"delivery_tag": self._tag}
        return message

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        """Done with this message, or with all up to it."""
        for known in [t for t in self.unacked if t == tag or (multiple and t <= tag)]:
            del self.unacked[known]

    def __getattr__(self, name: str) -> Any:
        if name.endswith(("_declare", "_bind")):
            return lambda *_, **__: None
        raise AttributeError(name)


class FakePublisher:
    """`send` buffers, `wait` is where the fault strikes."""

    def __init__(self, link: FakeLink) -> None:
        self._link = link

    def send(self, message: Message, exchange: str, routing_key: str, *, mandatory: bool = False) -> None:
        """On its way."""
        self._link.sent.append((message, exchange, routing_key))

    def send_all(self, messages: Iterable[tuple[Message, str]], exchange: str) -> None:
        """All of them."""
        for message, routing_key in messages:
            self.send(message, exchange, routing_key)

    def wait(self, _seconds: float = 0.0) -> None:
        """Confirmed, or an error."""
        sent, self._link.sent = self._link.sent, []
        self._link.broker.strike(sent)
