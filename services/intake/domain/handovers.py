"""Hand-over (移交) from the comprehensive window (综合窗口) to the owning unit: received, handed over, chased, fed back (M-B16).

handed_over → acknowledged → fed_back, or withdrawn. The window stays the applicant's one contact: what it hands over is the matter, never the person.
The limit is for the feedback, in working days, from the settings of the day (the source has no number); the day of handing over is not counted. It is
the owning unit's and does not stand still for a special procedure of the case, because the feedback may be just that. Who feeds back has acknowledged.
A decision of the unit on the case is its feedback; a case that is returned needs none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain import own_limits
from services.intake.domain.clocks import morning
from services.intake.domain.errors import Refused
from services.intake.domain.own_limits import DayOver
from services.intake.domain.rules import Now

HANDED_OVER, ACKNOWLEDGED, FED_BACK, WITHDRAWN = "handed_over", "acknowledged", "fed_back", "withdrawn"
STATES = (HANDED_OVER, ACKNOWLEDGED, FED_BACK, WITHDRAWN)
OPEN = (HANDED_OVER, ACKNOWLEDGED)
OUTCOMES = ("done", "needs_more", "not_competent")


@dataclass(frozen=True)
class HandOverHappening:
    """`version` counts the happenings of one hand-over without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class HandedOver(HandOverHappening):
    """The owning unit has to take it."""


@dataclass(frozen=True)
class HandOverAcknowledged(HandOverHappening):
    """Somebody of the unit has received it."""

    by: str


@dataclass(frozen=True)
class HandOverUrged(HandOverHappening):
    """The window asked where it stays, for the n-th time."""

    urgings: int
    by: str


@dataclass(frozen=True)
class HandOverOverdue(HandOverHappening):
    """One more working day over the unit's limit."""

    day: DayOver


@dataclass(frozen=True)
class HandOverOverdueWithdrawn(HandOverHappening):
    """Days over that were told and are not over any more."""

    days: tuple[DayOver, ...]


@dataclass(frozen=True)
class HandOverFedBack(HandOverHappening):
    """The unit has answered; the text stays here."""

    outcome: str
    by: str
    overdue_days: int
    by_decision: bool


@dataclass(frozen=True)
class HandOverWithdrawn(HandOverHappening):
    """No answer is needed any more."""


@dataclass
class HandOver:
    """One hand-over; `told` are the working days over that were told and stand, as dates."""

    handover_id: str
    case_id: str
    case_no: str
    item_id: str
    region: str
    hall_id: str
    window_id: str
    unit_id: str
    note: str
    channel: str
    handed_by: str
    handed_at: dt.datetime
    limit_days: int
    due: dt.date | None = None
    state: str = HANDED_OVER
    acknowledged_by: str | None = None
    acknowledged_at: dt.datetime | None = None
    urgings: list[dict[str, Any]] = field(default_factory=list)
    outcome: str | None = None
    feedback: str = ""
    fed_back_by: str | None = None
    fed_back_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_reason: str = ""
    told: list[str] = field(default_factory=list)
    timer_at: dt.datetime | None = None
    calendar_edition: int = 0
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def hand_over(self, now: Now) -> HandOver:
        """Enter it and start the unit's limit."""
        self._count(now)
        self._happened(HandedOver, now.at)
        self._reset(now)
        return self

    def acknowledge(self, *, by: str, by_unit: str, now: Now) -> None:
        """Somebody of the unit received it. Raises Refused HANDOVER_ACKNOWLEDGED, HANDOVER_CLOSED, HANDLER_OF_OTHER_UNIT."""
        self._require_open()
        self._require_unit(by, by_unit)
        if self.state == ACKNOWLEDGED:
            raise Refused("HANDOVER_ACKNOWLEDGED", f"{self.acknowledged_by} has received it", handover_id=self.handover_id)
        self._settle(now)
        self._acknowledged(by, now)

    def urge(self, note: str, *, by: str, now: Now) -> None:
        """Ask where it stays (催办); every time is kept with its date. Raises Refused HANDOVER_CLOSED."""
        self._require_open()
        self._settle(now)
        self.urgings = [*self.urgings, {"at": now.at.isoformat(), "by": by, "note": note}]
        self._happened(HandOverUrged, now.at, urgings=len(self.urgings), by=by)

    def feed_back(self, outcome: str, feedback: str, *, by: str, by_unit: str, now: Now) -> None:
        """The unit's answer to the window; days over that nobody has told yet are told first. Raises Refused HANDOVER_CLOSED, HANDLER_OF_OTHER_UNIT."""
        self._require_open()
        self._require_unit(by, by_unit)
        self._answered(outcome, feedback, by, now, by_decision=False)

    def decided(self, *, by: str, now: Now) -> None:
        """The unit decided the case itself: that is its answer. Raises Refused HANDOVER_CLOSED."""
        self._require_open()
        self._answered("done", "", by, now, by_decision=True)

    def _answered(self, outcome: str, feedback: str, by: str, now: Now, *, by_decision: bool) -> None:
        self._settle(now)
        if self.state == HANDED_OVER:
            self._acknowledged(by, now)
        self.state, self.timer_at = FED_BACK, None
        self.outcome, self.feedback, self.fed_back_by, self.fed_back_at = outcome, feedback, by, now.at
        self._happened(HandOverFedBack, now.at, outcome=outcome, by=by, overdue_days=len(self.told), by_decision=by_decision)

    def withdraw(self, reason: str, now: Now) -> None:
        """No answer is needed any more; days over that came before still count. Raises Refused HANDOVER_CLOSED."""
        self._require_open()
        self._settle(now)
        self.state, self.timer_at, self.withdrawn_at, self.withdrawn_reason = WITHDRAWN, None, now.at, reason
        self._happened(HandOverWithdrawn, now.at)

    def run_timer(self, now: Now) -> None:
        """Tell every working day over, each once."""
        self.catch_up(now)
        if self.state in OPEN:
            self._settle(now)
            self._reset(now)

    def catch_up(self, now: Now) -> None:
        """Bring an open one in line with the calendar in force before anything else happens to it."""
        if self.state in OPEN and self.calendar_edition < now.book.edition:
            self._count(now)
            self._settle(now)
            self._reset(now)

    def _count(self, now: Now) -> None:
        self.due = now.calendar.add_workdays(now.start(self.handed_at, self.channel), self.limit_days).date
        self.calendar_edition = now.book.edition

    def _settle(self, now: Now) -> None:
        settled = own_limits.settle(self.told, own_limits.days_over(now.calendar, self.due, now.today))
        if settled.wrong:
            self._happened(HandOverOverdueWithdrawn, now.at, days=settled.wrong)
        for day in settled.fresh:
            self._happened(HandOverOverdue, now.at, day=day)
        self.told = settled.stands

    def _reset(self, now: Now) -> None:
        day = own_limits.next_day_over(now.calendar, self.due, len(self.told))
        self.timer_at = None if day is None else morning(day)

    def _acknowledged(self, by: str, now: Now) -> None:
        self.state, self.acknowledged_by, self.acknowledged_at = ACKNOWLEDGED, by, now.at
        self._happened(HandOverAcknowledged, now.at, by=by)

    def _require_open(self) -> None:
        if self.state not in OPEN:
            raise Refused("HANDOVER_CLOSED", f"the hand-over is {self.state}", handover_id=self.handover_id, state=self.state)

    def _require_unit(self, by: str, by_unit: str) -> None:
        if by_unit != self.unit_id:
            raise Refused("HANDLER_OF_OTHER_UNIT", "it was handed over to another unit", handler_id=by, unit_id=self.unit_id)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
