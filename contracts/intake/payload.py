"""What every event about a case (办件) carries."""

from contracts.fields import Count, Id, Text
from contracts.registry import Payload

CASE = {
    "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "case_no": "H0001-20261123-000001", "item_id": "i0001", "item_version": 1,
    "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001",
}  # fmt: skip


class CasePayload(Payload):
    """What every case event carries; `staff_id` is the first responsible person (承办第一责任人)."""

    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    item_version = Count()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()
