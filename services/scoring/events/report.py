"""What an event is turned into: a report with facts, and what the mappings of all sources share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.domain.facts import Fact


@dataclass(frozen=True)
class Report:
    """What one source says now: the facts of a newer version replace those of an older one, those not named any more are taken back.

    `recorded_by` is the person who said it, if it was one, `recorded_through` the account that a hand-made fact came from.
    """

    source_key: str
    version: int
    facts: tuple[Fact, ...]
    recorded_by: str | None = None
    evidence: str = ""
    recorded_through: str | None = None


Mapping = Callable[[ReceivedEvent, ZoneInfo], Report | None]


def fact(event: ReceivedEvent, **values: Any) -> Fact:
    """The fact of an event: who, where and which case are named alike in every payload."""
    data = event.data
    return Fact(
        region=event.region,
        hall_id=event.hall_id,
        person_id=data.get("staff_id"),
        window_id=data.get("window_id"),
        unit_id=data.get("unit_id"),
        case_id=data.get("case_id"),
        **values,
    )


def moment(text: str | None) -> datetime | None:
    """A moment as it travels, or None."""
    return datetime.fromisoformat(text) if text else None


def refused(event: ReceivedEvent) -> bool:
    """Whether a second person has looked and found it not true."""
    return event.type.endswith(".decided") and not event.data["verified"]
