"""Findings of inspections → facts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report, fact


def finding(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """A finding: recorded, verified, or rejected."""
    data = event.data
    key = f"finding:{data['finding_id']}"
    if event.type == "supervision.finding.rejected":
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["found_at"])
    told = fact(
        event,
        fact_id=key,
        type=data["kind"],
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        minutes=data.get("minutes"),
        channel="inspection",
        verified=event.type == "supervision.finding.verified",
    )
    return Report(key, event.version, (told,), recorded_by=data["inspector_id"])
