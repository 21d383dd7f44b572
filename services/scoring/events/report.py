"""What an event is turned into: a report with facts, and what the mappings of all sources share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Aspect(StrEnum):
    """What a correction is about: whether the fact holds at all, or whose fault it was. One does not answer the other."""

    WITHDRAWN = "withdrawn"
    FAULT = "fault"


@dataclass(frozen=True)
class Correction:
    """What a source says later, by another event, of a fact that it told: it may come before that fact, and the newest of an aspect counts.

    `version` is that of the correcting event; `staff_fault` and `decided_by` belong to a judgement; `code` says why, for the explanation.
    """

    source_key: str
    aspect: Aspect
    version: int
    code: str
    staff_fault: bool | None = None
    decided_by: str | None = None


Mapping = Callable[[ReceivedEvent, ZoneInfo], Report | None]
Correcting = Callable[[ReceivedEvent], tuple[Correction, ...]]


def fact(event: ReceivedEvent, **values: Any) -> Fact:
    """The fact of an event: who, where and which case are named alike in most payloads; `values` are the rest, and what differs."""
    named = {"person_id": "staff_id", "window_id": "window_id", "unit_id": "unit_id", "case_id": "case_id"}
    where: dict[str, Any] = {name: event.data.get(field) for name, field in named.items()}
    return Fact(region=event.region, hall_id=event.hall_id, **(where | values))


def moment(text: str | None) -> datetime | None:
    """A moment as it travels, or None."""
    return datetime.fromisoformat(text) if text else None


def refused(event: ReceivedEvent) -> bool:
    """Whether a second person has looked and found it not true."""
    return event.type.endswith(".decided") and not event.data["verified"]
