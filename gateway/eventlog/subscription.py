"""One open stream: from a position to the end of the log and on with it, until the caller hangs up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hallbus.v1 import events_pb2

from chassis.errors import DeadlineExceeded, Unavailable
from gateway import metrics
from gateway.credentials import Identity
from gateway.eventlog import cursor
from gateway.eventlog.entry import Entry, Position, batch
from gateway.eventlog.pages import PAGE, LogPages
from gateway.eventlog.repeats import Repeats
from gateway.eventlog.ring import Ring
from gateway.eventlog.selection import Selection

T = TypeVar("T")

BATCH_EVENTS = 100
# Well below the 4 MiB that clients accept by default.
BATCH_BYTES = 1024 * 1024
_START_SECONDS = 5.0
# How long an API key stays good while the directory cannot be asked again.
_GRACE_SECONDS = 300.0


@dataclass(frozen=True)
class EventLog:
    """What all subscriptions share."""

    ring: Ring
    pages: LogPages
    keepalive_seconds: float


class Subscription:
    """Serialized EventBatches of one caller. `identify` gives the account again when its credentials have run out, or raises."""

    def __init__(
        self, shared: EventLog, request: events_pb2.SubscribeRequest, who: Identity, identify: Callable[[], Awaitable[Identity]]
    ) -> None:
        """Raises InvalidArgument or PermissionDenied for what the account may not ask."""
        self._shared = shared
        self._request = request
        self._who, self._identify = who, identify
        self._selection = self._select(who)
        self._resume = cursor.decode(request.after) if request.after else None
        self._repeats = Repeats()

    async def batches(self) -> AsyncGenerator[bytes, None]:
        """Without end. Raises FailedPrecondition (CURSOR_UNKNOWN, CURSOR_EXPIRED), Unavailable, Unauthenticated or PermissionDenied."""
        position = await self._begin()
        yield batch((), cursor.encode(position))
        spoke = time.monotonic()
        while True:
            if self._shared.ring.closed:
                raise Unavailable("GATEWAY_STOPPING", "the gateway is stopping; resume with the last cursor")
            await self._renew()
            # Taken before reading: what arrives while a page is read must not be slept over.
            seen = self._shared.ring.changes
            entries = await self._next(position)
            start = 0
            while start < len(entries):
                chosen, start = self._choose(entries, start)
                position = entries[start - 1].position
                if chosen:
                    metrics.events_sent.inc(len(chosen))
                    yield batch(chosen, cursor.encode(position))
                    spoke = time.monotonic()
            if time.monotonic() - spoke >= self._shared.keepalive_seconds:
                yield batch((), cursor.encode(position))
                spoke = time.monotonic()
            if not entries:
                await self._shared.ring.wait(max(0.01, spoke + self._shared.keepalive_seconds - time.monotonic()), seen)

    async def _begin(self) -> Position:
        if self._resume is not None:
            # Asked once here, so that a wrong cursor is refused at once and not taken for a quiet log.
            await self._within(self._next(self._resume))
            return self._resume
        if self._request.start == events_pb2.START_EARLIEST:
            return await self._within(self._shared.pages.before_earliest())
        return await self._latest()

    async def _latest(self) -> Position:
        until = time.monotonic() + _START_SECONDS
        while (end := self._shared.ring.end) is None:
            if time.monotonic() > until:
                raise Unavailable("BROKER_UNAVAILABLE", "the event log cannot be read now")
            await self._shared.ring.wait(until - time.monotonic() + 0.01, self._shared.ring.changes)
        return end

    async def _within(self, work: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(work, _START_SECONDS)
        except TimeoutError:
            raise Unavailable("BROKER_UNAVAILABLE", "the event log cannot be read now") from None

    async def _next(self, position: Position) -> Sequence[Entry]:
        live = self._shared.ring.after(position, PAGE)
        if live is not None:
            return live
        return await self._shared.pages.after(position, self._shared.ring.end)

    def _choose(self, entries: Sequence[Entry], start: int) -> tuple[list[Entry], int]:
        chosen: list[Entry] = []
        size = 0
        for index in range(start, len(entries)):
            entry = entries[index]
            if len(chosen) == BATCH_EVENTS or (chosen and size + len(entry.wire) > BATCH_BYTES):
                return chosen, index
            if not self._repeats.is_repeat(entry) and self._selection.wants(entry):
                chosen.append(entry)
                size += len(entry.wire)
        return chosen, len(entries)

    async def _renew(self) -> None:
        if time.time() < self._who.expires_at:
            return
        try:
            who = await self._identify()
        except (Unavailable, DeadlineExceeded):
            if time.time() > self._who.expires_at + _GRACE_SECONDS:
                raise
            return
        self._selection, self._who = self._select(who), who

    def _select(self, who: Identity) -> Selection:
        return Selection(who, list(self._request.types), self._request.region)
