"""One message of the log, parsed once for all subscribers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from hallbus.v1 import events_pb2


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log: just behind the event with this id at this offset. `BEGINNING` is the place before all events."""

    offset: int
    event_id: str


BEGINNING = Position(-1, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a subscription decides by, and `wire`: the event as field `events` of an EventBatch, already serialized."""

    position: Position
    type: str
    source: str
    epoch: int
    sequence: int
    region: str
    hall_id: str | None
    wire: bytes


def parse(offset: int, body: bytes) -> Entry:
    """The entry of a log message. Something that is no event becomes an entry that no subscription wants: it still has its place."""
    try:
        event = orjson.loads(body)
        sent = events_pb2.CloudEvent(
            id=event["id"], source=event["source"], type=event["type"], subject=event.get("subject", ""), json=body
        )
        return Entry(
            Position(offset, sent.id),
            sent.type,
            sent.source,
            int(event["epoch"]),
            int(event["sequence"]),
            event.get("region") or "",
            event.get("hallid"),
            events_pb2.EventBatch(events=[sent]).SerializeToString(),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Entry(Position(offset, "?" + hashlib.sha256(body).hexdigest()[:16]), "", "", 0, 0, "", None, b"")


def batch(entries: Sequence[Entry], cursor: str) -> bytes:
    """A serialized EventBatch; the concatenation of serialized messages is their merge, and repeated fields append."""
    return b"".join([*(entry.wire for entry in entries), events_pb2.EventBatch(cursor=cursor).SerializeToString()])
