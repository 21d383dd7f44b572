"""Events of the tests' own service, on a registry of its own."""

from contracts.fields import Count, Id
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
