"""Consumers say, as data, what they need of an event; here that is held against the producer's contract, before either is released.

A producer that drops, renames or narrows a field fails here with the consumer's name. A new consumer writes its mapping into tests/contract/consumers.py and a
case; `python -m tests.contract.write_cases` proposes the smallest one from the producer's examples, to be read before it is committed.
"""

import pytest
from marshmallow import fields

from contracts import REGISTRY
from tests.contract.consumers import MAPPINGS, cases, heard, leaves, made_of, without

CASES = cases()
NAMES = [f"{consumer}/{path.parent.name}/{path.stem}" for consumer, path, _ in CASES]


def schema_field(schema, path):
    """The field of a producer's schema at the path of a payload; None for what lies inside a free-form one."""
    inner = schema
    for step in path:
        if isinstance(step, int):
            continue
        if inner is None:
            return None
        field = inner.fields[step]
        nested = field.inner if isinstance(field, fields.List) else field
        inner = nested.schema if isinstance(nested, fields.Nested) else None
    return field


def outcome(consumer, type_, data):
    """What comes of a payload; an error is an outcome too."""
    try:
        return made_of(consumer, type_, data)
    except Exception as error:  # noqa: BLE001  any error means that the consumer needs what is missing
        return repr(type(error))


def test_every_event_that_somebody_hears_has_his_case():
    stated = {(consumer, case["type"], case["version"]) for consumer, _, case in CASES}
    assert stated == heard()


def test_every_mapping_is_of_an_event_that_is_heard():
    assert {(consumer, type_) for consumer, of in MAPPINGS.items() for type_, mapping in of.items() if mapping} == {
        (c, t) for c, t, _ in heard()
    }


@pytest.mark.parametrize(("consumer", "path", "case"), CASES, ids=NAMES)
class TestCase:
    def test_it_lies_where_its_producer_looks(self, consumer, path, case):
        producer, _, name = case["type"].partition(".")
        assert (path.parent.name, path.stem) == (producer, name)

    def test_the_producer_says_what_the_consumer_relies_on(self, consumer, path, case):
        contract = REGISTRY.get(case["type"], case["version"])
        assert contract.schema(partial=True).validate(case["relies_on"]) == {}

    def test_the_consumer_makes_of_it_what_it_says(self, consumer, path, case):
        assert made_of(consumer, case["type"], case["relies_on"]) == case["becomes"]

    def test_nothing_is_asked_for_that_is_not_used(self, consumer, path, case):
        unused = [
            leaf
            for leaf in leaves(case["relies_on"])
            if outcome(consumer, case["type"], without(case["relies_on"], leaf)) == case["becomes"]
        ]
        assert unused == []

    def test_what_the_producer_may_leave_out_is_not_needed(self, consumer, path, case):
        schema = REGISTRY.get(case["type"], case["version"]).schema()
        optional = [leaf for leaf in leaves(case["relies_on"]) if (field := schema_field(schema, leaf)) is not None and not field.required]
        for leaf in optional:
            made_of(consumer, case["type"], without(case["relies_on"], leaf))

    def test_every_example_of_the_producer_can_be_read(self, consumer, path, case):
        for example in REGISTRY.get(case["type"], case["version"]).examples:
            made_of(consumer, case["type"], example)
