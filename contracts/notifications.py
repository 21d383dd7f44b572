"""Events of notifications: what was told to whom, and what could not be."""

from contracts.fields import Code, Id, Time
from contracts.registry import REGISTRY, Payload

_SENT = {"delivery_id": "d1", "template": "case_due_soon", "channel": "smtp", "recipient_id": "s0001", "at": "2026-11-23T02:00:00+00:00"}


@REGISTRY.event("notifications.delivery.sent", audience="public", examples=[_SENT, {**_SENT, "channel": "inbox"}])
class DeliverySentV1(Payload):
    """A message reached its channel."""

    delivery_id = Id()
    template = Code()  # name of the message template
    channel = Code()  # inbox | smtp
    recipient_id = Id()  # the person or account told
    at = Time()


@REGISTRY.event("notifications.delivery.failed", audience="public", examples=[
    {**_SENT, "reason": "SMTP_REFUSED"}, {**_SENT, "reason": "NO_ADDRESS"},
])  # fmt: skip
class DeliveryFailedV1(Payload):
    """A message will not be tried again; `reason` says why."""

    delivery_id = Id()
    template = Code()  # name of the message template
    channel = Code()  # inbox | smtp
    recipient_id = Id()  # the person or account not told
    at = Time()
    reason = Code()  # SMTP_REFUSED, NO_ADDRESS, …
