"""What happens to an enquiry, as facts; who held the ticket at that moment is part of the fact, because it may have moved on within the same command."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Desk:
    """A person, a window or a unit; `staff_id` None is the window's or the unit's people."""

    staff_id: str | None
    unit_id: str
    window_id: str | None


@dataclass(frozen=True)
class EnquiryHappening:
    """`version` counts the happenings of one enquiry without gaps; `at` is when it was recorded; `holder` has the ticket from then on."""

    version: int
    at: dt.datetime
    holder: Desk


@dataclass(frozen=True)
class Registered(EnquiryHappening):
    """Somebody asked, and a record was made (首问登记)."""


@dataclass(frozen=True)
class Routed(EnquiryHappening):
    """Passed on to whom it belongs to, who has not accepted it yet."""

    to: Desk


@dataclass(frozen=True)
class Taken(EnquiryHappening):
    """Accepted by whom it was passed on to."""

    taken_by: str


@dataclass(frozen=True)
class GivenBack(EnquiryHappening):
    """Refused or given back by whom it was passed on to: a bounced ticket. `bounced` counts them."""

    by: str
    unit_id: str
    bounced: int


@dataclass(frozen=True)
class Answered(EnquiryHappening):
    """The asker has his answer, `elapsed_days` working days after he asked, `overdue_days` of them over the limit."""

    answered_by: str
    unit_id: str
    elapsed_days: int
    overdue_days: int


@dataclass(frozen=True)
class DueSoon(EnquiryHappening):
    """The last day has come and there is no answer; told once."""


@dataclass(frozen=True)
class Overdue(EnquiryHappening):
    """One more working day over the limit, as of that day."""

    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class Closed(EnquiryHappening):
    """The ticket is done with."""

    outcome: str
