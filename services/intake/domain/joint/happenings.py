"""What happens to a joint handling, its meetings and inspections; `version` counts without gaps per subject, `at` is when it was recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class JointHappening:
    """Common to all."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Opened(JointHappening):
    """The case is joint: at acceptance, at a deemed one, or by another class."""

    cause: str


@dataclass(frozen=True)
class MovedOn(JointHappening):
    """Another step of the way is reached."""

    before: str
    state: str


@dataclass(frozen=True)
class OpinionRequested(JointHappening):
    """A member was asked; its clock runs. No due day while the case's limits stand still."""

    unit_id: str
    limit_days: int
    due: dt.date | None


@dataclass(frozen=True)
class OpinionGiven(JointHappening):
    """A member's opinion is in, or replaces an earlier one (`revision` above 1); days over its own limit."""

    unit_id: str
    outcome: str
    given_by: str
    revision: int
    overdue_days: int


@dataclass(frozen=True)
class MemberOverdue(JointHappening):
    """One more working day over a member's own limit, as of that day."""

    unit_id: str
    due: dt.date
    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class MemberDueMoved(JointHappening):
    """A member's due day is another one; None while the clock stands still."""

    unit_id: str
    cause: str
    before: dt.date | None
    due: dt.date | None


@dataclass(frozen=True)
class LimitOverdue(JointHappening):
    """One more working day over the limit that the centre set for the whole, as of that day; `number` is the decision that set it."""

    number: int
    due: dt.date
    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class OverdueWithdrawn(JointHappening):
    """Working days over that were told and are none: a member's, or of the limit for the whole (`unit_id` None)."""

    unit_id: str | None
    cause: str
    facts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class CentreDecided(JointHappening):
    """The centre decided; `entry` is its record."""

    entry: dict[str, Any]


@dataclass(frozen=True)
class Closed(JointHappening):
    """The case is decided, or joint no more; units that were still being asked are asked no more."""

    state: str
    released: tuple[str, ...]


@dataclass(frozen=True)
class MeetingHappening(JointHappening):
    """Something about a meeting."""


@dataclass(frozen=True)
class MeetingScheduled(MeetingHappening):
    """A meeting is planned."""


@dataclass(frozen=True)
class AgendaChanged(MeetingHappening):
    """Handlings or units were added."""


@dataclass(frozen=True)
class MeetingMoved(MeetingHappening):
    """Another time or place."""

    before: dt.datetime


@dataclass(frozen=True)
class MeetingCancelled(MeetingHappening):
    """It does not take place."""


@dataclass(frozen=True)
class MeetingHeld(MeetingHappening):
    """It took place; who was there is known."""


@dataclass(frozen=True)
class MeetingMinuted(MeetingHappening):
    """The minutes are written, with a resolution for each handling."""


@dataclass(frozen=True)
class InspectionPlanned(JointHappening):
    """The units go to the site together on that day."""


@dataclass(frozen=True)
class InspectionMoved(JointHappening):
    """On another day."""

    before: dt.date


@dataclass(frozen=True)
class InspectionDone(JointHappening):
    """They were there; what was found stays here."""


@dataclass(frozen=True)
class InspectionCancelled(JointHappening):
    """They do not go."""
