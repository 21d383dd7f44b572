"""What every registered event must be, whoever added it."""

import json
import re
from collections import defaultdict

import pytest
from marshmallow import fields

from contracts import REGISTRY, ContractError
from contracts.consumers import consumers
from contracts.meanings import meanings

EVENTS = [pytest.param(contract, id=f"{contract.type}.v{contract.version}") for contract in REGISTRY]

#: Words of personal data; ids and what the reader needs are all that may travel.
PERSONAL = re.compile(
    r"id_?(number|card|no)$|identity|phone|mobile|^tel|e?mail|address|birth|gender|passw|secret|token|biometric|fingerprint|face|photo|template"
)
#: Field names that only look like personal data, each with what it is.
HARMLESS = {("notifications", "template"): "the name of a message template"}


def fields_of(schema, prefix=""):
    """(path, schema class, name, field) of every field at any depth."""
    for name, field in schema().fields.items():
        yield f"{prefix}{name}", schema, name, field
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from fields_of(type(inner.schema), f"{prefix}{name}.")


@pytest.mark.parametrize("contract", EVENTS)
def test_has_at_least_two_examples_that_load_and_round_trip(contract):
    assert len(contract.examples) >= 2
    for example in contract.examples:
        contract.validate(example)
        assert contract.load(json.loads(json.dumps(example))) == example
        assert contract.schema().dump(contract.schema().load(example)) == example


@pytest.mark.parametrize("contract", EVENTS)
def test_examples_differ(contract):
    assert len({json.dumps(example, sort_keys=True) for example in contract.examples}) == len(contract.examples)


@pytest.mark.parametrize("contract", EVENTS)
def test_is_declared_in_its_owners_module_and_named_after_its_type(contract):
    subject_verb = contract.type.split(".", 1)[1].replace(".", "_")
    squeezed = subject_verb.replace("_", "").lower()
    assert contract.schema.__module__.split(".")[:2] == ["contracts", contract.owner]
    assert contract.schema.__name__.lower() == f"{squeezed}v{contract.version}"


@pytest.mark.parametrize("contract", EVENTS)
def test_says_what_it_and_every_field_mean(contract):
    assert contract.description, f"{contract.type}: {contract.schema.__name__} needs a docstring"
    unexplained = [path for path, schema, name, _ in fields_of(contract.schema) if name not in meanings(schema)]
    assert unexplained == [], "write a comment behind the field, or explain the name in contracts/meanings.py"


@pytest.mark.parametrize("contract", EVENTS)
def test_carries_no_personal_data(contract):
    suspicious = [
        path for path, _, name, _ in fields_of(contract.schema) if PERSONAL.search(name) and (contract.owner, name) not in HARMLESS
    ]
    assert suspicious == []


@pytest.mark.parametrize("contract", EVENTS)
def test_examples_hold_no_identity_card_or_phone_numbers(contract):
    text = json.dumps(contract.examples)
    assert re.findall(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)", text) == []


def test_versions_of_a_type_are_contiguous_from_one_and_keep_their_audience():
    versions, audiences = defaultdict(list), defaultdict(set)
    for contract in REGISTRY:
        versions[contract.type].append(contract.version)
        audiences[contract.type].add(contract.audience)
    assert {type_: found for type_, found in versions.items() if found != list(range(1, len(found) + 1))} == {}
    assert {type_: found for type_, found in audiences.items() if len(found) > 1} == {}


def test_wire_types_and_routing_keys_are_unique_and_lead_back_to_the_contract():
    wire_types = [contract.wire_type for contract in REGISTRY]
    keys = [f"{contract.type}.v{contract.version}" for contract in REGISTRY]
    assert len(set(wire_types)) == len(wire_types) == len(set(keys))
    assert all(REGISTRY.by_wire_type(contract.wire_type) is contract for contract in REGISTRY)


def test_every_subscription_names_a_registered_event_and_version():
    known = {(contract.type, contract.version) for contract in REGISTRY}
    unknown = [f"{reader.where}: {reader.type} v{reader.version}" for reader in consumers() if (reader.type, reader.version) not in known]
    assert unknown == []


def test_every_internal_event_has_a_reader():
    read = {(reader.type, reader.version) for reader in consumers()}
    unread = [c.wire_type for c in REGISTRY if c.audience == "internal" and (c.type, c.version) not in read]
    assert unread == [], "nobody consumes these: subscribe, make them public, or do not send them"


def test_a_queue_takes_an_event_in_one_handler_only():
    handlers = defaultdict(set)
    for reader in consumers():
        handlers[reader.queue].add(reader.handler)
    assert {queue: sorted(found) for queue, found in handlers.items() if len(found) > 1} == {}


@pytest.mark.parametrize("contract", EVENTS)
def test_a_missing_required_field_is_named(contract):
    example = contract.examples[0]
    for name, field in contract.schema().fields.items():
        if field.required:
            less = {key: value for key, value in example.items() if key != name}
            with pytest.raises(ContractError, match=re.escape(name)) as caught:
                contract.validate(less)
            assert list(caught.value.errors) == [name]
            with pytest.raises(ContractError):
                contract.load(less)
