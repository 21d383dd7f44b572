"""Tables: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake import sealed_contacts
from services.intake.domain.appointments import Appointment
from services.intake.domain.rosters import RosterEntry
from services.intake.orm.base import METADATA, TIME

roster_entries = sa.Table(
    "roster_entries",
    METADATA,
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("starts", sa.Time, nullable=False),
    sa.Column("ends", sa.Time, nullable=False),
    sa.Column("slot_minutes", sa.Integer, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("staff_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("published_at", TIME, nullable=False),
    sa.Column("calendar_edition", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("misfit", sa.Text),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_at", TIME),
    sa.Column("withdrawn_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_roster_entries_hall_id_day", "hall_id", "day", "entry_id"),
    # Whether a window or a person is taken that day already, and what a new calendar has to look at.
    sa.Index("ix_roster_entries_day", "day", "calendar_edition", postgresql_where=sa.text("state = 'published'")),
)

roster_slots = sa.Table(
    "roster_slots",
    METADATA,
    # Never deleted, only closed: appointments of the past name them.
    sa.Column("slot_id", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("intake.roster_entries.entry_id"), nullable=False),
    sa.Column("starts_at", TIME, nullable=False),
    sa.Column("ends_at", TIME, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    # Appointments that were not cancelled; kept by triggers on `appointments`, so that no path of the code can book past the capacity.
    sa.Column("booked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("booked BETWEEN 0 AND capacity", name="not_overbooked"),
    sa.UniqueConstraint("entry_id", "starts_at", "ends_at"),
    sa.Index("ix_roster_slots_starts_at", "starts_at", "slot_id", postgresql_where=sa.text("NOT closed")),
)

appointments = sa.Table(
    "appointments",
    METADATA,
    sa.Column("appointment_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    # That of its slot, which refers to it. A reference of its own would lock the entry after the slot, and a change of the roster does it the other way.
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("slot_id", sa.Text, sa.ForeignKey("intake.roster_slots.slot_id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("starts_at", TIME, nullable=False),
    sa.Column("ends_at", TIME, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Masked; the real one is sealed in `appointment_contacts`.
    sa.Column("contact", JSONB, nullable=False),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", TIME, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("confirmed_at", TIME),
    sa.Column("served_by", sa.Text),
    sa.Column("served_at", TIME),
    sa.Column("case_id", sa.Text),
    sa.Column("missed_at", TIME),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("cancelled_at", TIME),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("cancel_note", sa.Text),
    sa.Column("moves", JSONB, nullable=False, server_default="[]"),
    sa.Column("timer_at", TIME),
    sa.Column("version", sa.Integer, nullable=False),
    # The list of a hall's day, and its statistics by month.
    sa.Index("ix_appointments_hall_id_starts_at", "hall_id", "starts_at", "appointment_id"),
    sa.Index("ix_appointments_starts_at", "starts_at", "appointment_id"),
    sa.Index("ix_appointments_day", "day", "hall_id"),
    sa.Index("ix_appointments_entry_id", "entry_id"),
    sa.Index("ix_appointments_timer_at", "timer_at", postgresql_where=sa.text("timer_at IS NOT NULL")),
)

appointment_contacts = sa.Table(
    "appointment_contacts",
    METADATA,
    sa.Column("appointment_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("phone_hash", sa.Text, nullable=False),
    sa.Index("ix_appointment_contacts_phone_hash", "phone_hash", "appointment_id"),
)

SEALED = sealed_contacts.sealed_column(appointment_contacts)
MAPPED: tuple[tuple[type, sa.Table], ...] = ((RosterEntry, roster_entries), (Appointment, appointments))
