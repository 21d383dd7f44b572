"""Events of the tests' own service, on a registry of its own."""

from contracts.fields import Count, Id, Many, Text
from contracts.registry import Payload, Registry

REGISTRY = Registry()


@REGISTRY.event("probe.thing.changed", audience="internal", examples=[{"thing_id": "a", "value": 1}, {"thing_id": "b", "value": 2}])
class ThingChangedV1(Payload):
    """A thing has a new value."""

    thing_id = Id()
    value = Count()


@REGISTRY.event("probe.tick.happened", audience="internal", examples=[{"number": 1}, {"number": 2}])
class TickHappenedV1(Payload):
    """Something small and frequent."""

    number = Count()


@REGISTRY.event(
    "probe.whole.changed",
    audience="internal",
    examples=[{"whole_id": "a", "name": "one", "parts": ["p"]}, {"whole_id": "b", "name": "two", "parts": []}],
)
class WholeChangedV1(Payload):
    """A whole and all its parts."""

    whole_id = Id()
    name = Text(50)
    parts = Many(Id())
