"""An integrator who follows the event log with a cursor, is cut off in the middle of a batch, and goes on where he was."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from simulator.gateway import Account, CallError, Gateway
from simulator.timeline import Timeline

_AGAIN_SECONDS = 0.3
_MOST_QUIET = 4


@dataclass(frozen=True)
class Seen:
    """One event as an integrator files it."""

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    epoch: str
    version: int


@dataclass
class Reader:
    """What one reader of the log has worked off: each event once, in the order in which it came; and how many repeats it threw away."""

    events: list[Seen] = field(default_factory=list)
    cursor: str = ""
    repeats: int = 0
    cuts: int = 0
    _known: set[str] = field(default_factory=set)

    def take(self, events: list[dict[str, Any]]) -> None:
        """File the events of a batch, or of a part of it."""
        for event in events:
            if event["id"] in self._known:
                self.repeats += 1
                continue
            self._known.add(event["id"])
            self.events.append(_seen(event))

    def types(self) -> dict[str, int]:
        """How many of each type, without prefix and version: "intake.case.accepted"."""
        found: dict[str, int] = {}
        for event in self.events:
            name = event.type.removeprefix("hallbus.").rpartition(".v")[0]
            found[name] = found.get(name, 0) + 1
        return found


class Integrator:
    """Subscribes for the whole city from the beginning of the log."""

    def __init__(self, gateway: Gateway, timeline: Timeline, who: Account, *, region: str) -> None:
        self._gateway, self._timeline, self._who, self._region = gateway, timeline, who, region
        self.reader = Reader()

    async def follow(self, cut_at: datetime) -> None:
        """Read until cancelled; at `cut_at` the line breaks after half a batch, and an hour later he resumes with the cursor he had kept."""
        cut = False
        while True:
            with contextlib.suppress(CallError):
                async for batch in self._batches(self.reader.cursor):
                    events = batch.get("events", [])
                    if not cut and len(events) > 1 and self._timeline.now() >= cut_at:
                        cut = True
                        self.reader.take(events[: len(events) // 2])
                        self.reader.cuts += 1
                        break
                    self.reader.take(events)
                    self.reader.cursor = batch["cursor"]
            await asyncio.sleep(_AGAIN_SECONDS)

    async def read_all(self) -> Reader:
        """A second reader, from the oldest event to the end of the log."""
        reader, quiet = Reader(), 0
        async for batch in self._batches(""):
            events = batch.get("events", [])
            reader.take(events)
            quiet = 0 if events else quiet + 1
            # A batch without events is a sign of life: there is nothing more, or a busy house has not read it yet.
            if quiet and (len(reader.events) >= len(self.reader.events) or quiet >= _MOST_QUIET):
                break
        return reader

    def _batches(self, cursor: str) -> Any:
        request = {"region": self._region, **({"after": cursor} if cursor else {"start": "earliest"})}
        return self._gateway.stream("events", "Subscribe", request, who=self._who)


def _seen(event: dict[str, Any]) -> Seen:
    whole = orjson.loads(event["json"])
    return Seen(
        event["id"], event["type"], event["source"], event["subject"], int(whole["sequence"]), str(whole["epoch"]), int(whole["version"])
    )
