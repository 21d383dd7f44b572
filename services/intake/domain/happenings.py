"""What can happen to a case; each happening has the case's number for it and becomes one event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Happening:
    """`version` counts the happenings of one case without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Registered(Happening):
    """The receipt exists; `missing` are required materials not handed in."""

    missing: tuple[str, ...]


@dataclass(frozen=True)
class SupplementRequested(Happening):
    """A one-time notice; `repeated` when it is not the first list."""

    round: int
    missing: tuple[str, ...]
    repeated: bool


@dataclass(frozen=True)
class SupplementSubmitted(Happening):
    """Materials came in; `missing` is what the notice still waits for."""

    handed: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class NoticeMissed(Happening):
    """The notice limit passed in silence; `notified` when an earlier round had its notice."""

    working_days: int
    notified: bool


@dataclass(frozen=True)
class Accepted(Happening):
    """The limits run from here."""

    accepted_at: dt.datetime
    deemed: bool


@dataclass(frozen=True)
class Returned(Happening):
    """Refused with a written reason, which stays here."""

    reason_code: str


@dataclass(frozen=True)
class StageCompleted(Happening):
    """One of the five stages ended; `over_days` are working days beyond its own limit, `key` marks a key stage of the item."""

    stage: str
    handler_id: str
    started_at: dt.datetime
    limit_days: int | None
    over_days: int
    key: bool
    off_hall: bool


@dataclass(frozen=True)
class StageOverdue(Happening):
    """The running stage is over its own limit, as of that day."""

    stage: str
    limit_days: int
    due: dt.date
    as_of: dt.date


@dataclass(frozen=True)
class DueSoon(Happening):
    """A warning before the due day, as of the day it was due itself."""

    level: str
    due: dt.date
    remaining_days: int


@dataclass(frozen=True)
class Overdue(Happening):
    """One more working day over, as of that day."""

    level: str
    due: dt.date
    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class Decided(Happening):
    """The decision; working days since the start and over the promise."""

    outcome: str
    elapsed_days: int
    overdue_days: int


@dataclass(frozen=True)
class Delivered(Happening):
    """The result was handed over."""

    method: str
    off_window: bool
    agent: bool


@dataclass(frozen=True)
class Suspended(Happening):
    """A special procedure stops the limits; `remaining_days` is what is left of the promised budget."""

    procedure: str
    started_on: dt.date
    limit_days: int
    limit_due: dt.date
    by: str
    notice_no: str
    remaining_days: int


@dataclass(frozen=True)
class Resumed(Happening):
    """The special procedure ended; working days beyond its own limit."""

    procedure: str
    started_on: dt.date
    ended_on: dt.date
    overrun_days: int
    by: str


@dataclass(frozen=True)
class SuspensionOverrun(Happening):
    """A special procedure takes longer than was written to the applicant, as of that day; `number` counts the case's suspensions."""

    number: int
    procedure: str
    level: str
    limit_due: dt.date
    overrun_days: int
    as_of: dt.date


@dataclass(frozen=True)
class Extended(Happening):
    """Days were added to both budgets, once."""

    days: int
    approver_id: str
    requested_by: str
    notice_no: str


@dataclass(frozen=True)
class DeadlineMoved(Happening):
    """The due days were calculated anew; a due day is None while it is open."""

    cause: str
    actor: str | None
    notice_nos: tuple[str, ...]
    promised_before: dt.date | None
    promised_due: dt.date | None
    legal_before: dt.date | None
    legal_due: dt.date | None
    provisional: bool
    calendar_revision: int


@dataclass(frozen=True)
class OverdueWithdrawn(Happening):
    """Working days over that were told and are none; `facts` as the case kept them."""

    cause: str
    facts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class BreachJudged(Happening):
    """A person decided whether staff are at fault; `facts` as the case kept them before."""

    number: int
    breach: str
    staff_fault: bool
    decided_by: str
    facts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class CourierReceived(Happening):
    """The courier's receipt came back."""

    received_at: dt.datetime


@dataclass(frozen=True)
class NoticeServed(Happening):
    """A notice reached the applicant."""

    round: int
    how: str
    served_at: dt.datetime


@dataclass(frozen=True)
class SupplementExpired(Happening):
    """The last day to supply has passed; `missing` is what never came."""

    round: int
    missing: tuple[str, ...]
    supply_by: dt.date


@dataclass(frozen=True)
class Reclassified(Happening):
    """Another time class or routing; the limits stay."""

    before: dict[str, Any]
    after: dict[str, Any]
    green_channel: bool
    by: str


@dataclass(frozen=True)
class Transferred(Happening):
    """Another first responsible person."""

    from_staff_id: str
    to_staff_id: str
