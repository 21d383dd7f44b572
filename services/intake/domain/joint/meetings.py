"""A meeting on joint handlings (联审会议): regular or ad hoc, with agenda, attendance by unit, minutes and a resolution for each handling.

A meeting stays where it was called to when a later notice makes its day a rest day: people were told of it, so people move it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.joint import happenings as h
from services.intake.domain.rules import Now
from services.intake.domain.written import required

PLANNED, HELD, MINUTED, CANCELLED = "planned", "held", "minuted", "cancelled"
MEETING_STATES = (PLANNED, HELD, MINUTED, CANCELLED)
REGULAR, AD_HOC = "regular", "ad_hoc"
MEETING_KINDS = (REGULAR, AD_HOC)
PRESENT, ABSENT, EXCUSED = "present", "absent", "excused"
ATTENDANCES = (PRESENT, ABSENT, EXCUSED)


@dataclass(frozen=True)
class Point:
    """A point of the agenda: one handling and the units that it concerns, its lead first."""

    handling_id: str
    case_id: str
    case_no: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """Who was there for a unit; `staff_id` is somebody of it and must be known of a unit that was present."""

    unit_id: str
    status: str
    staff_id: str | None = None
    note: str = ""


@dataclass
class JointMeeting:
    """`agenda` and `seats` are lists of plain values; `units` are everybody who was called, `seats` who came."""

    meeting_id: str
    region: str
    hall_id: str
    kind: str
    starts_at: dt.datetime
    place: str
    reason: str
    called_by: str
    called_at: dt.datetime
    state: str = PLANNED
    agenda: list[dict[str, Any]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)
    minutes_no: str = ""
    minutes: str = ""
    minuted_by: str | None = None
    minuted_at: dt.datetime | None = None
    cancel_reason: str = ""
    cancelled_by: str | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def schedule(self, points: Iterable[Point], units: Iterable[str], *, now: Now) -> JointMeeting:
        """Call it. Raises Invalid AGENDA_EMPTY, MEETING_REASON_REQUIRED (ad hoc), MEETING_TIME_PAST."""
        if self.kind == AD_HOC:
            required(self.reason, "MEETING_REASON_REQUIRED", "reason")
        self._check_time(self.starts_at, now)
        self._add(points, units)
        if not self.agenda:
            raise Invalid("AGENDA_EMPTY", "handling_ids: nothing to meet on", field="handling_ids")
        self._happened(h.MeetingScheduled, now.at)
        return self

    def put_on_agenda(self, points: Iterable[Point], units: Iterable[str], *, now: Now) -> None:
        """Add handlings and units; what is there already stays, so that units named since are called by adding theirs again.

        Raises Refused MEETING_NOT_PLANNED, AGENDA_UNCHANGED.
        """
        self._require(PLANNED, "MEETING_NOT_PLANNED")
        before = (len(self.agenda), len(self.units))
        self._add(points, units)
        if before == (len(self.agenda), len(self.units)):
            raise Refused("AGENDA_UNCHANGED", "all of it is on the agenda already", meeting_id=self.meeting_id)
        self._happened(h.AgendaChanged, now.at)

    def _add(self, points: Iterable[Point], units: Iterable[str]) -> None:
        agenda, called = {point["handling_id"]: point for point in self.agenda}, [*self.units]
        for point in points:
            entry = {"handling_id": point.handling_id, "case_id": point.case_id, "case_no": point.case_no, "resolution": ""}
            agenda.setdefault(point.handling_id, entry)
            called += point.units
        self.agenda, self.units = list(agenda.values()), list(dict.fromkeys([*called, *units]))

    def move(self, starts_at: dt.datetime, *, place: str | None, reason: str, by: str, now: Now) -> None:
        """Another time, or place. Raises Refused MEETING_NOT_PLANNED; Invalid REASON_REQUIRED, MEETING_TIME_PAST, MEETING_UNMOVED."""
        self._require(PLANNED, "MEETING_NOT_PLANNED")
        required(reason, "REASON_REQUIRED", "reason")
        self._check_time(starts_at, now)
        place = self.place if place is None else place
        if (starts_at, place) == (self.starts_at, self.place):
            raise Invalid("MEETING_UNMOVED", "starts_at: it is there and then already", field="starts_at")
        move = {"at": now.at.isoformat(), "by": by, "reason": reason, "from_at": self.starts_at.isoformat(), "from_place": self.place}
        self.moves = [*self.moves, move]
        before, self.starts_at, self.place = self.starts_at, starts_at, place
        self._happened(h.MeetingMoved, now.at, before=before)

    def cancel(self, reason: str, *, by: str, now: Now) -> None:
        """It does not take place, also when nobody came. Raises Refused MEETING_NOT_PLANNED, Invalid REASON_REQUIRED."""
        self._require(PLANNED, "MEETING_NOT_PLANNED")
        self.state, self.cancel_reason, self.cancelled_by = CANCELLED, required(reason, "REASON_REQUIRED", "reason"), by
        self._happened(h.MeetingCancelled, now.at)

    def attend(self, seats: Iterable[Seat], *, now: Now) -> None:
        """Write down who came; corrected by writing it down again until the minutes are there. Units that nobody had called may have come too.

        Raises Refused MEETING_NOT_BEGUN, MEETING_CLOSED; Invalid ATTENDANCE_INCOMPLETE, ATTENDANCE_TWICE, ATTENDANT_REQUIRED, NOBODY_PRESENT.
        """
        if self.state not in (PLANNED, HELD):
            raise Refused("MEETING_CLOSED", f"the meeting is {self.state}", meeting_id=self.meeting_id, state=self.state)
        if now.at < self.starts_at:
            raise Refused("MEETING_NOT_BEGUN", f"it begins at {self.starts_at.isoformat()}", meeting_id=self.meeting_id)
        found = list(seats)
        _check_seats(found, self.units)
        first = self.state == PLANNED
        self.seats, self.state = [vars(seat) for seat in found], HELD
        if first:
            self._happened(h.MeetingHeld, now.at)

    def minute(self, number: str, text: str, resolutions: dict[str, str], *, by: str, now: Now) -> None:
        """Write the minutes with the resolution on each handling.

        Raises Refused MEETING_NOT_HELD, MEETING_CLOSED; Invalid RESOLUTION_MISSING, NOT_ON_AGENDA.
        """
        if self.state == PLANNED:
            raise Refused("MEETING_NOT_HELD", "write down first who came", meeting_id=self.meeting_id)
        self._require(HELD, "MEETING_CLOSED")
        known = {point["handling_id"] for point in self.agenda}
        if strange := sorted(resolutions.keys() - known):
            raise Invalid("NOT_ON_AGENDA", f"resolutions: {', '.join(strange)}", field="resolutions")
        if missing := sorted(known - resolutions.keys()):
            raise Invalid("RESOLUTION_MISSING", f"resolutions: {', '.join(missing)}", field="resolutions")
        self.agenda = [{**point, "resolution": resolutions[point["handling_id"]]} for point in self.agenda]
        self.state, self.minutes_no, self.minutes, self.minuted_by, self.minuted_at = MINUTED, number, text, by, now.at
        self._happened(h.MeetingMinuted, now.at)

    @property
    def handling_ids(self) -> list[str]:
        """What it is about, in the order in which they are locked."""
        return sorted(point["handling_id"] for point in self.agenda)

    def _check_time(self, starts_at: dt.datetime, now: Now) -> None:
        if starts_at <= now.at:
            raise Invalid("MEETING_TIME_PAST", "starts_at: lies ahead", field="starts_at")

    def _require(self, state: str, reason: str) -> None:
        if self.state != state:
            raise Refused(reason, f"the meeting is {self.state}", meeting_id=self.meeting_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def _check_seats(seats: list[Seat], called: list[str]) -> None:
    units = [seat.unit_id for seat in seats]
    if len(units) != len(set(units)):
        raise Invalid("ATTENDANCE_TWICE", "attendance: a unit is there once", field="attendance")
    if missing := [unit for unit in called if unit not in units]:
        raise Invalid("ATTENDANCE_INCOMPLETE", f"attendance: what of {', '.join(missing)}?", field="attendance")
    if any(seat.status == PRESENT and not seat.staff_id for seat in seats):
        raise Invalid("ATTENDANT_REQUIRED", "attendance.staff_id: who was there", field="attendance.staff_id")
    if not any(seat.status == PRESENT for seat in seats):
        raise Invalid("NOBODY_PRESENT", "attendance: a meeting that nobody came to was none; cancel or move it", field="attendance")
