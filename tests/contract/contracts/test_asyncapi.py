"""docs/asyncapi.json against the rules of AsyncAPI 3.0.0 and its AMQP bindings 0.3.0, as far as they concern what we write.

Objects are closed (only the fields of the specification), references resolve to the right kind of object, operations use messages of their own channel,
address parameters are those declared, payload examples keep the payload's schema.
"""

import json
import re

import pytest
from jsonschema import Draft7Validator

from chassis.events import EXCHANGE, binding_key
from contracts import REGISTRY, docs
from contracts.consumers import consumers

DOCUMENT = json.loads((docs.DOCS / "asyncapi.json").read_text(encoding="utf-8"))
KEY = re.compile(r"[\w.\-]+")
TEXTS = {"title", "description", "summary", "name", "contentType", "protocol", "protocolVersion", "host", "pathname", "location", "default"}
#: Kind of object → (fields it may have, fields it must have).
FIELDS = {
    "root": ({"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}, {"asyncapi", "info"}),
    "info": ({"title", "version", "description", "termsOfService", "contact", "license", "tags", "externalDocs"}, {"title", "version"}),
    "server": ({"host", "protocol", "protocolVersion", "pathname", "description", "title", "summary", "variables", "security", "tags",
                "externalDocs", "bindings"}, {"host", "protocol"}),
    "variable": ({"enum", "default", "description", "examples"}, set()),
    "channel": ({"address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "externalDocs", "bindings"}, set()),
    "parameter": ({"enum", "default", "description", "examples", "location"}, set()),
    "operation": ({"action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages",
                   "reply"}, {"action", "channel"}),
    "message": ({"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs",
                 "bindings", "examples", "traits"}, set()),
    "example": ({"headers", "payload", "name", "summary"}, {"payload"}),
    "correlationId": ({"description", "location"}, {"location"}),
    "tag": ({"name", "description", "externalDocs"}, {"name"}),
    "components": ({"schemas", "servers", "channels", "operations", "messages", "securitySchemes", "serverVariables", "parameters",
                    "correlationIds", "replies", "replyAddresses", "externalDocs", "tags", "operationTraits", "messageTraits", "serverBindings",
                    "channelBindings", "operationBindings", "messageBindings"}, set()),
    "amqp channel": ({"is", "exchange", "queue", "bindingVersion"}, {"is", "exchange"}),
    "amqp operation": ({"expiration", "userId", "cc", "priority", "deliveryMode", "mandatory", "bcc", "timestamp", "ack", "bindingVersion"}, set()),
    "amqp message": ({"contentEncoding", "messageType", "bindingVersion"}, set()),
}  # fmt: skip


def keeps(kind, value):
    """Assert that an object has the fields of its kind, and that texts are texts."""
    allowed, required = FIELDS[kind]
    assert set(value) - allowed == set(), kind
    assert required - set(value) == set(), kind
    assert [name for name in TEXTS & set(value) if not isinstance(value[name], str)] == [], kind


def resolve(pointer):
    """The object a local reference points to."""
    assert set(pointer) == {"$ref"}
    assert pointer["$ref"].startswith("#/")
    value = DOCUMENT
    for part in pointer["$ref"][2:].split("/"):
        value = value[part.replace("~1", "/").replace("~0", "~")]
    return value


def entries(kind, folder):
    """All objects of a map; keys keep the specification's pattern."""
    assert [key for key in folder if not KEY.fullmatch(key)] == []
    for value in folder.values():
        keeps(kind, value)
        yield value


def references(value):
    """Every $ref anywhere."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield {"$ref": value["$ref"]}
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def test_the_root_and_its_servers():
    keeps("root", DOCUMENT)
    assert DOCUMENT["asyncapi"] == "3.0.0"
    keeps("info", DOCUMENT["info"])
    for server in entries("server", DOCUMENT["servers"]):
        assert set(re.findall(r"{(\w+)}", server["host"])) == set(server["variables"])
        assert len(list(entries("variable", server["variables"]))) == len(server["variables"])


def test_every_reference_resolves():
    assert sum(1 for reference in references(DOCUMENT) if resolve(reference) is not None) > len(REGISTRY)


def test_channels_say_their_address_parameters_and_exchange():
    assert sorted(DOCUMENT["channels"]) == sorted(f"{c.type}.v{c.version}" for c in REGISTRY)
    for channel in entries("channel", DOCUMENT["channels"]):
        assert re.findall(r"{(\w+)}", channel["address"]) == list(channel["parameters"])
        for parameter in channel["parameters"].values():
            keeps("parameter", resolve(parameter))
            assert re.fullmatch(r"\$message\.(header|payload)#(/[^/~]+)+", resolve(parameter)["location"])
        for message in channel["messages"].values():
            keeps("message", resolve(message))
        for tag in channel["tags"]:
            keeps("tag", tag)
        binding = resolve(channel["bindings"])["amqp"]
        keeps("amqp channel", binding)
        assert binding["exchange"] == {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}


def test_addresses_are_what_the_chassis_binds():
    for contract in REGISTRY:
        channel = DOCUMENT["channels"][f"{contract.type}.v{contract.version}"]
        assert channel["address"].split(".{")[0] + ".#" == binding_key(contract.type, contract.version)


def test_operations_use_messages_of_their_own_channel():
    for operation in entries("operation", DOCUMENT["operations"]):
        assert operation["action"] in ("send", "receive")
        keeps("channel", resolve(operation["channel"]))
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
        keeps("amqp operation", operation["bindings"]["amqp"])
        assert operation["bindings"]["amqp"].get("deliveryMode", 2) in (1, 2)


def test_every_event_has_one_sender_and_every_queue_a_receiver():
    senders = [name for name, operation in DOCUMENT["operations"].items() if operation["action"] == "send"]
    receivers = [name for name, operation in DOCUMENT["operations"].items() if operation["action"] == "receive"]
    assert sorted(senders) == sorted(f"{c.owner}.send.{c.type}.v{c.version}" for c in REGISTRY)
    assert sorted(receivers) == sorted({f"{r.queue}.receive.{r.type}.v{r.version}" for r in consumers()})


def test_components_are_well_formed():
    keeps("components", DOCUMENT["components"])
    for correlation in entries("correlationId", DOCUMENT["components"]["correlationIds"]):
        assert correlation["location"].startswith("$message.payload#/")
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert KEY.fullmatch(name)
        Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["messages"]))
def test_examples_keep_the_payload_schema(name):
    message = DOCUMENT["components"]["messages"][name]
    keeps("amqp message", resolve(message["bindings"])["amqp"])
    payload = Draft7Validator({**DOCUMENT, "allOf": [message["payload"]]})
    assert len(message["examples"]) >= 2
    for example in message["examples"]:
        keeps("example", example)
        assert list(payload.iter_errors(example["payload"])) == []
        assert not payload.is_valid({**example["payload"], "type": "hallbus.other.thing.done.v1"})
        assert not payload.is_valid({**example["payload"], "data": {}})
