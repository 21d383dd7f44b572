"""Happenings → contract payloads: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import appointments as a
from services.intake.domain import rosters as r
from services.intake.domain.appointments import Appointment
from services.intake.domain.rosters import RosterEntry


def _of_entry(entry: RosterEntry, verb: str, happening: r.RosterHappening, **data: Any) -> Event:
    common = {
        "entry_id": entry.entry_id, "window_id": entry.window_id, "day": entry.day.isoformat(), "kind": entry.kind,
        "starts_at": iso(entry.slots[0][0]), "ends_at": iso(entry.ends_at), "staff_ids": list(entry.staff_ids),
    }  # fmt: skip
    return Event(f"intake.roster.{verb}", entry.entry_id, happening.version, entry.region, entry.hall_id, happening.at, {**common, **data})


def roster_published(entry: RosterEntry, happening: r.RosterPublished) -> Event:
    """A window is open."""
    return _of_entry(entry, "published", happening, slot_minutes=entry.slot_minutes, capacity=entry.capacity)


def roster_changed(entry: RosterEntry, happening: r.RosterChanged) -> Event:
    """Other terms."""
    what = {"changed": list(happening.changed), "removed_staff_ids": list(happening.removed_staff_ids)}
    return _of_entry(entry, "changed", happening, slot_minutes=entry.slot_minutes, capacity=entry.capacity, **what)


def roster_withdrawn(entry: RosterEntry, happening: r.RosterWithdrawn) -> Event:
    """Not open after all; the reason stays here."""
    return _of_entry(entry, "withdrawn", happening, withdrawn_at=iso(happening.at))


def roster_misfit_found(entry: RosterEntry, happening: r.RosterMisfitFound) -> Event:
    """The calendar has turned round under it."""
    return _of_entry(entry, "misfit_found", happening, why=happening.why)


def _of_appointment(appointment: Appointment, verb: str, happening: a.AppointmentHappening, **data: Any) -> Event:
    names = ("appointment_id", "entry_id", "slot_id", "window_id", "item_id", "kind")
    common = {name: getattr(appointment, name) for name in names} | {
        "day": appointment.day.isoformat(), "starts_at": iso(appointment.starts_at), "ends_at": iso(appointment.ends_at),
        "staff_ids": list(happening.staff_ids),
    }  # fmt: skip
    type_, subject = f"intake.appointment.{verb}", appointment.appointment_id
    return Event(type_, subject, happening.version, appointment.region, appointment.hall_id, happening.at, {**common, **data})


def appointment_requested(appointment: Appointment, happening: a.AppointmentRequested) -> Event:
    """A place is taken; by whom stays here."""
    return _of_appointment(appointment, "requested", happening, channel=appointment.channel)


def appointment_confirmed(appointment: Appointment, happening: a.AppointmentConfirmed) -> Event:
    """The hall has said yes."""
    return _of_appointment(appointment, "confirmed", happening, confirmed_at=iso(happening.at))


def appointment_moved(appointment: Appointment, happening: a.AppointmentMoved) -> Event:
    """Another slot."""
    before = {"from_slot_id": happening.from_slot_id, "from_starts_at": iso(happening.from_starts_at)}
    return _of_appointment(appointment, "moved", happening, **before)


def appointment_served(appointment: Appointment, happening: a.AppointmentServed) -> Event:
    """Served by a receipt."""
    receipt = {"case_id": appointment.case_id, "served_by": appointment.served_by}
    return _of_appointment(appointment, "served", happening, served_at=iso(happening.at), **receipt)


def appointment_missed(appointment: Appointment, happening: a.AppointmentMissed) -> Event:
    """Nobody came."""
    return _of_appointment(appointment, "missed", happening, missed_at=iso(happening.at))


def appointment_cancelled(appointment: Appointment, happening: a.AppointmentCancelled) -> Event:
    """The place is free; the note stays here."""
    return _of_appointment(appointment, "cancelled", happening, reason_code=appointment.cancel_reason, cancelled_at=iso(happening.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    r.RosterPublished: roster_published,
    r.RosterChanged: roster_changed,
    r.RosterWithdrawn: roster_withdrawn,
    r.RosterMisfitFound: roster_misfit_found,
    a.AppointmentRequested: appointment_requested,
    a.AppointmentConfirmed: appointment_confirmed,
    a.AppointmentMoved: appointment_moved,
    a.AppointmentServed: appointment_served,
    a.AppointmentMissed: appointment_missed,
    a.AppointmentCancelled: appointment_cancelled,
}
