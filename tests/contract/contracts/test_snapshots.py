"""Golden snapshots: a promise changes visibly and compatibly, or as a new version."""

import copy
import json

import pytest
from marshmallow import Schema

from contracts import REGISTRY, Contract, Payload, Registry, compatibility, docs
from contracts.compatibility import breaks, incompatible, outdated, snapshot, snapshots, stored
from contracts.fields import Count, Id, Many, Text, Time


class Part(Schema):
    """A nested object."""

    part_id = Id()
    note = Text(required=False)


class ThingDone(Payload):
    """The event before any change."""

    thing_id = Id()
    at = Time()
    parts = Many(Part)
    tags = Many(Text(10), required=False)


def shot(schema, audience="public"):
    return snapshot(Contract("things.thing.done", 1, audience, schema, ()))


def changed(**over):
    """ThingDone with other fields; `...` takes one away."""
    members = {**ThingDone._declared_fields, **over}
    return shot(Payload.from_dict({name: field for name, field in members.items() if field is not ...}))


def part(**over):
    members = {**Part._declared_fields, **over}
    return Schema.from_dict({name: field for name, field in members.items() if field is not ...}, name="PartChanged")


OLD = shot(ThingDone)


def test_committed_snapshots_keep_every_promise():
    assert incompatible(snapshots(), stored()) == []


def test_committed_snapshots_are_up_to_date():
    assert outdated(snapshots(), stored()) == [], "run: python -m contracts.docs --accept"


def test_a_snapshot_survives_its_own_writing():
    assert json.loads(json.dumps(OLD)) == OLD
    assert breaks(OLD, copy.deepcopy(OLD)) == []


@pytest.mark.parametrize(
    "new",
    [
        changed(later=Id(required=False)),
        changed(later=Many(Part, required=False, allow_none=True)),
        changed(parts=Many(part(later=Count(required=False)))),
    ],
    ids=["optional field", "optional list", "optional field in a list"],
)
def test_optional_additions_are_compatible(new):
    assert new != OLD
    assert breaks(OLD, new) == []


@pytest.mark.parametrize(
    ("new", "problems"),
    [
        (changed(at=...), ["at: removed (or renamed)"]),
        (changed(at=..., happened_at=Time()),
         ["at: removed (or renamed)", "happened_at: added as required; only optional fields may be added"]),
        (changed(at=Time(required=False)), ["at: no longer required"]),
        (changed(tags=Many(Text(10))), ["tags: newly required"]),
        (changed(later=Id()), ["later: added as required; only optional fields may be added"]),
        (changed(thing_id=Count()),
         ["thing_id: minimum was None, is 0", "thing_id: pattern was '^[^\\\\s]{1,64}$', is None", "thing_id: type was 'string', is 'integer'"]),
        (changed(at=Time(allow_none=True)), ["at: type was 'string', is ['string', 'null']"]),
        (changed(tags=Many(Text(20), required=False)), ["tags[]: maxLength was 10, is 20"]),
        (changed(parts=Many(part(note=...))), ["parts[].note: removed (or renamed)"]),
        (changed(parts=Many(part(later=Id()))), ["parts[].later: added as required; only optional fields may be added"]),
        (changed(tags=Text(10, required=False)), ["tags: items was {'type': 'string', 'maxLength': 10}, is None", "tags: maxLength was None, is 10",
                                                  "tags: type was 'array', is 'string'"]),
        (shot(ThingDone, audience="internal"), ["audience: public readers would lose it"]),
    ],
)  # fmt: skip
def test_everything_else_is_a_new_version(new, problems):
    assert breaks(OLD, new) == problems


def test_an_internal_event_may_become_public():
    assert breaks(shot(ThingDone, audience="internal"), OLD) == []


def test_an_event_cannot_vanish():
    assert incompatible({}, {"things.thing.done.v1": OLD}) == [
        "things.thing.done.v1: no longer registered; an event ends by a decision, not by deletion"
    ]


def test_a_second_version_leaves_the_first_alone():
    registry = Registry()
    registry.event("things.thing.done", audience="public", examples=[])(ThingDone)
    registry.event("things.thing.done", version=2, audience="public", examples=[])(Payload.from_dict({"thing_id": Count()}))
    assert incompatible(snapshots(registry), {"things.thing.done.v1": OLD}) == []
    assert sorted(outdated(snapshots(registry), {"things.thing.done.v1": OLD})) == ["envelope", "things.thing.done.v2"]


def a_copy(folder):
    for name, content in stored().items():
        compatibility.write(name, content, folder)
    return folder


def altered(folder, name, alter):
    content = stored(folder)[name]
    alter(content)
    compatibility.write(name, content, folder)


def test_a_changed_schema_fails_until_it_is_accepted(tmp_path):
    folder = a_copy(tmp_path / "snapshots")
    altered(
        folder,
        "intake.case.decided.v1",
        lambda old: old["data"]["properties"].pop("window_id") and old["data"]["required"].remove("window_id"),
    )
    assert docs.check(snapshots=folder)[0].startswith("intake.case.decided.v1: window_id: added as required")
    name = "scoring.ledger.posted.v1"
    folder = a_copy(tmp_path / "others")
    altered(folder, name, lambda old: old["data"]["properties"].pop("person_id"))
    assert docs.check(snapshots=folder)[:2] == [
        f"contracts/_snapshots/{name}.json is not that of the contract",
        "run: python -m contracts.docs --accept",
    ]
    assert docs.accept(folder) == ([name], [])
    assert stored(folder) == stored()


def test_an_incompatible_change_is_never_accepted(tmp_path):
    folder = a_copy(tmp_path / "snapshots")
    altered(folder, "intake.case.decided.v1", lambda old: old["data"]["properties"].update(gone={"type": "string"}))
    before = stored(folder)
    assert docs.accept(folder) == ([], ["intake.case.decided.v1: gone: removed (or renamed)"])
    assert docs.check(snapshots=folder) == [
        "intake.case.decided.v1: gone: removed (or renamed)",
        "within a version only optional fields may be added: undo this, or register the next version beside it",
    ]
    assert stored(folder) == before


def test_the_envelope_is_a_promise_too():
    assert "envelope" in stored()
    broken = copy.deepcopy(stored())
    broken["envelope"]["data"]["properties"]["hall"] = {"type": "string"}
    assert incompatible(snapshots(REGISTRY), broken) == ["envelope: hall: removed (or renamed)"]
