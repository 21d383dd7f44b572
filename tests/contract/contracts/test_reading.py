"""Producers are held to every letter, readers overlook what they do not know."""

import pytest
from marshmallow import Schema

from contracts import REGISTRY, Contract, ContractError, Payload, Registry
from contracts.fields import Count, Day, Flag, Id, Many, Marks, Text, Time


class Leaf(Schema):
    """Third level."""

    word = Text(5)


class Item(Schema):
    """Second level."""

    item_id = Id()
    leaves = Many(Leaf, required=False, allow_none=True)


class ThingDoneV1(Payload):
    """First level."""

    thing_id = Id()
    items = Many(Item)
    tags = Many(Text(5), required=False)
    note = Text(5, required=False, allow_none=True)


CONTRACT = Contract("things.thing.done", 1, "internal", ThingDoneV1, ())
DATA = {"thing_id": "t1", "items": [{"item_id": "i1", "leaves": [{"word": "a"}]}, {"item_id": "i2", "leaves": None}], "tags": ["x"]}
GROWN = {
    "thing_id": "t1",
    "later": 1,
    "items": [{"item_id": "i1", "later": 2, "leaves": [{"word": "a", "later": 3}]}, {"item_id": "i2", "leaves": None}],
    "tags": ["x"],
}


@pytest.mark.parametrize("contract", list(REGISTRY), ids=lambda contract: contract.wire_type)
def test_an_unknown_field_is_refused_by_validate_and_dropped_by_load(contract):
    data = {**contract.examples[0], "added_later": 1}
    with pytest.raises(ContractError, match="added_later"):
        contract.validate(data)
    assert contract.load(data) == contract.examples[0]


def test_unknown_fields_are_refused_and_dropped_at_every_depth():
    with pytest.raises(ContractError) as caught:
        CONTRACT.validate(GROWN)
    assert caught.value.errors == {
        "later": ["Unknown field."],
        "items": {0: {"later": ["Unknown field."], "leaves": {0: {"later": ["Unknown field."]}}}},
    }
    assert CONTRACT.load(GROWN) == DATA


def test_load_keeps_json_values_and_leaves_its_argument_alone():
    before = repr(GROWN)
    loaded = CONTRACT.load(GROWN)
    assert repr(GROWN) == before
    assert type(loaded["items"]) is list


def test_a_reader_still_refuses_wrong_values_of_known_fields():
    with pytest.raises(ContractError, match="item_id"):
        CONTRACT.load({**DATA, "items": [{"item_id": "has space"}]})
    for nothing in ("text", 1, None, []):
        with pytest.raises(ContractError):
            CONTRACT.load(nothing)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Id(), ["a", "c/2026-11-23/am", "字" * 64], ["", "a b", "a\n", "a" * 65, 1, None, True]),
        (Text(3), ["", "三个字"], ["four", 1, None]),
        (Time(), ["2026-11-23T00:31:00+00:00", "2026-11-23T08:31:00.123456+08:00", "2026-11-23T00:31:00Z"],
         ["2026-11-23T00:31:00", "2026-11-23", "2026-11-23 00:31:00+00:00", "20261123T003100Z", "2026-13-01T00:00:00Z", "2026-W48-1T00:00:00Z",
          "2026-11-23T00:31:00Z\n", 1795393860, None]),
        (Day(), ["2026-11-23"], ["20261123", "2026-W48-1", "2026-02-30", "2026-11-23T00:00:00Z", "2026-11-23\n", 20261123, None]),
        (Count(), [0, 10**12], [-1, 1.5, 1.0, "1", True, None]),
        (Flag(), [True, False], [1, 0, "true", None]),
        (Marks(), ["-0.50", "100.00"], ["0.5", "-.50", "1,00", "１.００", "0.50\n", 0.5, None]),
    ],
)  # fmt: skip
def test_a_value_has_one_spelling(field, good, bad):
    schema = Payload.from_dict({"value": field})()
    assert [value for value in good if schema.validate({"value": value})] == []
    assert [value for value in bad if not schema.validate({"value": value})] == []


def test_the_registry_refuses_bad_names_and_doubles():
    registry = Registry()
    with pytest.raises(ValueError, match=r"is not <service>\.<subject>\.<past_verb>"):
        registry.event("Things.done", audience="internal", examples=[])(ThingDoneV1)
    registry.event("things.thing.done", audience="internal", examples=[])(ThingDoneV1)
    with pytest.raises(ValueError, match="registered twice"):
        registry.event("things.thing.done", audience="internal", examples=[])(ThingDoneV1)
    for wire_type in ("things.thing.done.v1", "hallbus.things.thing.done", "hallbus.things.thing.done.v2", "hallbus.things.thing.done.vx"):
        with pytest.raises(KeyError):
            registry.by_wire_type(wire_type)
