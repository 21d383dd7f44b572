"""Requests and answers about appointments."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import PageRequest, PageResponse, an_id, maybe_day, maybe_id, maybe_words, must_be, one_of, words
from services.intake.domain.appointments import CHANNELS, DESK_REASONS, STATES
from services.intake.domain.rosters import KINDS
from services.intake.schemas.contacts import Contact


def _maybe_month() -> fields.Field[Any]:
    rule = validate.Regexp(r"(19|20)\d{2}-(0[1-9]|1[0-2])\Z", error="YYYY-MM")
    return fields.String(load_default=None, allow_none=True, validate=rule)


class BookAppointment(Schema):
    """A place in a slot for an item."""

    hall_id, item_id, slot_id = an_id(), an_id(), an_id()
    contact = fields.Nested(Contact, required=True)
    channel = one_of(*CHANNELS, default="window")


class OneAppointment(Schema):
    """Which one."""

    appointment_id = an_id()


class MoveAppointment(OneAppointment):
    """Another slot."""

    slot_id = an_id()
    reason = words(500)


class CancelAppointment(OneAppointment):
    """Why the place is given back."""

    reason_code = must_be(*DESK_REASONS)
    note = maybe_words(500)


class RevealAppointment(OneAppointment):
    """The purpose is compulsory."""

    purpose = words(500)


class RevealedContact(Schema):
    """In plain."""

    reveal_id = fields.String()
    contact = fields.Nested(Contact)


class ListAppointments(PageRequest):
    """Filters and page."""

    hall_id, window_id, item_id, entry_id, staff_id = maybe_id(), maybe_id(), maybe_id(), maybe_id(), maybe_id()
    day_from, day_to = maybe_day(), maybe_day()
    state, kind = one_of(*STATES), one_of(*KINDS)
    phone = maybe_words(40, default=None)


class ListAppointmentStatistics(PageRequest):
    """Halls and months."""

    hall_id = maybe_id()
    kind = one_of(*KINDS)
    month_from, month_to = _maybe_month(), _maybe_month()


class AppointmentMove(Schema):
    """One change of slot; stored as plain values."""

    at, by, reason, from_slot_id, from_starts_at = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class Booking(Schema):
    """What is known of an appointment from the beginning, contact masked."""

    appointment_id, region, hall_id, window_id = fields.String(), fields.String(), fields.String(), fields.String()
    item_id, entry_id, slot_id, kind = fields.String(), fields.String(), fields.String(), fields.String()
    day = fields.Date()
    starts_at, ends_at = fields.AwareDateTime(), fields.AwareDateTime()
    channel, state = fields.String(), fields.String()
    contact = fields.Nested(Contact)
    staff_ids = fields.List(fields.String())
    requested_by, confirmed_by = fields.String(), fields.String()
    requested_at, confirmed_at = fields.AwareDateTime(), fields.AwareDateTime()
    version = fields.Integer()


class BookedAppointment(Booking):
    """With the token for the citizen."""

    token = fields.String()


class Appointment(Booking):
    """An appointment and what came of it."""

    served_by, cancelled_by, case_id = fields.String(), fields.String(), fields.String()
    served_at, missed_at, cancelled_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    cancel_reason, cancel_note = fields.String(), fields.String()
    moves = fields.List(fields.Nested(AppointmentMove))


class NewToken(Schema):
    """In place of the lost one."""

    appointment_id, token = fields.String(), fields.String()


class AppointmentPage(PageResponse):
    """A page of appointments."""

    appointments = fields.List(fields.Nested(Appointment))


class CitizensAppointment(Schema):
    """What the citizen sees."""

    state, hall_name, item_name, window_id, kind = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    starts_at, ends_at, cancel_until = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    contact_name, cancel_reason = fields.String(), fields.String()


class StatisticsLine(Schema):
    """One hall's month."""

    month, hall_id = fields.String(), fields.String()
    booked, open, served, missed = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    cancelled, cancelled_by_hall = fields.Integer(), fields.Integer()


class StatisticsPage(PageResponse):
    """A page of lines."""

    lines = fields.List(fields.Nested(StatisticsLine))
