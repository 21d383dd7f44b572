"""The bench's own event, in a registry of its own: the house's registry holds only what really travels."""

from marshmallow import fields, validate

from contracts.registry import Payload, Registry

REGISTRY = Registry()
TYPE = "bench.case.accepted"


@REGISTRY.event(TYPE, audience="internal", examples=[{"item_code": "520200-00001-01", "staff_id": "s00001", "points": 1}])
class CaseAccepted(Payload):
    """A case was accepted."""

    item_code = fields.String(required=True, validate=validate.Length(1, 64))
    staff_id = fields.String(required=True, validate=validate.Length(1, 64))
    points = fields.Integer(required=True, validate=validate.Range(0, 100))
