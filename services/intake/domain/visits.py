"""Door-to-door visits (上门服务, M-B14): for illness, disability or age, staff of the hall come and act for the applicant.

requested → dispatched → visited → handed_in → closed; or declined by the hall, cancelled by the citizen, each with a reason. The hall has a limit of
working days to dispatch somebody; every working day over it is told once. A visit takes staff from their post with leave: `outing_id` names the entry of
the going-out register (外出登记), and what was dispatched is told with people and hours, so that attendance can count it as authorised absence.

Papers taken at a home must come into the hall: such a visit is closed only once a receipt was written for it, or somebody has said in words how they came
in. A visit where nobody was met may be dispatched again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.clocks import morning
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Now

REQUESTED, DISPATCHED, VISITED, HANDED_IN, CLOSED = "requested", "dispatched", "visited", "handed_in", "closed"
DECLINED, CANCELLED = "declined", "cancelled"
STATES = (REQUESTED, DISPATCHED, VISITED, HANDED_IN, CLOSED, DECLINED, CANCELLED)
GROUNDS = ("illness", "disability", "age", "other")
PAPERS_TAKEN, DELIVERED, ADVISED, NOT_MET = "papers_taken", "delivered", "advised", "not_met"
RESULTS = (PAPERS_TAKEN, DELIVERED, ADVISED, NOT_MET)
CHANNELS = ("phone", "online", "window")
LONGEST_HOURS, FARTHEST_DAYS = 12, 90


@dataclass(frozen=True)
class VisitHappening:
    """`version` counts the happenings of one visit without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class VisitRequested(VisitHappening):
    """Somebody cannot come to the hall."""


@dataclass(frozen=True)
class VisitDispatched(VisitHappening):
    """Staff will go, or others at another time than was said before; `removed_staff_ids` need not any more."""

    removed_staff_ids: tuple[str, ...]


@dataclass(frozen=True)
class VisitVisited(VisitHappening):
    """They were there."""


@dataclass(frozen=True)
class VisitHandedIn(VisitHappening):
    """What they took along is in the hall; `case_id` when a receipt was written."""

    case_id: str | None


@dataclass(frozen=True)
class VisitClosed(VisitHappening):
    """Nothing is left to do."""


@dataclass(frozen=True)
class VisitOverdue(VisitHappening):
    """One more working day over the limit to dispatch, as of that day."""

    overdue_days: int
    as_of: dt.date


@dataclass(frozen=True)
class VisitDeclined(VisitHappening):
    """The hall does not go."""


@dataclass(frozen=True)
class VisitCancelled(VisitHappening):
    """The citizen does not want it any more; nobody need go."""


@dataclass(frozen=True)
class Plan:
    """Who goes, from when to when; `outing_id` is the entry of the going-out register if there is one yet."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    staff_ids: tuple[str, ...]
    outing_id: str | None

    def check(self, now: Now) -> None:
        """Raise Invalid VISIT_HOURS_INVALID, VISIT_IN_PAST, VISIT_TOO_FAR."""
        if not dt.timedelta(0) < self.ends_at - self.starts_at <= dt.timedelta(hours=LONGEST_HOURS):
            raise Invalid("VISIT_HOURS_INVALID", f"ends_at: after the beginning, within {LONGEST_HOURS} hours", field="ends_at")
        # The distance first: a moment at the end of time has no day in Beijing.
        if self.starts_at - now.at > dt.timedelta(days=FARTHEST_DAYS):
            raise Invalid("VISIT_TOO_FAR", f"starts_at: at most {FARTHEST_DAYS} days ahead", field="starts_at")
        if now.day_of(self.starts_at) < now.today:
            raise Invalid("VISIT_IN_PAST", "starts_at: the day is over", field="starts_at")


@dataclass
class Visit:
    """One visit order. `contact` is the masked one (name, phone, address); the real one is sealed elsewhere. `due` is the last day to dispatch in time.

    `starts_at` and `ends_at` are the planned hours; `case_items` maps the cases that came from the visit to their items.
    """

    visit_id: str
    region: str
    hall_id: str
    item_ids: list[str]
    ground: str
    ground_text: str
    channel: str
    contact: dict[str, str]
    requested_by: str
    requested_at: dt.datetime
    due: dt.date
    state: str = REQUESTED
    staff_ids: list[str] = field(default_factory=list)
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    outing_id: str | None = None
    dispatched_by: str | None = None
    dispatched_at: dt.datetime | None = None
    visited_at: dt.datetime | None = None
    visited_by: str | None = None
    result: str | None = None
    result_note: str | None = None
    case_items: dict[str, str] = field(default_factory=dict)
    handed_in_at: dt.datetime | None = None
    handed_in_by: str | None = None
    hand_in_note: str | None = None
    closed_at: dt.datetime | None = None
    closed_by: str | None = None
    end_reason: str | None = None
    overdue_days: int = 0
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def case_ids(self) -> list[str]:
        """The cases that came from the visit, oldest first: ids are ordered by time."""
        return sorted(self.case_items)

    def request(self, now: Now) -> Visit:
        """Ask for it; the limit to dispatch runs. Raises Invalid GROUND_TEXT_REQUIRED, ITEM_TWICE."""
        if self.ground == "other" and not self.ground_text.strip():
            raise Invalid("GROUND_TEXT_REQUIRED", "ground_text: say which", field="ground_text")
        if len(set(self.item_ids)) < len(self.item_ids):
            raise Invalid("ITEM_TWICE", "item_ids: an item is named twice", field="item_ids")
        self._set_timer(now)
        self._happened(VisitRequested, now.at)
        return self

    def dispatch(self, plan: Plan, by: str, now: Now) -> None:
        """Send staff; again with other people or hours until they were there, and after nobody was met. Raises Refused VISIT_<STATE>."""
        if self.state not in (REQUESTED, DISPATCHED) and not (self.state == VISITED and self.result == NOT_MET):
            self._refuse()
        plan.check(now)
        if self.state == REQUESTED:
            self._tell_overdue(now)
        removed = tuple(one for one in self.staff_ids if one not in plan.staff_ids)
        self.starts_at, self.ends_at, self.staff_ids = plan.starts_at, plan.ends_at, list(plan.staff_ids)
        self.outing_id = plan.outing_id
        self.state, self.dispatched_by, self.dispatched_at, self.timer_at = DISPATCHED, by, now.at, None
        self.visited_at = self.visited_by = self.result = self.result_note = None
        self._happened(VisitDispatched, now.at, removed_staff_ids=removed)

    def record(self, result: str, note: str, *, at: dt.datetime, by: str, outing_id: str | None, now: Now) -> None:
        """Say that they were there and what came of it. Raises Refused VISIT_<STATE>, VISITOR_NOT_DISPATCHED; Invalid VISITED_AT_INVALID."""
        self._require(DISPATCHED)
        if by not in self.staff_ids:
            raise Refused("VISITOR_NOT_DISPATCHED", f"{by} was not dispatched", staff_id=by)
        if not self.requested_at <= at <= now.at:
            raise Invalid("VISITED_AT_INVALID", "visited_at: between the request and now", field="visited_at")
        self.state, self.visited_at, self.visited_by, self.result, self.result_note = VISITED, at, by, result, note
        self.outing_id = outing_id or self.outing_id
        self._happened(VisitVisited, now.at)

    def receive(self, *, case_id: str, hall_id: str, item_id: str, by: str, now: Now) -> None:
        """A receipt is being written for papers that were taken along.

        Raises Refused VISIT_<STATE>, VISIT_DIFFERS (metadata: field), VISIT_ITEM_RECEIVED.
        """
        self._require_papers()
        if hall_id != self.hall_id:
            raise Refused("VISIT_DIFFERS", f"hall_id: the visit is of {self.hall_id}", field="hall_id")
        if item_id not in self.item_ids:
            raise Refused("VISIT_DIFFERS", "item_id: the visit is not about this item", field="item_id")
        if item_id in self.case_items.values():
            raise Refused("VISIT_ITEM_RECEIVED", "the item has its receipt", item_id=item_id)
        self.case_items = {**self.case_items, case_id: item_id}
        self._hand_in(by, now, case_id)

    def hand_in(self, note: str, by: str, now: Now) -> None:
        """Say how the papers came in when no receipt is written for them: they belong to a running case, say. Raises as `receive`."""
        self._require_papers()
        self.hand_in_note = note
        self._hand_in(by, now, None)

    def close(self, by: str, now: Now) -> None:
        """Nothing is left to do. Raises Refused VISIT_<STATE>, PAPERS_NOT_HANDED_IN."""
        self._require(VISITED, HANDED_IN)
        if self.state == VISITED and self.result == PAPERS_TAKEN:
            raise Refused("PAPERS_NOT_HANDED_IN", "papers were taken: write the receipt, or say how they came in", visit_id=self.visit_id)
        self.state, self.closed_at, self.closed_by = CLOSED, now.at, by
        self._happened(VisitClosed, now.at)

    def decline(self, reason: str, by: str, now: Now) -> None:
        """Do not go: the item cannot be handled outside, say. Raises Refused VISIT_<STATE>."""
        self._require(REQUESTED)
        self._end(DECLINED, reason, by, now)
        self._happened(VisitDeclined, now.at)

    def cancel(self, reason: str, by: str, now: Now) -> None:
        """The citizen does not want it any more. Raises Refused VISIT_<STATE>."""
        self._require(REQUESTED, DISPATCHED)
        self._end(CANCELLED, reason, by, now)
        self._happened(VisitCancelled, now.at)

    def run_timer(self, now: Now) -> None:
        """Tell every working day over the limit to dispatch, each once."""
        self.timer_at = None
        if self.state == REQUESTED:
            self._tell_overdue(now)
            self._set_timer(now)

    def _end(self, state: str, reason: str, by: str, now: Now) -> None:
        if self.state == REQUESTED:
            self._tell_overdue(now)
        self.state, self.end_reason, self.closed_by, self.closed_at, self.timer_at = state, reason, by, now.at, None

    def _hand_in(self, by: str, now: Now, case_id: str | None) -> None:
        self.state, self.handed_in_at, self.handed_in_by = HANDED_IN, now.at, by
        self._happened(VisitHandedIn, now.at, case_id=case_id)

    def _tell_overdue(self, now: Now) -> None:
        over = now.calendar.workdays_between(self.due, now.today)
        while self.overdue_days < over:
            self.overdue_days += 1
            as_of = now.calendar.add_workdays(self.due, self.overdue_days).date
            self._happened(VisitOverdue, now.at, overdue_days=self.overdue_days, as_of=as_of)

    def _set_timer(self, now: Now) -> None:
        self.timer_at = morning(now.calendar.add_workdays(self.due, self.overdue_days + 1).date)

    def _require_papers(self) -> None:
        self._require(VISITED, HANDED_IN)
        if self.result != PAPERS_TAKEN:
            raise Refused("NO_PAPERS_TAKEN", "nothing was taken along from the visit", visit_id=self.visit_id, result=str(self.result))

    def _require(self, *states: str) -> None:
        if self.state not in states:
            self._refuse()

    def _refuse(self) -> None:
        raise Refused(f"VISIT_{self.state.upper()}", f"the visit is {self.state}", visit_id=self.visit_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def dispatch_due(channel: str, now: Now) -> dt.date:
    """The last working day to dispatch; a request on a rest day counts from the next working day, and the day of asking is not counted."""
    return now.calendar.add_workdays(now.start(now.at, channel), now.rules.visiting.dispatch_days).date
