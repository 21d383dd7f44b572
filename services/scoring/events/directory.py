"""Improvements of items → facts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report, fact, refused

IMPROVEMENTS = {"promise_to_immediate": "PROMISE_TO_IMMEDIATE", "shorten_promise": "SHORTEN_PROMISE"}


def improvement(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """An improvement of an item; it scores once a second person has verified it."""
    data = event.data
    key = f"improvement:{data['improvement_id']}"
    if refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["detected_at"])
    told = fact(
        event,
        fact_id=key,
        type=IMPROVEMENTS.get(data["kind"], "OPTIMISE"),
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        matter_id=f"{data['item_id']}/{data['item_version']}",
        channel="improvement",
        verified=event.type == "directory.improvement.decided",
    )
    return Report(key, event.version, (told,), recorded_by=data["published_by"])
