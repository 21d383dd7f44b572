"""The limits of an accepted case: budgets of days, what is consumed of them, where they end, and the calculation behind it.

A case keeps its budget and what is consumed, never a target date alone: the due days follow from them under the calendar in force. The day of
acceptance is not counted (A-22, Civil Code Art. 201); a limit ends on its last day (Art. 203). A calculation keeps the budgets, the start and why it
is that day, the calendar's name, and one letter for every day it walked over, so that it can be shown and replayed years later.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import workdays
from services.intake.domain.counting import Stops, Walk, counted_between, walk
from services.intake.domain.reminders import Rung, rungs_of
from services.intake.domain.rules import Item, Now


@dataclass(frozen=True)
class Terms:
    """What a case took from its item version at acceptance, and what has been granted since; days of `day_kind`."""

    promised_days: int
    legal_days: int
    day_kind: str
    extension: int = 0
    stops: Stops = ()

    @classmethod
    def of(cls, item: Item) -> Terms:
        """The limits of an item version; what is immediate is promised for the same day."""
        return cls(0 if item.immediate else item.promised_days, item.legal_days, item.day_kind)


@dataclass(frozen=True)
class Limit:
    """A budget of `days` and a granted `extension`, and where they end; `due` is None while a stop lasts that began before the budget was consumed.

    `trace` has one letter for each day from the start to the due day (or to the stop), `rolled_from` is the rest day a natural-day limit ended on.
    """

    days: int
    extension: int
    day_kind: str
    due: dt.date | None
    trace: str
    rolled_from: dt.date | None

    @property
    def budget(self) -> int:
        """All days there are."""
        return self.days + self.extension


@dataclass(frozen=True)
class Deadline:
    """Both limits of an accepted case with everything they rest on.

    `consumed` days had been counted when the clock last started, on `running_since` (itself not counted); None while it is stopped.
    """

    start: dt.date
    start_cause: str
    rest_day_rule: str
    calendar_version: str
    calendar_revision: int
    promised: Limit
    legal: Limit
    consumed: int
    running_since: dt.date | None
    provisional_days: tuple[dt.date, ...]
    rungs: tuple[Rung, ...]

    @property
    def provisional(self) -> bool:
        """Whether a holiday notice may still move one of the due days."""
        return bool(self.provisional_days)

    def counted(self, calendar: workdays.Calendar, today: dt.date) -> int:
        """Days counted until `today`, beyond any budget."""
        if self.running_since is None:
            return self.consumed
        return self.consumed + counted_between(calendar, self.running_since, today, self.promised.day_kind)

    def consumed_of(self, limit: Limit, calendar: workdays.Calendar, today: dt.date) -> int:
        """Days of the limit's budget that are gone; never more than there are."""
        return min(self.counted(calendar, today), limit.budget)


def reckon(terms: Terms, accepted_at: dt.datetime, channel: str, now: Now) -> Deadline:
    """Fix both due days of a case accepted at `accepted_at`, under the calendar in force."""
    calendar, kind = now.calendar, terms.day_kind
    rule = now.rules.rest_day_rule(channel)
    start = workdays.effective_start(accepted_at, calendar, rule=rule)
    promised = walk(calendar, start.date, terms.promised_days + terms.extension, kind, terms.stops)
    legal = walk(calendar, start.date, terms.legal_days + terms.extension, kind, terms.stops)
    last = terms.stops[-1] if terms.stops else None
    bank_until = start.date if last is None else last.until or last.since
    running_since = start.date if last is None else last.until
    deadline = Deadline(
        start=start.date,
        start_cause=start.cause.value,
        rest_day_rule=rule.value,
        calendar_version=calendar.version,
        calendar_revision=now.book.revision,
        promised=_limit(terms.promised_days, terms, promised),
        legal=_limit(terms.legal_days, terms, legal),
        consumed=counted_between(calendar, start.date, bank_until, kind, terms.stops),
        # A start that a new calendar moves past the stop is the one to count from.
        running_since=None if running_since is None else max(running_since, start.date),
        provisional_days=tuple(sorted({*start.provisional_days, *promised.provisional_days, *legal.provisional_days})),
        rungs=(),
    )
    return _with_rungs(deadline, now)


def _limit(days: int, terms: Terms, counted: Walk) -> Limit:
    return Limit(days, terms.extension, terms.day_kind, counted.due, counted.trace, counted.rolled_from)


def _with_rungs(deadline: Deadline, now: Now) -> Deadline:
    limit, since = deadline.promised, deadline.running_since
    # What is due at once needs no reminder; a stopped clock has no due day to remind of.
    if limit.budget == 0 or limit.due is None or since is None:
        return deadline
    return replace(deadline, rungs=rungs_of(now.calendar, deadline.start, since, limit, now.rules))


def to_plain(deadline: Deadline) -> dict[str, Any]:
    """The calculation as JSON-ready values, as it is stored with the case."""
    return {
        "start": deadline.start.isoformat(),
        "start_cause": deadline.start_cause,
        "rest_day_rule": deadline.rest_day_rule,
        "calendar": {"version": deadline.calendar_version, "revision": deadline.calendar_revision},
        "promised": _plain_limit(deadline.promised),
        "legal": _plain_limit(deadline.legal),
        "consumed": deadline.consumed,
        "running_since": _iso(deadline.running_since),
        "provisional_days": [day.isoformat() for day in deadline.provisional_days],
        "rungs": [[rung.level, rung.on.isoformat()] for rung in deadline.rungs],
    }


def from_plain(stored: dict[str, Any]) -> Deadline:
    """The calculation that `to_plain` wrote."""
    day = dt.date.fromisoformat
    return Deadline(
        start=day(stored["start"]),
        start_cause=stored["start_cause"],
        rest_day_rule=stored["rest_day_rule"],
        calendar_version=stored["calendar"]["version"],
        calendar_revision=stored["calendar"]["revision"],
        promised=_limit_of(stored["promised"]),
        legal=_limit_of(stored["legal"]),
        consumed=stored["consumed"],
        running_since=_day(stored["running_since"]),
        provisional_days=tuple(day(text) for text in stored["provisional_days"]),
        rungs=tuple(Rung(level, day(on)) for level, on in stored["rungs"]),
    )


def _plain_limit(limit: Limit) -> dict[str, Any]:
    return {**vars(limit), "due": _iso(limit.due), "rolled_from": _iso(limit.rolled_from)}


def _limit_of(stored: dict[str, Any]) -> Limit:
    return Limit(**{**stored, "due": _day(stored["due"]), "rolled_from": _day(stored["rolled_from"])})


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
