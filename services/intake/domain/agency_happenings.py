"""What can happen to an entry of the agency register; each happening becomes one event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.own_limits import DayOver


@dataclass(frozen=True)
class AgencyHappening:
    """`version` counts the happenings of one entry without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class MatterRegistered(AgencyHappening):
    """The case became an agency matter (代办件); it needs an agent."""


@dataclass(frozen=True)
class AgentAssigned(AgencyHappening):
    """Somebody of the hall carries it; `from_agent_id` had it before."""

    from_agent_id: str | None
    by: str


@dataclass(frozen=True)
class MatterDueSoon(AgencyHappening):
    """A reminder: of the submission limit to the agent, of the upper level's day to whoever has to ask there."""

    limit_kind: str
    due: dt.date
    remaining_days: int


@dataclass(frozen=True)
class MatterSubmitted(AgencyHappening):
    """The papers are with the upper level; `overdue_days` over the hall's own limit."""

    round: int
    upper_due: dt.date | None
    overdue_days: int


@dataclass(frozen=True)
class UpperDueMoved(AgencyHappening):
    """The upper level named a day for its answer after the submission, or another one."""

    before: dt.date | None
    upper_due: dt.date


@dataclass(frozen=True)
class MatterOverdue(AgencyHappening):
    """One more working day over the submission limit: the hall's."""

    due: dt.date
    day: DayOver


@dataclass(frozen=True)
class UpperOverdue(AgencyHappening):
    """One more working day over the day that the upper level named: the upper level's, not the agent's."""

    due: dt.date
    day: DayOver


@dataclass(frozen=True)
class AgencyOverdueWithdrawn(AgencyHappening):
    """Days over that were told and are not over any more."""

    limit_kind: str
    days: tuple[DayOver, ...]


@dataclass(frozen=True)
class MatterReturned(AgencyHappening):
    """The upper level has answered: approved, refused, or needs more."""

    round: int
    upper_result: str
    overdue_days: int


@dataclass(frozen=True)
class ResultNotified(AgencyHappening):
    """The applicant has been told, so long after the answer came."""

    how: str
    minutes: int


@dataclass(frozen=True)
class PapersCollected(AgencyHappening):
    """The documents were handed over to the applicant."""


@dataclass(frozen=True)
class MatterEnded(AgencyHappening):
    """The hall carries it no further; the reason's text stays here."""

    reason_code: str
    from_state: str
