"""The AsyncAPI 3 document of the bus: a channel and a message for each event version, an operation for its owner and for each queue that reads it."""

from __future__ import annotations

from typing import Any

from contracts import envelope
from contracts.consumers import Consumer
from contracts.json_schema import object_schema
from contracts.meanings import meanings, summary
from contracts.registry import Contract, Registry

JsonDict = dict[str, Any]

BINDING = "0.3.0"


def document(registry: Registry, readers: list[Consumer], *, version: str) -> JsonDict:
    """The whole document, ready for JSON; `version` is Hallbus' own."""
    contracts = list(registry)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hallbus events",
            "version": version,
            "description": (
                "Everything that happens in the government service halls of a city, as CloudEvents 1.0 in structured JSON on the topic exchange "
                f"`{envelope.EXCHANGE}`. Delivery is at least once: deduplicate by `id`, order by `version` within `subject`, find losses by "
                "`sequence` within `source` and `epoch`. Ignore fields that you do not know; enumerations are open. Events of audience "
                "`public` are for integrators; they can also be replayed from the stream `hallbus.log` and through the gateway's EventService."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": envelope.CONTENT_TYPE,
        "servers": {"broker": _SERVER},
        "channels": {_key(contract): _channel(contract) for contract in contracts},
        "operations": _operations(contracts, readers),
        "components": {
            "messages": {_key(contract): _message(contract) for contract in contracts},
            "schemas": {"envelope": _envelope_schema(), **{_key(contract): _data_schema(contract) for contract in contracts}},
            "parameters": _PARAMETERS,
            "channelBindings": {"events": {"amqp": _EXCHANGE_BINDING}},
            "messageBindings": {"event": {"amqp": {"contentEncoding": "utf-8", "bindingVersion": BINDING}}},
            "correlationIds": {
                "correlation": {
                    "location": "$message.payload#/correlationid",
                    "description": "the same on everything that one outside cause led to",
                }
            },
        },
    }


_SERVER = {
    "host": "{host}:{port}",
    "protocol": "amqp",
    "protocolVersion": "0.9.1",
    "title": "RabbitMQ of the house",
    "variables": {
        "host": {"default": "localhost"},
        "port": {"default": "5673", "description": "5673 for the private node of one machine, usually 5672 elsewhere"},
    },
}
_EXCHANGE_BINDING = {
    "is": "routingKey",
    "exchange": {"name": envelope.EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
    "bindingVersion": BINDING,
}
_PARAMETERS = {
    "region": {
        "description": "region path of GB/T 2260 codes; bind `….52.02.#` for a region with everything below",
        "examples": ["52.02", "52.02.01"],
        "location": "$message.payload#/region",
    },
    "hall": {
        "description": "the hall, `_` when no single hall is concerned",
        "examples": ["h0001", "_"],
        "location": "$message.payload#/hallid",
    },
}


def _key(contract: Contract) -> str:
    return f"{contract.type}.v{contract.version}"


def _ref(*parts: str) -> JsonDict:
    return {"$ref": "#/" + "/".join(parts)}


def _tags(contract: Contract) -> list[JsonDict]:
    return [{"name": contract.owner}, {"name": contract.audience}]


def _channel(contract: Contract) -> JsonDict:
    return {
        "address": f"{_key(contract)}.{{region}}.{{hall}}",
        "title": contract.type,
        "description": summary(contract.schema),
        "messages": {_key(contract): _ref("components", "messages", _key(contract))},
        "parameters": {name: _ref("components", "parameters", name) for name in _PARAMETERS},
        "tags": _tags(contract),
        "bindings": _ref("components", "channelBindings", "events"),
    }


def _message(contract: Contract) -> JsonDict:
    return {
        "name": contract.wire_type,
        "title": contract.schema.__name__,
        "summary": summary(contract.schema),
        "contentType": envelope.CONTENT_TYPE,
        "correlationId": _ref("components", "correlationIds", "correlation"),
        "payload": {
            "allOf": [
                _ref("components", "schemas", "envelope"),
                {
                    "type": "object",
                    "properties": {"type": {"const": contract.wire_type}, "data": _ref("components", "schemas", _key(contract))},
                },
            ]
        },
        "tags": _tags(contract),
        "bindings": _ref("components", "messageBindings", "event"),
        "examples": [
            {"name": f"example-{index + 1}", "payload": envelope.example(contract, index)} for index in range(len(contract.examples))
        ],
    }


def _operations(contracts: list[Contract], readers: list[Consumer]) -> JsonDict:
    found: JsonDict = {}
    for contract in contracts:
        key = _key(contract)
        common = {"channel": _ref("channels", key), "messages": [_ref("channels", key, "messages", key)]}
        found[f"{contract.owner}.send.{key}"] = {
            "action": "send",
            "summary": f"{contract.owner} tells it, with the commit of the change itself",
            **common,
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": False, "timestamp": True, "bindingVersion": BINDING}},
        }
        for reader in readers:
            if (reader.type, reader.version) == (contract.type, contract.version):
                found[f"{reader.queue}.receive.{key}"] = {
                    "action": "receive",
                    "summary": f"{reader.service} reads it from the queue {reader.queue}",
                    **common,
                    "bindings": {"amqp": {"ack": True, "bindingVersion": BINDING}},
                }
    return found


def _envelope_schema() -> JsonDict:
    return {"title": "CloudEvents 1.0 envelope of Hallbus", **object_schema(envelope.Envelope, meanings=meanings)}


def _data_schema(contract: Contract) -> JsonDict:
    return {"title": contract.schema.__name__, "description": summary(contract.schema), **object_schema(contract.schema, meanings=meanings)}


def event_schema(contract: Contract) -> JsonDict:
    """The JSON Schema (draft 2020-12) of the complete message, in one piece."""
    whole = object_schema(envelope.Envelope, meanings=meanings)
    whole["properties"]["type"] = {"const": contract.wire_type}
    whole["properties"]["source"] = {"const": envelope.source_of(contract)}
    whole["properties"]["data"] = _data_schema(contract)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hallbus:event:{_key(contract)}",
        "title": contract.wire_type,
        "description": summary(contract.schema),
        **whole,
        "examples": [envelope.example(contract, index) for index in range(len(contract.examples))],
    }
