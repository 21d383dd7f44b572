"""Verdicts on complaints → facts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report, fact

COMPLAINTS = {
    "attitude": "COMPLAINT_ATTITUDE_VERIFIED",
    "approval": "APPROVAL_PROBLEM_VERIFIED",
    "result": "RESULT_DISSATISFIED_STAFF_FAULT",
}


def complaint(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """A verdict on a complaint; the newest counts."""
    data = event.data
    key = f"complaint:{data['complaint_id']}"
    if not data["true"]:
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    told = fact(
        event,
        fact_id=key,
        type=COMPLAINTS.get(data["category"], "COMPLAINT_OTHER_VERIFIED"),
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        serious=data["serious"],
        unlawful=data["unlawful"],
        # The verifier named the person in a verdict of "true"; without a name nobody's fault was established.
        staff_fault=True if data.get("staff_id") else None,
        matter_id=data["complaint_id"],
        channel="complaint",
        verified=True,
    )
    return Report(key, event.version, (told,), recorded_by=data["verified_by"])
