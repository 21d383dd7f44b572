"""An integrator: reads a subscription on a thread and keeps what it got."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import grpc
import orjson
from hallbus.v1 import events_pb2, events_pb2_grpc

from chassis.testing import eventually
from tests.integration.gateway.harness import GatewayProcess, Told, told


class Subscriber:
    """`ids` of the events so far, the newest `cursor`, and `ended` with the error that ended the stream."""

    def __init__(self, gateway: GatewayProcess, metadata: Any, *, within: float | None = None, **request: Any) -> None:
        self.events: list[dict[str, Any]] = []
        self.batches: list[int] = []
        self.cursor = ""
        self.ended: Told | None = None
        self._channel = gateway.channel()
        stub = events_pb2_grpc.EventServiceStub(self._channel)
        self._call = stub.Subscribe(events_pb2.SubscribeRequest(**request), metadata=metadata, timeout=within)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def __str__(self) -> str:
        ended = f", ended by {self.ended.code} {self.ended.reason}: {self.ended.message}" if self.ended else ""
        return f"{len(self.events)} events in {len(self.batches)} batches (the last cursor {self.cursor!r}){ended}"

    def opened(self) -> Subscriber:
        """Wait for the first cursor."""
        eventually(lambda: self.cursor or self.ended, within=10)
        assert self.ended is None, self.ended
        return self

    def has(self, ids: list[str], within: float = 15.0) -> None:
        """Wait until exactly these events have come, in this order; a stream that ends before says why at once."""
        with contextlib.suppress(AssertionError):
            eventually(lambda: self.ended or len(self.events) >= len(ids), within=within)
        missing = [place for place, id_ in enumerate(ids) if id_ not in set(self.ids)]
        assert self.ids == ids, f"{self} after at most {within} s instead of {len(ids)}; missing: {missing[:20]}"

    def fails(self, within: float = 15.0) -> Told:
        """Wait for the error that ends the stream."""
        eventually(lambda: self.ended, within=within)
        assert self.ended is not None
        return self.ended

    def close(self) -> None:
        """Hang up."""
        self._call.cancel()
        self._thread.join(10)
        self._channel.close()

    def _read(self) -> None:
        try:
            for batch in self._call:
                self.batches.append(len(batch.events))
                for event in batch.events:
                    body = orjson.loads(event.json)
                    assert (event.id, event.source, event.type) == (body["id"], body["source"], body["type"])
                    self.events.append(body)
                self.cursor = batch.cursor
        except grpc.RpcError as error:
            self.ended = told(error)
