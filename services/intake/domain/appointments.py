"""Appointments (预约): a citizen's place in a slot of the roster, on a holiday, after hours or on an ordinary day (M-B12, M-B13).

requested → confirmed → served, missed (爽约) or cancelled. It is served by the receipt that is written for it, in the same transaction (decision 0018).
A request that the desk never confirmed is the hall's neglect: after the slot it is cancelled as `not_confirmed` and never counts as missed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Refused
from services.intake.domain.rules import Now

REQUESTED, CONFIRMED, SERVED, MISSED, CANCELLED = "requested", "confirmed", "served", "missed", "cancelled"
STATES = (REQUESTED, CONFIRMED, SERVED, MISSED, CANCELLED)
LIVE = (REQUESTED, CONFIRMED)
CHANNELS = ("phone", "online", "window")
DESK_REASONS = ("citizen_asked", "hall_prevented", "duplicate")
BY_CITIZEN, NOT_CONFIRMED = "citizen", "not_confirmed"
CANCEL_REASONS = (*DESK_REASONS, BY_CITIZEN, NOT_CONFIRMED)


@dataclass(frozen=True)
class Slot:
    """A piece of a roster entry as it is offered; `booked` places of `capacity` are taken."""

    slot_id: str
    entry_id: str
    region: str
    hall_id: str
    window_id: str
    kind: str
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    booked: int
    closed: bool
    misfit: str | None
    staff_ids: tuple[str, ...]

    def check_open(self) -> None:
        """Raise Refused SLOT_CLOSED, ROSTER_MISFIT, SLOT_FULL."""
        if self.closed:
            raise Refused("SLOT_CLOSED", "the slot was taken off the roster", slot_id=self.slot_id)
        if self.misfit is not None:
            raise Refused("ROSTER_MISFIT", "the calendar has changed: the roster does not suit the day any more", slot_id=self.slot_id)
        if self.booked >= self.capacity:
            raise Refused("SLOT_FULL", "every place of the slot is taken", slot_id=self.slot_id)

    def check_day(self, now: Now) -> None:
        """Raise Refused BOOKING_TOO_EARLY."""
        if self.day > last_day(now):
            raise Refused("BOOKING_TOO_EARLY", f"at most {now.rules.booking.ahead_days} days ahead", slot_id=self.slot_id)

    def check_start(self, now: Now) -> None:
        """Raise Refused BOOKING_TOO_LATE."""
        if self.starts_at < earliest_start(now):
            minutes = now.rules.booking.latest_minutes
            raise Refused("BOOKING_TOO_LATE", f"at least {minutes} minutes before the slot begins", slot_id=self.slot_id)


def last_day(now: Now) -> dt.date:
    """The last day that may be booked today."""
    return now.today + dt.timedelta(days=now.rules.booking.ahead_days)


def earliest_start(now: Now) -> dt.datetime:
    """The earliest beginning of a slot that may be booked now."""
    return now.at + dt.timedelta(minutes=now.rules.booking.latest_minutes)


def check_limit(open_bookings: int, now: Now) -> None:
    """Raise Refused BOOKING_LIMIT_REACHED for a phone that has as many open appointments as it may."""
    if open_bookings >= now.rules.booking.per_phone:
        raise Refused("BOOKING_LIMIT_REACHED", f"the phone has {open_bookings} open appointments", limit=str(now.rules.booking.per_phone))


@dataclass(frozen=True)
class AppointmentHappening:
    """`version` counts the happenings of one appointment without gaps; `at` is when it was recorded; `staff_ids` who is on duty for it."""

    version: int
    at: dt.datetime
    staff_ids: tuple[str, ...]


@dataclass(frozen=True)
class AppointmentRequested(AppointmentHappening):
    """A place is taken."""


@dataclass(frozen=True)
class AppointmentConfirmed(AppointmentHappening):
    """The hall has said yes."""


@dataclass(frozen=True)
class AppointmentMoved(AppointmentHappening):
    """Another slot than the one named here."""

    from_slot_id: str
    from_starts_at: dt.datetime


@dataclass(frozen=True)
class AppointmentServed(AppointmentHappening):
    """The citizen came and a receipt was written."""


@dataclass(frozen=True)
class AppointmentMissed(AppointmentHappening):
    """Slot and grace are over and nobody came."""


@dataclass(frozen=True)
class AppointmentCancelled(AppointmentHappening):
    """The place is free again."""


@dataclass
class Appointment:
    """One booking. `contact` is the masked one; the real one is sealed elsewhere. `moves` are plain values; `token_hash` opens it for the citizen."""

    appointment_id: str
    region: str
    hall_id: str
    window_id: str
    item_id: str
    entry_id: str
    slot_id: str
    kind: str
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    channel: str
    contact: dict[str, str]
    token_hash: str
    requested_by: str
    requested_at: dt.datetime
    state: str = REQUESTED
    confirmed_by: str | None = None
    confirmed_at: dt.datetime | None = None
    served_by: str | None = None
    served_at: dt.datetime | None = None
    case_id: str | None = None
    missed_at: dt.datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: dt.datetime | None = None
    cancel_reason: str | None = None
    cancel_note: str | None = None
    moves: list[dict[str, Any]] = field(default_factory=list)
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def request(self, slot: Slot, now: Now) -> Appointment:
        """Take a place. Raises Refused as the slot's checks do."""
        slot.check_open()
        slot.check_day(now)
        slot.check_start(now)
        self._set_timer(now)
        self._happened(AppointmentRequested, now.at, slot.staff_ids)
        return self

    def confirm(self, by: str, duty: tuple[str, ...], now: Now) -> None:
        """Say yes. Raises Refused APPOINTMENT_CONFIRMED and those of `require_live`."""
        self.require_live()
        if self.state == CONFIRMED:
            raise Refused("APPOINTMENT_CONFIRMED", "the appointment is confirmed", appointment_id=self.appointment_id)
        self.state, self.confirmed_by, self.confirmed_at = CONFIRMED, by, now.at
        self._happened(AppointmentConfirmed, now.at, duty)

    def move(self, slot: Slot, *, by: str, reason: str, now: Now) -> None:
        """Take another place instead; a confirmed appointment stays confirmed. The desk may do so up to the slot's beginning.

        Raises Refused SLOT_OF_OTHER_HALL, SAME_SLOT, SLOT_BEGUN, BOOKING_TOO_EARLY and those of `Slot.check_open`.
        """
        self.require_live()
        if slot.hall_id != self.hall_id:
            raise Refused("SLOT_OF_OTHER_HALL", "an appointment stays in its hall", slot_id=slot.slot_id, hall_id=slot.hall_id)
        if slot.slot_id == self.slot_id:
            raise Refused("SAME_SLOT", "it is the slot that is booked already", slot_id=slot.slot_id)
        slot.check_open()
        if slot.starts_at <= now.at:
            raise Refused("SLOT_BEGUN", "the slot has begun", slot_id=slot.slot_id)
        slot.check_day(now)
        was_id, was_at = self.slot_id, self.starts_at
        moved = {"at": now.at.isoformat(), "by": by, "reason": reason, "from_slot_id": was_id, "from_starts_at": was_at.isoformat()}
        self.moves = [*self.moves, moved]
        self.slot_id, self.entry_id, self.window_id, self.kind = slot.slot_id, slot.entry_id, slot.window_id, slot.kind
        self.day, self.starts_at, self.ends_at = slot.day, slot.starts_at, slot.ends_at
        self._set_timer(now)
        self._happened(AppointmentMoved, now.at, slot.staff_ids, from_slot_id=was_id, from_starts_at=was_at)

    def cancel(self, reason: str, note: str, *, by: str, duty: tuple[str, ...], now: Now) -> None:
        """Give the place back, as the desk does: whenever the appointment is live."""
        self.require_live()
        self._end(reason, note, by, duty, now)

    def cancel_by_citizen(self, duty: tuple[str, ...], now: Now) -> None:
        """Give the place back oneself. Raises Refused CANCEL_TOO_LATE."""
        self.require_live()
        if now.at > self.cancel_until(now):
            minutes = now.rules.booking.cancel_minutes
            raise Refused("CANCEL_TOO_LATE", f"at least {minutes} minutes before the slot begins; please call the hall")
        self._end(BY_CITIZEN, "", BY_CITIZEN, duty, now)

    def cancel_until(self, now: Now) -> dt.datetime:
        """The last moment at which the citizen himself may cancel."""
        return self.starts_at - dt.timedelta(minutes=now.rules.booking.cancel_minutes)

    def receive(self, *, case_id: str, hall_id: str, item_id: str, by: str, duty: tuple[str, ...], now: Now) -> None:
        """The receipt for it is being written: the appointment is served.

        Raises Refused APPOINTMENT_NOT_CONFIRMED, APPOINTMENT_DIFFERS (metadata: field, booked) and those of `require_live`.
        """
        self.require_live()
        if self.state != CONFIRMED:
            raise Refused("APPOINTMENT_NOT_CONFIRMED", "confirm the appointment first", appointment_id=self.appointment_id)
        for name, given in (("hall_id", hall_id), ("item_id", item_id), ("day", now.today)):
            booked = getattr(self, name)
            if booked != given:
                raise Refused("APPOINTMENT_DIFFERS", f"{name}: the appointment is for {booked}", field=name, booked=str(booked))
        self.state, self.served_by, self.served_at, self.case_id, self.timer_at = SERVED, by, now.at, case_id, None
        self._happened(AppointmentServed, now.at, duty)

    def run_timer(self, duty: tuple[str, ...], now: Now) -> None:
        """Slot and grace are over: missed, or lapsed because the hall never said yes."""
        if self.state == CONFIRMED:
            self.state, self.missed_at = MISSED, now.at
            self._happened(AppointmentMissed, now.at, duty)
        elif self.state == REQUESTED:
            self._end(NOT_CONFIRMED, "", "system", duty, now)
        self.timer_at = None

    def require_live(self) -> None:
        """Raise Refused APPOINTMENT_SERVED, APPOINTMENT_MISSED, APPOINTMENT_CANCELLED."""
        if self.state not in LIVE:
            raise Refused(f"APPOINTMENT_{self.state.upper()}", f"the appointment is {self.state}", appointment_id=self.appointment_id)

    def _end(self, reason: str, note: str, by: str, duty: tuple[str, ...], now: Now) -> None:
        self.state, self.cancelled_by, self.cancelled_at, self.cancel_reason, self.cancel_note = CANCELLED, by, now.at, reason, note
        self.timer_at = None
        self._happened(AppointmentCancelled, now.at, duty)

    def _set_timer(self, now: Now) -> None:
        self.timer_at = self.ends_at + dt.timedelta(minutes=now.rules.booking.grace_minutes)

    def _happened(self, what: type, at: dt.datetime, duty: tuple[str, ...], **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, staff_ids=duty, **values))
