"""Events of others → reports of facts, a module for each source, one small pure function for each event."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report
from services.scoring.events.table import FACT_EVENTS, REPORTS

MAPPERS: dict[type, Any] = {}

__all__ = ["FACT_EVENTS", "MAPPERS", "Report", "report"]


def report(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """The facts of an event, or None when it states none (a first one-time notice). `zone` is the hall's."""
    return REPORTS[event.type](event, zone)
