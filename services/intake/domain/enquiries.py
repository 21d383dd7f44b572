"""Enquiries (咨询登记) under the first-asked responsibility (首问负责制, M-B5, A-35): a ticket that somebody always holds.

The first staff member a visitor asks writes the ticket and holds it until somebody else has accepted it: pointing the way does not end his duty. Under
version B (default) whoever accepts takes it over; under version A it stays with the first-asked person to the end and others only answer. The version in
force when the question was asked stays with the ticket.

The due day is set once, when the question is asked; nobody gains time by passing it on, and a ticket that comes back bounces at the first-asked
person's expense. Where a unit holds or is asked, any of its people may act (AB posts); where a person is named, only he accepts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain import enquiry_happenings as h
from services.intake.domain.clocks import morning
from services.intake.domain.enquiry_happenings import Desk
from services.intake.domain.enquiry_rules import FOLLOW
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Now
from services.intake.domain.written import required

OPEN, ROUTED, TAKEN, ANSWERED, CLOSED = "open", "routed", "taken", "answered", "closed"
STATES = (OPEN, ROUTED, TAKEN, ANSWERED, CLOSED)
WAITING = (OPEN, ROUTED, TAKEN)
"""The asker waits for his answer."""
CHANNELS = ("desk", "window", "phone", "online")
TOLD, NOT_REACHED, WITHDRAWN, SILENT = "told", "not_reached", "withdrawn", "silent"
BY_HAND = (TOLD, NOT_REACHED, WITHDRAWN)
OUTCOMES = (*BY_HAND, SILENT)
SYSTEM = "system"


@dataclass
class Enquiry:
    """One question. `unit_id` and `window_id` are the first-asked person's, `holder_…` who has the ticket, `routed_…` whom it is passed on to, if anybody.

    `asker` is masked, numbers in `question` are hidden; `told` is what was given out (M-B3): law basis, conditions, procedure, materials. `due` is the
    last day for the answer. `routes` keeps every passing on with what became of it.
    """

    enquiry_id: str
    enquiry_no: str
    region: str
    hall_id: str
    day: dt.date
    channel: str
    asker: dict[str, str]
    question: str
    item_id: str | None
    item_version: int | None
    rule: str
    own_duty: bool
    first_asked_id: str
    unit_id: str
    window_id: str | None
    registered_at: dt.datetime
    track_hash: str
    due: dt.date
    holder_id: str
    holder_unit_id: str
    holder_window_id: str | None
    state: str = OPEN
    routed_id: str | None = None
    routed_unit_id: str | None = None
    routed_window_id: str | None = None
    routes: list[dict[str, Any]] = field(default_factory=list)
    bounced: int = 0
    told: dict[str, Any] | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_unit_id: str | None = None
    answered_at: dt.datetime | None = None
    elapsed_days: int | None = None
    due_soon_told: bool = False
    overdue_days: int = 0
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: dt.datetime | None = None
    close_note: str = ""
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def first_asked(self) -> Desk:
        """The first-asked person (首问责任人) where he was asked."""
        return Desk(self.first_asked_id, self.unit_id, self.window_id)

    @property
    def holder(self) -> Desk:
        """Who has to see to it now."""
        return Desk(self.holder_id, self.holder_unit_id, self.holder_window_id)

    def concerns(self, unit_id: str) -> bool:
        """Whether a unit has anything to do with it now: its people may call the asker back."""
        return unit_id in (self.unit_id, self.holder_unit_id, self.routed_unit_id)

    def register(self, now: Now) -> None:
        """Make the record; the clock starts."""
        self._happened(h.Registered, now.at)
        self._reset(now)

    def route(self, to: Desk, *, by: str, by_unit: str, reason: str, now: Now) -> None:
        """Pass the ticket on, or to somebody else while nobody has accepted it; a reason is owed for what is in one's own duties.

        Raises Refused ENQUIRY_ANSWERED, ENQUIRY_CLOSED, ENQUIRY_TAKEN, HOLDER_OF_OTHER_UNIT, ROUTED_TO_SELF; Invalid REASON_REQUIRED.
        """
        self._require(OPEN, ROUTED)
        self._require_unit(by_unit, self.unit_id)
        if to.staff_id == self.first_asked_id or (to.staff_id is None and to.window_id is not None and to.window_id == self.window_id):
            raise Refused("ROUTED_TO_SELF", "the ticket is there already", enquiry_id=self.enquiry_id)
        if self.own_duty:
            required(reason, "REASON_REQUIRED", "reason")
        self._tell(now)
        if self.state == ROUTED:
            self._mark_route(recalled_at=now.at.isoformat())
        self.routed_id, self.routed_unit_id, self.routed_window_id = to.staff_id, to.unit_id, to.window_id
        entry = {"routed_at": now.at.isoformat(), "routed_by": by, "reason": reason}
        self.routes = [*self.routes, {**entry, "staff_id": to.staff_id, "unit_id": to.unit_id, "window_id": to.window_id}]
        self.state = ROUTED
        self._happened(h.Routed, now.at, to=to)

    def take(self, *, by: str, by_unit: str, now: Now) -> None:
        """Accept what was passed on. Raises Refused ENQUIRY_NOT_ROUTED (and the other states), NOT_ROUTED_TO_YOU."""
        self._require_addressee(by, by_unit)
        self._tell(now)
        self.routed_id, self.state = by, TAKEN
        self._mark_route(taken_by=by, taken_at=now.at.isoformat())
        if self.rule != FOLLOW:
            assert self.routed_unit_id is not None
            self.holder_id, self.holder_unit_id, self.holder_window_id = by, self.routed_unit_id, self.routed_window_id
        self._happened(h.Taken, now.at, taken_by=by)

    def give_back(self, *, by: str, by_unit: str, reason: str, now: Now) -> None:
        """Give back to the first-asked person, before or after accepting; the ticket has bounced.

        Raises Refused ENQUIRY_NOT_ROUTED (and the other states), NOT_ROUTED_TO_YOU, HOLDER_OF_OTHER_UNIT.
        """
        if self.state == TAKEN:
            self._require_unit(by_unit, self.routed_unit_id)
        else:
            self._require_addressee(by, by_unit)
        self._tell(now)
        self._mark_route(returned_by=by, returned_at=now.at.isoformat(), return_reason=reason)
        self.routed_id = self.routed_unit_id = self.routed_window_id = None
        self.holder_id, self.holder_unit_id, self.holder_window_id = self.first_asked_id, self.unit_id, self.window_id
        self.state, self.bounced = OPEN, self.bounced + 1
        self._happened(h.GivenBack, now.at, by=by, unit_id=by_unit, bounced=self.bounced)

    def answer_it(self, text: str, *, by: str, by_unit: str, now: Now) -> None:
        """Answer the question; days over that nobody has told yet are told first.

        Raises Refused ENQUIRY_ANSWERED, ENQUIRY_CLOSED, HOLDER_OF_OTHER_UNIT, ROUTE_IT (version B, not in the first-asked person's duties, and nobody has
        given it back to him).
        """
        self._require(*WAITING)
        self._require_unit(by_unit, *self._answering())
        if by_unit == self.unit_id and self.state != TAKEN and self.rule != FOLLOW and not self.own_duty and not self.bounced:
            raise Refused("ROUTE_IT", "not in the first-asked person's duties: to be routed", enquiry_id=self.enquiry_id)
        self._tell_overdue(now)
        self.elapsed_days = max(0, now.calendar.workdays_between(self.day, now.today))
        self.state, self.answer, self.answered_by, self.answered_unit_id, self.answered_at = ANSWERED, text, by, by_unit, now.at
        days = {"elapsed_days": self.elapsed_days, "overdue_days": self.overdue_days}
        self._happened(h.Answered, now.at, answered_by=by, unit_id=by_unit, **days)
        self._reset(now)

    def close(self, outcome: str, *, by: str, by_unit: str, note: str, now: Now) -> None:
        """Close what has been answered, by the unit that holds it, answered it or was asked first; or before, when the asker withdraws his question.

        Raises Refused ENQUIRY_NOT_ANSWERED, ENQUIRY_CLOSED, HOLDER_OF_OTHER_UNIT; Invalid NOTE_REQUIRED (withdrawn).
        """
        if outcome == WITHDRAWN:
            required(note, "NOTE_REQUIRED", "note")
            self._require(*WAITING, ANSWERED)
        else:
            self._require(ANSWERED)
        self._require_unit(by_unit, self.unit_id, self.holder_unit_id, self.answered_unit_id)
        if self.state != ANSWERED:
            self._tell_overdue(now)
        self._close(outcome, by, note, now)

    def run_timer(self, now: Now) -> None:
        """What the day brings: the reminder, every working day over, each once; and the end of an answered ticket that nobody came back on."""
        if self.state in WAITING:
            self._tell(now)
            self._reset(now)
        elif self.state == ANSWERED and now.at >= self._quiet_until(now):
            self._close(SILENT, SYSTEM, "", now)

    def _close(self, outcome: str, by: str, note: str, now: Now) -> None:
        self.state, self.outcome, self.closed_by, self.closed_at, self.close_note = CLOSED, outcome, by, now.at, note
        self._happened(h.Closed, now.at, outcome=outcome)
        self.timer_at = None

    def _answering(self) -> tuple[str | None, ...]:
        if self.state != TAKEN:
            return (self.unit_id,)
        return (self.unit_id, self.routed_unit_id) if self.rule == FOLLOW else (self.holder_unit_id,)

    def _tell(self, now: Now) -> None:
        """Before the ticket moves on: what is due is told to who held it."""
        if not self.due_soon_told and now.at >= self._warn_at(now):
            self.due_soon_told = True
            self._happened(h.DueSoon, now.at)
        self._tell_overdue(now)

    def _tell_overdue(self, now: Now) -> None:
        over = now.calendar.workdays_between(self.due, now.today)
        while self.overdue_days < over:
            self.overdue_days += 1
            as_of = now.calendar.add_workdays(self.due, self.overdue_days).date
            self._happened(h.Overdue, now.at, overdue_days=self.overdue_days, as_of=as_of)

    def _warn_at(self, now: Now) -> dt.datetime:
        return dt.datetime.combine(self.due, now.rules.enquiries.warn_at, morning(self.due).tzinfo)

    def _quiet_until(self, now: Now) -> dt.datetime:
        return morning(now.calendar.add_workdays(self.answered_day(now), now.rules.enquiries.close_days + 1).date)

    def answered_day(self, now: Now) -> dt.date:
        """The day of the answer in China."""
        assert self.answered_at is not None
        return now.day_of(self.answered_at)

    def _reset(self, now: Now) -> None:
        if self.state == ANSWERED:
            self.timer_at = self._quiet_until(now)
        elif not self.due_soon_told:
            self.timer_at = self._warn_at(now)
        else:
            self.timer_at = morning(now.calendar.add_workdays(self.due, self.overdue_days + 1).date)

    def _require(self, *states: str) -> None:
        if self.state not in states:
            reason = "ENQUIRY_NOT_ANSWERED" if states == (ANSWERED,) and self.state in WAITING else f"ENQUIRY_{self.state.upper()}"
            raise Refused(reason, f"the enquiry is {self.state}", enquiry_id=self.enquiry_id, state=self.state)

    def _require_addressee(self, by: str, by_unit: str) -> None:
        if self.state == OPEN:
            raise Refused("ENQUIRY_NOT_ROUTED", "nobody was asked to take it", enquiry_id=self.enquiry_id)
        self._require(ROUTED)
        if by_unit != self.routed_unit_id or self.routed_id not in (None, by):
            raise Refused("NOT_ROUTED_TO_YOU", "somebody else was asked", enquiry_id=self.enquiry_id)

    def _require_unit(self, unit_id: str, *units: str | None) -> None:
        if unit_id not in units:
            raise Refused("HOLDER_OF_OTHER_UNIT", "another unit holds the ticket", enquiry_id=self.enquiry_id)

    def _mark_route(self, **values: Any) -> None:
        self.routes = [*self.routes[:-1], {**self.routes[-1], **values}]

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, holder=self.holder, **values))


def due_day(now: Now, *, own_duty: bool) -> dt.date:
    """The last day for the answer: counted from today, or from the next working day when today is none."""
    days = now.rules.enquiries.own_days if own_duty else now.rules.enquiries.routed_days
    return now.calendar.add_workdays(now.calendar.on_or_after(now.today).date, days).date


def check_window(channel: str, window_id: str | None) -> None:
    """Raise Invalid WINDOW_REQUIRED for a question asked at a window that is not named."""
    if channel == "window" and window_id is None:
        raise Invalid("WINDOW_REQUIRED", "window_id: at which window was it asked", field="window_id")
