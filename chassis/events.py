"""Events as the chassis sees them: a draft on the way out, a received one on the way in. CloudEvents 1.0, structured JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from chassis.ids import new_id

EXCHANGE = "hallbus.events"
STREAM = "hallbus.log"
NO_HALL = "_"
_TEXTS = ("id", "source", "subject", "region")


class ContractLike(Protocol):
    """One event type and version of the registry that the process was given."""

    @property
    def wire_type(self) -> str: ...
    def validate(self, data: dict[str, Any]) -> None: ...
    def load(self, data: dict[str, Any]) -> dict[str, Any]: ...


class Contracts(Protocol):
    """The registry of event contracts."""

    def get(self, type_: str, version: int = 1) -> ContractLike: ...


@dataclass(frozen=True)
class Event:
    """A draft: what happened (`type` "intake.case.accepted"), to what (`subject`, its `version`), where, when, and the JSON-ready data."""

    type: str
    subject: str
    version: int
    region: str
    hall_id: str | None
    time: datetime
    data: dict[str, Any]
    contract: int = 1


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as a consumer gets it; `data` holds the contract's known fields as JSON values."""

    id: str
    type: str
    contract: int
    source: str
    subject: str
    version: int
    sequence: int
    epoch: int
    region: str
    hall_id: str | None
    time: datetime
    data: dict[str, Any]
    correlation_id: str


class Undecodable(ValueError):
    """A message that is no event of the contract; the text is the parking reason."""


def routing_key(event: Event) -> str:
    """`<service>.<subject>.<verb>.v<n>.<region path>.<hall>`, so that topic permissions can fence a reader into a region."""
    return f"{event.type}.v{event.contract}.{event.region}.{event.hall_id or NO_HALL}"


def binding_key(type_: str, contract: int) -> str:
    """Every region and hall of one event type and version."""
    return f"{type_}.v{contract}.#"


def envelope(event: Event, contract: ContractLike, *, correlation_id: str, causation_id: str | None) -> dict[str, Any]:
    """The CloudEvents envelope without `sequence` and `epoch`, which the relay knows when it logs the event."""
    body = {
        "specversion": "1.0",
        "id": new_id(),
        "source": "/hallbus/" + event.type.split(".", 1)[0],
        "type": contract.wire_type,
        "subject": event.subject,
        "time": event.time.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "region": event.region,
        "version": event.version,
        "correlationid": correlation_id,
        "data": event.data,
    }
    if event.hall_id:
        body["hallid"] = event.hall_id
    if causation_id:
        body["causationid"] = causation_id
    return body


def sequenced(envelope_json: str, seq: int, epoch: int) -> bytes:
    """The final message: the stored envelope with its place in the log; spliced, because parsing it again would cost more than sending it."""
    return f'{envelope_json[:-1]},"sequence":"{seq:016d}","epoch":{epoch}}}'.encode()


def parse(body: bytes | str, contracts: Contracts, expected: Mapping[str, tuple[str, int]] | None = None) -> ReceivedEvent:
    """The event of a message body; raises Undecodable with the reason. `expected` maps wire types to (type, version) for the fast path."""
    try:
        raw = orjson.loads(body)
        wire_type = raw["type"]
        if expected and wire_type in expected:
            type_, number = expected[wire_type]
        else:
            prefix, _, text = wire_type.rpartition(".v")
            type_, number = prefix.removeprefix("hallbus."), int(text)
        data = contracts.get(type_, number).load(raw["data"])
        for name in _TEXTS:
            if not isinstance(raw[name], str) or not raw[name]:
                raise TypeError(f"{name} is no text")
        for name in ("hallid", "correlationid"):
            if not isinstance(raw.get(name), str | None):
                raise TypeError(f"{name} is no text")
        moment = datetime.fromisoformat(raw["time"])
        if moment.tzinfo is None:
            raise ValueError("time has no offset")
        return ReceivedEvent(
            id=raw["id"],
            type=type_,
            contract=number,
            source=raw["source"],
            subject=raw["subject"],
            version=int(raw["version"]),
            sequence=int(raw["sequence"]),
            epoch=int(raw["epoch"]),
            region=raw["region"],
            hall_id=raw.get("hallid"),
            time=moment,
            data=data,
            correlation_id=raw.get("correlationid") or raw["id"],
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Undecodable(f"{type(error).__name__}: {error}") from error
