"""Writes events to the log as relays do: dense sequences per source, batches of confirms, repeats on demand."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson
from amqp.basic_message import Message
from amqp.exceptions import NotFound

from chassis.amqp import ConfirmedPublisher, Link
from chassis.events import EXCHANGE
from chassis.testing import eventually
from chassis.topology import declare_bus
from contracts import REGISTRY

PUBLIC = "intake.case.accepted"


def _declared(link: Link) -> Any:
    """A channel on which the bus is declared; None while the stream of a broker that has just started is not up again."""
    channel = link.channel()
    try:
        declare_bus(channel)
    except NotFound as error:
        if "down or inaccessible" not in str(error):
            raise
        return None
    return channel


class LogWriter:
    """One connection; `write` returns the ids of what the broker has confirmed. Sequences begin with `first`."""

    def __init__(self, uri: str, *, first: int = 1) -> None:
        self._link = Link(uri, "test-log-writer")
        self.channel = eventually(lambda: _declared(self._link), within=40, every=0.1)
        self._publisher = ConfirmedPublisher(self._link)
        self._sequence: dict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(first))

    def make(self, type_: str = PUBLIC, *, region: str = "52.02.01", hall: str | None = "h0002", **fields: Any) -> dict[str, Any]:
        """One event with the next sequence of its source."""
        source = "/hallbus/" + type_.split(".", 1)[0]
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": source,
            "type": f"hallbus.{type_}.v1",
            "subject": "case-1",
            "time": "2026-11-23T01:05:00+00:00",
            "datacontenttype": "application/json",
            "region": region,
            "version": 1,
            "correlationid": "c-1",
            "data": REGISTRY.get(type_).examples[0],
            "sequence": f"{next(self._sequence[source]):016d}",
            "epoch": 1,
        }
        return event | ({"hallid": hall} if hall else {}) | fields

    def send(self, events: Iterable[dict[str, Any]]) -> list[str]:
        """Publish these; returns their ids once confirmed."""
        ids = []
        for count, event in enumerate(events, 1):
            body = orjson.dumps(event)
            self._publisher.send(Message(body, delivery_mode=2, message_id=event["id"]), EXCHANGE, "test.key")
            ids.append(event["id"])
            if count % 500 == 0:
                self._publisher.wait()
        self._publisher.wait()
        return ids

    def write(self, count: int = 1, type_: str = PUBLIC, **fields: Any) -> list[str]:
        """Publish `count` fresh events."""
        return self.send(self.make(type_, **fields) for _ in range(count))

    def close(self) -> None:
        self._link.close()
