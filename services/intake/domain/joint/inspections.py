"""On-site joint inspection (现场联合踏勘): the units go to the site together, once, and decide there, inside the limits that run (S2§5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.meetings import PRESENT, Seat
from services.intake.domain.rules import Now
from services.intake.domain.written import required

PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"
INSPECTION_STATES = (PLANNED, DONE, CANCELLED)
RESULTS = ("passed", "rectify", "failed")


@dataclass(frozen=True)
class Outcome:
    """Who was there, what was found, the result and what was decided on the spot, and on which day."""

    seats: tuple[Seat, ...]
    findings: str
    result: str
    decision: str
    done_on: dt.date


@dataclass
class JointInspection:
    """`place_sealed` is the site, sealed: it is the applicant's address. `units` are who goes, `seats` who went; `latest` was the last day inside the
    limits when it was planned or moved, None when they stood still.
    """

    inspection_id: str
    handling_id: str
    case_id: str
    case_no: str
    region: str
    hall_id: str
    place_sealed: str
    planned_on: dt.date
    units: list[str]
    planned_by: str
    planned_at: dt.datetime
    latest: dt.date | None = None
    state: str = PLANNED
    seats: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)
    findings: str = ""
    result: str | None = None
    decision: str = ""
    in_time: bool | None = None
    done_on: dt.date | None = None
    done_by: str | None = None
    cancel_reason: str = ""
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def plan(self, now: Now) -> JointInspection:
        """Plan it. Raises Invalid INSPECTION_DAY_PAST, INSPECTION_AFTER_LIMIT."""
        self._check_day(self.planned_on, now)
        self._happened(h.InspectionPlanned, now.at)
        return self

    def move(self, planned_on: dt.date, reason: str, *, latest: dt.date | None, by: str, now: Now) -> None:
        """On another day.

        Raises Refused INSPECTION_NOT_PLANNED; Invalid REASON_REQUIRED, INSPECTION_DAY_PAST, INSPECTION_AFTER_LIMIT, INSPECTION_UNMOVED.
        """
        self._require_planned()
        required(reason, "REASON_REQUIRED", "reason")
        if planned_on == self.planned_on:
            raise Invalid("INSPECTION_UNMOVED", "planned_on: it is on that day already", field="planned_on")
        self.latest = latest
        self._check_day(planned_on, now)
        self.moves = [*self.moves, {"at": now.at.isoformat(), "by": by, "reason": reason, "from_on": self.planned_on.isoformat()}]
        before, self.planned_on = self.planned_on, planned_on
        self._happened(h.InspectionMoved, now.at, before=before)

    def record(self, outcome: Outcome, *, by: str, latest: dt.date | None, now: Now) -> None:
        """What was found and decided on the spot; later than the limits allow is recorded and not refused: it was done.

        Raises Refused INSPECTION_NOT_PLANNED; Invalid INSPECTION_DAY_WRONG, PARTICIPANTS_INCOMPLETE, ATTENDANT_REQUIRED.
        """
        self._require_planned()
        if not now.day_of(self.planned_at) <= outcome.done_on <= now.today:
            raise Invalid("INSPECTION_DAY_WRONG", "done_on: between the day it was planned on and today", field="done_on")
        if missing := [unit for unit in self.units if unit not in {seat.unit_id for seat in outcome.seats}]:
            raise Invalid("PARTICIPANTS_INCOMPLETE", f"participants: what of {', '.join(missing)}?", field="participants")
        if any(seat.status == PRESENT and not seat.staff_id for seat in outcome.seats):
            raise Invalid("ATTENDANT_REQUIRED", "participants.staff_id: who was there", field="participants.staff_id")
        self.state, self.seats = DONE, [vars(seat) for seat in outcome.seats]
        self.findings, self.result, self.decision = outcome.findings, outcome.result, outcome.decision
        self.done_on, self.done_by, self.latest = outcome.done_on, by, latest
        self.in_time = latest is None or outcome.done_on <= latest
        self._happened(h.InspectionDone, now.at)

    def cancel(self, reason: str, now: Now) -> None:
        """They do not go. Raises Refused INSPECTION_NOT_PLANNED, Invalid REASON_REQUIRED."""
        self._require_planned()
        self.state, self.cancel_reason = CANCELLED, required(reason, "REASON_REQUIRED", "reason")
        self._happened(h.InspectionCancelled, now.at)

    def _check_day(self, day: dt.date, now: Now) -> None:
        if day < now.today:
            raise Invalid("INSPECTION_DAY_PAST", "planned_on: today or later", field="planned_on")
        if self.latest is not None and day > self.latest:
            raise Invalid("INSPECTION_AFTER_LIMIT", f"planned_on: the limits end on {self.latest}", field="planned_on")

    def _require_planned(self) -> None:
        if self.state != PLANNED:
            raise Refused("INSPECTION_NOT_PLANNED", f"the inspection is {self.state}", inspection_id=self.inspection_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def latest_day(*ends: dt.date | None) -> dt.date | None:
    """The last day inside all limits that run."""
    return min((end for end in ends if end is not None), default=None)
