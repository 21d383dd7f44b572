"""A person-day (个人日考勤): the aggregate that remembers what was said about a day, revision by revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.attendance.domain.day import DayResult, Finding


@dataclass(frozen=True, kw_only=True)
class PersonDayEvent:
    """Something said about a person-day; `version` is its number within the day, from 1 without gaps."""

    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DayAssessed(PersonDayEvent):
    """The whole result."""


@dataclass(frozen=True, kw_only=True)
class MarkGiven(PersonDayEvent):
    """A finding that was not there in the revision before."""

    mark: dict[str, Any]


@dataclass
class PersonDay:
    """One person on one date. `marks` are JSON-ready: mark_id, kind, half, minutes, at."""

    staff_id: str
    day: date
    hall_id: str
    region: str
    unit_id: str
    window_id: str | None
    status: str = "pending"
    marks: list[dict[str, Any]] = field(default_factory=list)
    punch_count: int = 0
    revision: int = 0
    version: int = 0
    assessed_at: datetime | None = None
    pending_events: list[Any] = field(default_factory=list, repr=False, compare=False)

    def assess(self, result: DayResult, at: datetime) -> bool:
        """Say the result; the same one again says nothing. A later revision replaces the earlier one."""
        marks = [self._mark(finding) for finding in result.findings]
        if self.revision and (self.status, self.marks, self.punch_count) == (result.status, marks, result.punch_count):
            return False
        before = self.marks
        self.status, self.marks, self.punch_count = result.status, marks, result.punch_count
        self.revision += 1
        self.assessed_at = at
        self._say(DayAssessed, at=at)
        for mark in marks:
            if mark not in before:
                self._say(MarkGiven, at=at, mark=mark)
        return True

    def _mark(self, finding: Finding) -> dict[str, Any]:
        mark: dict[str, Any] = {
            "mark_id": f"{self.staff_id}/{self.day.isoformat()}/{finding.half}/{finding.kind}",
            "kind": finding.kind,
            "half": finding.half,
            "minutes": finding.minutes,
        }
        return mark if finding.at is None else {**mark, "at": finding.at.isoformat()}

    def _say(self, event: type[PersonDayEvent], **facts: Any) -> None:
        self.version += 1
        self.pending_events.append(event(version=self.version, **facts))
