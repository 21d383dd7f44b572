"""Events of others → reports of facts and corrections of them: a module for each source, one small pure function for each event."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Aspect, Correction, Report
from services.scoring.events.table import CORRECTING_EVENTS, CORRECTIONS, FACT_EVENTS, REPORTS

MAPPERS: dict[type, Any] = {}

__all__ = ["CORRECTING_EVENTS", "FACT_EVENTS", "MAPPERS", "Aspect", "Correction", "Report", "corrections", "report"]


def report(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """The facts of an event, or None when it states none (a first one-time notice). `zone` is the hall's."""
    return REPORTS[event.type](event, zone)


def corrections(event: ReceivedEvent) -> tuple[Correction, ...]:
    """What an event corrects of facts that others told before, or will: the order of arrival is not that of the telling."""
    return CORRECTIONS[event.type](event)
