"""What travels on the bus: one entry per event type and version.

The registry is data for everyone: producers validate strictly against it on commit, consumers read tolerantly through it, and the documents
(events.md, AsyncAPI, JSON Schemas) are generated from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

Audience = Literal["internal", "public"]
JsonDict = dict[str, Any]

_TYPE = re.compile(r"^[a-z]+\.[a-z_]+\.[a-z_]+$")


class Payload(Schema):
    """Base of every event's data; unknown fields are refused here and tolerated by readers (see `Contract.load`)."""

    class Meta:
        unknown = RAISE


#: Named here, since inside Contract the word `type` means the event's.
PayloadClass = type[Payload]


class ContractError(ValueError):
    """An event does not keep its contract; `errors` names the fields."""

    def __init__(self, type_: str, version: int, errors: Mapping[str, Any]) -> None:
        super().__init__(f"{type_} v{version}: {errors}")
        self.type = type_
        self.version = version
        self.errors = errors


def _tolerate(schema: Schema) -> Callable[[JsonDict], JsonDict]:
    """Make a schema read tolerantly to any depth (marshmallow's `unknown` stops at the top); returns what keeps only its known fields."""
    names = frozenset(schema.fields)
    deeper: dict[str, Callable[[Any], Any]] = {}
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if not isinstance(inner, fields.Nested):
            continue
        inner.unknown = EXCLUDE
        known = _tolerate(inner.schema)
        deeper[name] = _each(known) if inner is not field else known

    def keep(data: JsonDict) -> JsonDict:
        kept = {name: value for name, value in data.items() if name in names}
        for name, known in deeper.items():
            if kept.get(name) is not None:
                kept[name] = known(kept[name])
        return kept

    return keep


def _each(known: Callable[[JsonDict], JsonDict]) -> Callable[[list[JsonDict]], list[JsonDict]]:
    return lambda items: [known(item) for item in items]


@dataclass(frozen=True)
class Contract:
    """One event type at one version: `type` ("intake.case.accepted"), who may read it, its schema and examples."""

    type: str
    version: int
    audience: Audience
    schema: PayloadClass
    examples: tuple[JsonDict, ...]

    @property
    def owner(self) -> str:
        """The only service that may emit it."""
        return self.type.split(".", 1)[0]

    @property
    def wire_type(self) -> str:
        """CloudEvents `type`: "hallbus.intake.case.accepted.v1"."""
        return f"hallbus.{self.type}.v{self.version}"

    @property
    def description(self) -> str:
        return (self.schema.__doc__ or "").strip()

    def validate(self, data: JsonDict) -> None:
        """Strict: unknown or wrong fields raise ContractError. The producer's side."""
        errors = self._strict.validate(data)
        if errors:
            raise ContractError(self.type, self.version, errors)

    def load(self, data: JsonDict) -> JsonDict:
        """Tolerant: unknown fields are dropped, known ones must be right. The reader's side; values stay JSON-typed."""
        errors = self._tolerant.validate(data)
        if errors:
            raise ContractError(self.type, self.version, errors)
        kept: JsonDict = self._known(data)
        return kept

    def __post_init__(self) -> None:
        # Schema instances are costly to make and free of state: one of each for the life of the process.
        object.__setattr__(self, "_strict", self.schema())
        object.__setattr__(self, "_tolerant", self.schema(unknown=EXCLUDE))
        object.__setattr__(self, "_known", _tolerate(self._tolerant))

    _strict: Any = None
    _tolerant: Any = None
    _known: Any = None


class Registry:
    """All contracts by (type, version)."""

    def __init__(self) -> None:
        self._contracts: dict[tuple[str, int], Contract] = {}

    def event(
        self, type_: str, *, version: int = 1, audience: Audience, examples: Sequence[JsonDict]
    ) -> Callable[[type[Payload]], type[Payload]]:
        """Class decorator that registers a payload schema."""

        def register(schema: type[Payload]) -> type[Payload]:
            if not _TYPE.match(type_):
                raise ValueError(f"{type_!r} is not <service>.<subject>.<past_verb>")
            if (type_, version) in self._contracts:
                raise ValueError(f"{type_} v{version} is registered twice")
            self._contracts[type_, version] = Contract(type_, version, audience, schema, tuple(examples))
            return schema

        return register

    def get(self, type_: str, version: int = 1) -> Contract:
        """The contract; KeyError names what is missing."""
        try:
            return self._contracts[type_, version]
        except KeyError:
            raise KeyError(f"no contract {type_} v{version} in the registry") from None

    def by_wire_type(self, wire_type: str) -> Contract:
        """The contract of a CloudEvents type such as "hallbus.intake.case.accepted.v1"."""
        prefix, _, version = wire_type.rpartition(".v")
        if not prefix.startswith("hallbus.") or not version.isdigit():
            raise KeyError(f"{wire_type!r} is not a Hallbus event type")
        return self.get(prefix.removeprefix("hallbus."), int(version))

    def __iter__(self) -> Iterator[Contract]:
        return iter(sorted(self._contracts.values(), key=lambda c: (c.type, c.version)))

    def __len__(self) -> int:
        return len(self._contracts)


REGISTRY = Registry()

__all__ = ["REGISTRY", "Audience", "Contract", "ContractError", "Payload", "Registry", "ValidationError"]
