"""A member of a joint handling (联办成员单位): what is asked of it, its own limit, its opinion."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.counting import Stops
from services.intake.domain.joint import clock
from services.intake.domain.joint.clock import Due
from services.intake.domain.rules import Now

NAMED, ASKED, GIVEN, EXCUSED, RELEASED = "named", "asked", "given", "excused", "released"
MEMBER_STATES = (NAMED, ASKED, GIVEN, EXCUSED, RELEASED)
OPEN = (NAMED, ASKED)
AGREE, DISAGREE, CONDITIONAL = "agree", "disagree", "conditional"
OUTCOMES = (AGREE, DISAGREE, CONDITIONAL)


@dataclass(frozen=True)
class Asked:
    """Whom `named_by` asks for the lead (`person_id` of the unit, or whoever), what, and within how many working days.

    `region` and `hall_id` are where the unit sits.
    """

    unit_id: str
    region: str
    hall_id: str
    question: str
    limit_days: int
    named_by: str
    person_id: str | None = None


@dataclass
class Member:
    """One unit. Lists are of plain values: `earlier` opinions that a later one replaced, `told` days over, `moves` of the due day by the centre.

    `excused` is the number of the centre's decision that dropped the opinion (减免前置环节).
    """

    handling_id: str
    unit_id: str
    number: int
    region: str
    hall_id: str
    person_id: str | None
    question: str
    limit_days: int
    named_by: str
    state: str = NAMED
    postponed_days: int = 0
    asked_at: dt.datetime | None = None
    due: dt.date | None = None
    provisional: bool = False
    outcome: str | None = None
    opinion: str | None = None
    given_by: str | None = None
    given_at: dt.datetime | None = None
    earlier: list[dict[str, Any]] = field(default_factory=list)
    overdue_days: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)
    excused: int | None = None

    def reckon(self, stops: Stops, now: Now) -> tuple[dt.date | None, dt.date | None]:
        """Calculate the due day anew; before and after."""
        assert self.asked_at is not None
        before = self.due
        found: Due = clock.due_day(self.asked_at, self.limit_days + self.postponed_days, stops, now)
        self.due, self.provisional = found.day, found.provisional
        return before, self.due

    def next_look(self, stops: Stops, now: Now) -> dt.datetime | None:
        """When its next day over begins."""
        return clock.next_look(self.due, stops, len(self.told), now) if self.state == ASKED else None

    def give(self, outcome: str, opinion: str, *, by: str, at: dt.datetime) -> int:
        """Keep the opinion; how many there have been. A later one replaces the earlier, which stays on record."""
        if self.given_at is not None:
            said = {"outcome": self.outcome, "opinion": self.opinion, "given_by": self.given_by, "given_at": self.given_at.isoformat()}
            self.earlier = [*self.earlier, said]
        self.state, self.outcome, self.opinion, self.given_by, self.given_at = GIVEN, outcome, opinion, by, at
        return len(self.earlier) + 1

    @property
    def people(self) -> set[str]:
        """Everybody who gave an opinion for it."""
        return {person for person in (self.given_by, *(said["given_by"] for said in self.earlier)) if person}
