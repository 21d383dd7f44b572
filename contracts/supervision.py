"""Events of supervision: what inspectors found."""

from contracts.fields import Code, Count, Id, Time
from contracts.registry import REGISTRY, Payload

_FINDING = {
    "finding_id": "f1", "kind": "OFF_POST", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001", "minutes": 40,
    "found_at": "2026-11-23T02:30:00+00:00", "inspector_id": "s0091",
}  # fmt: skip
_EMPTY = {**_FINDING, "finding_id": "f2", "kind": "WINDOW_EMPTY", "staff_id": None, "minutes": None}


class FindingPayload(Payload):
    """What every event about a finding carries; `kind` is a neutral event type of domain §3.10."""

    finding_id = Id()
    kind = Code()  # OFF_POST, WINDOW_EMPTY, …
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)
    minutes = Count(required=False, allow_none=True)
    found_at = Time()  # when the inspector saw it
    inspector_id = Id()


@REGISTRY.event("supervision.finding.recorded", audience="public", examples=[_FINDING, _EMPTY])
class FindingRecordedV1(FindingPayload):
    """An inspector saw something; it does not score yet."""


@REGISTRY.event("supervision.finding.verified", audience="public", examples=[
    {**_FINDING, "verified_by": "s0092", "verified_at": "2026-11-23T06:30:00+00:00"},
    {**_EMPTY, "verified_by": "s0092", "verified_at": "2026-11-23T06:30:00+00:00"},
])  # fmt: skip
class FindingVerifiedV1(FindingPayload):
    """A second person verified it: now it scores."""

    verified_by = Id()
    verified_at = Time()


@REGISTRY.event("supervision.finding.rejected", audience="public", examples=[
    {**_FINDING, "rejected_by": "s0092", "rejected_at": "2026-11-23T06:30:00+00:00"},
    {**_EMPTY, "rejected_by": "s0092", "rejected_at": "2026-11-23T06:30:00+00:00"},
])  # fmt: skip
class FindingRejectedV1(FindingPayload):
    """The explanation was accepted: it never scores, and a score already given is taken back."""

    rejected_by = Id()  # the person who accepted the explanation
    rejected_at = Time()  # when it was rejected
