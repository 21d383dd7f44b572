"""The duty roster (值班安排) that appointments stand on: which window is open for them on which day, with whom (M-B12, M-B13).

A holiday entry (节假日预约) lies on a rest day of the legal calendar, an extended one (延时服务) and an ordinary one on a working day; a make-up Saturday
(调休上班) is a working day. Opening a hall on a rest day never makes it a working day: deadlines count by the calendar alone (domain §5.1).

What citizens have booked is never taken from under them. An entry with live bookings cannot be withdrawn, and no change may take away a slot that was
booked or push its capacity below its bookings: the desk moves or cancels each booking first, because each citizen has to be called anyway. Duty staff may
always change. When the calendar turns round under an entry it is marked (`misfit`) and told, its bookings stay, and it takes no new ones until its kind
is changed or it is withdrawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import workdays
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Now

HOLIDAY, EXTENDED, ORDINARY = "holiday", "extended", "ordinary"
KINDS = (HOLIDAY, EXTENDED, ORDINARY)
PUBLISHED, WITHDRAWN = "published", "withdrawn"
STATES = (PUBLISHED, WITHDRAWN)
AHEAD_DAYS = 400
"""A roster is made for the year at hand; a day further off is a typing error."""
SHORTEST_SLOT, LONGEST_SLOT, LARGEST_CAPACITY = 5, 480, 200


@dataclass(frozen=True)
class RosterHappening:
    """`version` counts the happenings of one entry without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class RosterPublished(RosterHappening):
    """The window is open for appointments on that day."""


@dataclass(frozen=True)
class RosterChanged(RosterHappening):
    """Something else holds; `changed` names the fields, `removed_staff_ids` whoever is no longer on duty."""

    changed: tuple[str, ...]
    removed_staff_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class RosterWithdrawn(RosterHappening):
    """The window is not open after all; nobody had booked."""


@dataclass(frozen=True)
class RosterMisfitFound(RosterHappening):
    """A change of the calendar has made the day the wrong one for this kind; `why` is the calendar's reason code."""

    why: str


@dataclass(frozen=True)
class Terms:
    """What an entry says: kind, hours in Beijing time, minutes and places of a slot, who is on duty."""

    kind: str
    starts: dt.time
    ends: dt.time
    slot_minutes: int
    capacity: int
    staff_ids: tuple[str, ...]

    def check(self) -> None:
        """Raise Invalid ROSTER_HOURS_INVALID, SLOT_MINUTES_INVALID, SLOTS_UNEVEN, CAPACITY_INVALID, DUTY_STAFF_REQUIRED."""
        minutes = _minutes(self.ends) - _minutes(self.starts)
        if minutes <= 0:
            raise Invalid("ROSTER_HOURS_INVALID", "ends: after the beginning, on the same day", field="ends")
        if not SHORTEST_SLOT <= self.slot_minutes <= LONGEST_SLOT:
            raise Invalid("SLOT_MINUTES_INVALID", f"slot_minutes: {SHORTEST_SLOT} to {LONGEST_SLOT}", field="slot_minutes")
        if minutes % self.slot_minutes:
            raise Invalid("SLOTS_UNEVEN", f"slot_minutes: {minutes} minutes are no whole number of slots", field="slot_minutes")
        if not 1 <= self.capacity <= LARGEST_CAPACITY:
            raise Invalid("CAPACITY_INVALID", f"capacity: 1 to {LARGEST_CAPACITY}", field="capacity")
        if not self.staff_ids and self.kind != ORDINARY:
            # Ordinary hours are manned by the window anyway; on a rest day or after hours nobody is there unless somebody is named.
            raise Invalid("DUTY_STAFF_REQUIRED", "staff_ids: name who is on duty", field="staff_ids")


@dataclass
class RosterEntry:
    """One window open for appointments on one day. `misfit` is the calendar's reason code while the day does not suit the kind."""

    entry_id: str
    region: str
    hall_id: str
    window_id: str
    day: dt.date
    kind: str
    starts: dt.time
    ends: dt.time
    slot_minutes: int
    capacity: int
    staff_ids: list[str]
    published_by: str
    published_at: dt.datetime
    calendar_edition: int
    state: str = PUBLISHED
    misfit: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_reason: str | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def slots(self) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
        """Beginning and end of every slot."""
        first, last = _minutes(self.starts), _minutes(self.ends)
        marks = [self._at(minute) for minute in range(first, last + 1, self.slot_minutes)]
        return tuple(pairwise(marks))

    @property
    def ends_at(self) -> dt.datetime:
        """When the last slot is over."""
        return self._at(_minutes(self.ends))

    def publish(self, now: Now) -> RosterEntry:
        """Open the window. Raises Invalid as `Terms.check` does, and DAY_PAST, DAY_TOO_FAR; Refused DAY_IS_WORKDAY, DAY_IS_REST_DAY."""
        self._check_day(now)
        self._check_kind(now)
        self._happened(RosterPublished, now.at)
        return self

    def change(self, terms: Terms, now: Now) -> tuple[str, ...]:
        """Let other terms hold; the fields that changed, none when all stays. Whether bookings allow it is the slots' matter.

        Raises Refused ROSTER_WITHDRAWN, ROSTER_OVER and those of `publish`.
        """
        self._require_running(now)
        terms.check()
        before = self.terms()
        changed = tuple(name for name, value in vars(terms).items() if getattr(before, name) != value)
        if not changed:
            return ()
        self.kind, self.starts, self.ends = terms.kind, terms.starts, terms.ends
        self.slot_minutes, self.capacity, self.staff_ids = terms.slot_minutes, terms.capacity, list(terms.staff_ids)
        if "kind" in changed:
            self._check_kind(now)
            self.misfit = None
        removed = tuple(one for one in before.staff_ids if one not in terms.staff_ids)
        self._happened(RosterChanged, now.at, changed=changed, removed_staff_ids=removed)
        return changed

    def withdraw(self, reason: str, by: str, now: Now) -> None:
        """Open it after all not. Raises Refused ROSTER_WITHDRAWN, ROSTER_OVER."""
        self._require_running(now)
        self.state, self.withdrawn_reason, self.withdrawn_by, self.withdrawn_at = WITHDRAWN, reason, by, now.at
        self._happened(RosterWithdrawn, now.at)

    def recheck(self, now: Now) -> None:
        """Hold the entry against the calendar in force: a day that does not suit any more is told once, one that suits again is told, too."""
        self.calendar_edition = now.book.edition
        found = _misfit(self.kind, self.day, now.calendar)
        before, self.misfit = self.misfit, found
        if found is not None and before is None:
            self._happened(RosterMisfitFound, now.at, why=found)
        elif found is None and before is not None:
            self._happened(RosterChanged, now.at, changed=("misfit",))

    def terms(self) -> Terms:
        """What holds now."""
        return Terms(self.kind, self.starts, self.ends, self.slot_minutes, self.capacity, tuple(self.staff_ids))

    def _check_day(self, now: Now) -> None:
        if self.slots[0][0] <= now.at:
            raise Invalid("DAY_PAST", "day: the first slot has begun already", field="day")
        if (self.day - now.today).days > AHEAD_DAYS:
            raise Invalid("DAY_TOO_FAR", f"day: at most {AHEAD_DAYS} days ahead", field="day")

    def _check_kind(self, now: Now) -> None:
        why = _misfit(self.kind, self.day, now.calendar)
        if why is None:
            return
        text = now.calendar.day(self.day).why
        if self.kind == HOLIDAY:
            raise Refused("DAY_IS_WORKDAY", f"{self.day} is a working day: {text.zh} ({text.en})", day=str(self.day), why=why)
        raise Refused("DAY_IS_REST_DAY", f"{self.day} is a rest day: {text.zh} ({text.en})", day=str(self.day), why=why)

    def _require_running(self, now: Now) -> None:
        if self.state != PUBLISHED:
            raise Refused("ROSTER_WITHDRAWN", "the entry is withdrawn", entry_id=self.entry_id)
        if self.ends_at <= now.at:
            raise Refused("ROSTER_OVER", "the day is over", entry_id=self.entry_id)

    def _at(self, minute: int) -> dt.datetime:
        # Not combine() of a time: an entry may end at the last minute of the day.
        return dt.datetime.combine(self.day, dt.time(0), workdays.BEIJING) + dt.timedelta(minutes=minute)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


@dataclass(frozen=True)
class Taken:
    """A slot as it stands, with its bookings that were not cancelled."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    booked: int


def check_bookings(entry: RosterEntry, taken: Sequence[Taken]) -> None:
    """Raise Refused ROSTER_HAS_BOOKINGS when the entry's terms leave no room for what is booked."""
    kept = set(entry.slots)
    lost = [s for s in taken if s.booked > (entry.capacity if (s.starts_at, s.ends_at) in kept else 0)]
    if lost:
        raise Refused(
            "ROSTER_HAS_BOOKINGS", "move or cancel the bookings first", entry_id=entry.entry_id, bookings=str(sum(s.booked for s in lost))
        )


def _misfit(kind: str, day: dt.date, calendar: workdays.Calendar) -> str | None:
    found = calendar.day(day)
    return None if found.is_workday != (kind == HOLIDAY) else str(found.why.code)


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
