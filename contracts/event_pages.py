"""docs/events.md: the catalogue of events for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields, validate

from contracts import envelope
from contracts import fields as kinds
from contracts.consumers import Consumer
from contracts.meanings import meanings, summary
from contracts.registry import Contract, Registry

_HEAD = f"""# Events

<!-- Generated from contracts/ by `python -m contracts.docs`; change the contracts, not this file. -->

Every event is a CloudEvents 1.0 message in structured JSON on the topic exchange `{envelope.EXCHANGE}`. Its routing key is the type without the prefix
`hallbus.`, then the region path, then the hall (`_` when no single hall is concerned): `intake.case.accepted.v1.52.02.01.h0007`. A queue bound with
`intake.case.*.v1.52.02.#` gets every case event of region 52.02 and below.

The same in machine-readable form: [asyncapi.json](asyncapi.json) (AsyncAPI 3) and one JSON Schema (draft 2020-12) per event under [schemas/](schemas/).

## What a reader can rely on, and must do

- **Nothing is lost, repeats happen.** Deduplicate by `id`.
- **Order is by `version`**, which counts without gaps within `source` and `subject`; the order of a queue promises nothing.
- **A loss can be seen.** `sequence` is dense within `source` and `epoch`: whoever reads all events of a source sees a loss as a gap, and can read the log
  again from there. A selection of types has gaps by its nature.
- **Ignore what you do not know**: optional fields may be added within a version, and enumerations are open. Anything else is a new version.
- **Ids, not people**: no identity-card numbers, phones, templates or passwords. Ask the owner through the gateway for more, with your own permissions.
- `public` events are for integrators, `internal` ones for the services of the house.

## The envelope
"""


def page(registry: Registry, readers: list[Consumer]) -> str:
    """The whole page."""
    contracts = list(registry)
    lines = [_HEAD, *_field_table(envelope.Envelope), "", "### Types", "", *_kinds_table(), ""]
    lines += ["## All events", "", *_index(contracts, readers), ""]
    for owner in sorted({contract.owner for contract in contracts}):
        lines += [f"## {owner}", ""]
        for contract in contracts:
            if contract.owner == owner:
                lines += _section(contract, readers)
    return "\n".join(lines).rstrip() + "\n"


def _index(contracts: list[Contract], readers: list[Consumer]) -> Iterator[str]:
    yield "| event | version | audience | read by |"
    yield "|---|---|---|---|"
    for contract in contracts:
        anchor = f"{contract.type}-v{contract.version}".replace(".", "")
        yield f"| [{contract.type}](#{anchor}) | {contract.version} | {contract.audience} | {', '.join(_services(contract, readers)) or '—'} |"


def _services(contract: Contract, readers: list[Consumer]) -> list[str]:
    return sorted({reader.service for reader in _of(contract, readers)})


def _of(contract: Contract, readers: list[Consumer]) -> list[Consumer]:
    return [reader for reader in readers if (reader.type, reader.version) == (contract.type, contract.version)]


def _section(contract: Contract, readers: list[Consumer]) -> list[str]:
    name = f"{contract.type}.v{contract.version}"
    queues = ", ".join(f"`{reader.queue}`" for reader in _of(contract, readers))
    integrators = "integrators" if contract.audience == "public" else ""
    lines = [
        f"### {contract.type} v{contract.version}",
        "",
        summary(contract.schema),
        "",
        f"- type: `{contract.wire_type}`, owner: {contract.owner}, audience: {contract.audience}",
        f"- routing key: `{name}.<region>.<hall>`",
        f"- read by: {', '.join(part for part in (queues, integrators) if part) or 'nobody yet'}",
        f"- [JSON Schema](schemas/{name}.json)",
        "",
        *_field_table(contract.schema),
        "",
    ]
    for index in range(len(contract.examples)):
        message = envelope.example(contract, index)
        body = json.dumps(message, ensure_ascii=False, indent=2)
        key = envelope.routing_key(contract, message)
        lines += [f"<details><summary>Example {index + 1}: {key}</summary>", "", "```json", body, "```", "", "</details>", ""]
    return lines


def _field_table(schema: type[Schema]) -> Iterator[str]:
    yield "| field | type | required | meaning |"
    yield "|---|---|---|---|"
    yield from _rows("", schema)


def _rows(prefix: str, schema: type[Schema]) -> Iterator[str]:
    said = meanings(schema)
    for name, field in schema().fields.items():
        meaning = said.get(name, "").replace("|", "\\|")
        yield f"| `{prefix}{name}` | {_kind(field)} | {'yes' if field.required else 'no'} | {meaning} |"
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            suffix = "[]" if isinstance(field, fields.List) else ""
            yield from _rows(f"{prefix}{name}{suffix}.", type(inner.schema))


def _kind(field: fields.Field[Any]) -> str:
    return _plain_kind(field) + (" or null" if field.allow_none else "")


def _plain_kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return f"list of {_plain_kind(field.inner)}"
    if isinstance(field, fields.Nested | fields.Dict):
        return "object"
    for validator in field.validators:
        if isinstance(validator, validate.Equal):
            return f'"{validator.comparable}"'
        if isinstance(validator, validate.Length) and validator.max:
            return f"text ≤ {validator.max}"
    named = field.metadata.get("kind")
    return str(named).lower() if named else "text" if isinstance(field, fields.String) else "count"


def _kinds_table() -> Iterator[str]:
    yield "| type | on the wire |"
    yield "|---|---|"
    for kind in (kinds.Id, kinds.Text, kinds.Code, kinds.Time, kinds.Day, kinds.Count, kinds.Number, kinds.Flag, kinds.Marks):
        yield f"| {kind.__name__.lower()} | {(kind.__doc__ or '').strip()} |"
