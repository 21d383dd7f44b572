"""Appointments: booked, confirmed, moved, cancelled, and what time brings. A slot is locked before a place of it is taken, so that nobody overbooks it."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, NotFound
from chassis.sealing import Vault
from services.intake import appointment_views, reference, roster_reference, sealed_contacts
from services.intake.domain import appointments as a
from services.intake.domain.appointments import Appointment, Slot
from services.intake.domain.contact import Contact
from services.intake.domain.masking import mask_text
from services.intake.domain.rules import Now, Rules
from services.intake.orm.appointments import appointment_contacts, appointments, roster_entries, roster_slots
from services.intake.usecases.receipts import token_hash
from services.intake.usecases.reveals import on_record
from services.intake.usecases.rosters import duty_of
from services.intake.usecases.timers import Timed, run

Answer = dict[str, Any]


def book_appointment(db: Db, rules: Rules, vault: Vault, *, contact: dict[str, str], **said: Any) -> Answer:
    """Take a place (`hall_id`, `item_id`, `slot_id`, `channel`); the answer holds the token for the citizen.

    Raises NotFound HALL_, ITEM_, SLOT_NOT_FOUND; FailedPrecondition HALL_CLOSED, ITEM_NOT_IN_HALL, ITEM_OF_OTHER_HALL, WINDOW_NOT_FOR_ITEM, and what
    the domain refuses.
    """
    token, person = secrets.token_urlsafe(18), Contact.of(contact)
    with db.transaction() as tx:
        hall = roster_reference.open_hall(tx, said["hall_id"])
        now = Now(tx.now, reference.book(tx), rules)
        _check_open_bookings(tx, vault, person, now)
        slot = _locked(tx, said["slot_id"])[said["slot_id"]]
        if slot.hall_id != hall.hall_id:
            raise _no_slot(slot.slot_id)
        _check_window(tx, hall, slot, said["item_id"])
        made = Appointment(
            appointment_id=tx.new_id(), region=hall.region, hall_id=hall.hall_id, window_id=slot.window_id, item_id=said["item_id"],
            entry_id=slot.entry_id, slot_id=slot.slot_id, kind=slot.kind, day=slot.day, starts_at=slot.starts_at, ends_at=slot.ends_at,
            channel=said["channel"], contact=person.masked(), token_hash=token_hash(token), requested_by=tx.caller.identity, requested_at=tx.now,
        ).request(slot, now)  # fmt: skip
        if rules.booking.at_once:
            made.confirm("system", slot.staff_ids, now)
        tx.add(made)
        tx.execute(appointment_contacts.insert(), sealed_contacts.close(vault, appointment_contacts, made.appointment_id, person))
        return {**appointment_views.view(made, slot.staff_ids), "token": token}


def confirm_appointment(db: Db, rules: Rules, *, appointment_id: str) -> Answer:
    """Say yes."""
    with db.transaction() as tx:
        found, duty, now = _loaded(tx, appointment_id, rules)
        found.confirm(tx.caller.identity, duty, now)
        return appointment_views.view(found, duty)


def move_appointment(db: Db, rules: Rules, *, appointment_id: str, slot_id: str, reason: str) -> Answer:
    """Take another place of the same hall. Raises NotFound SLOT_NOT_FOUND; FailedPrecondition WINDOW_NOT_FOR_ITEM and what the domain refuses."""
    with db.transaction() as tx:
        found, _, now = _loaded(tx, appointment_id, rules)
        # Both, in one order: two citizens who change places must not wait for each other.
        slot = _locked(tx, slot_id, found.slot_id)[slot_id]
        found.move(slot, by=tx.caller.identity, reason=mask_text(reason), now=now)
        _check_window(tx, roster_reference.open_hall(tx, found.hall_id), slot, found.item_id)
        return appointment_views.view(found, slot.staff_ids)


def cancel_appointment(db: Db, rules: Rules, *, appointment_id: str, reason_code: str, note: str) -> Answer:
    """Give the place back, for the citizen or because the hall cannot."""
    with db.transaction() as tx:
        found, duty, now = _loaded(tx, appointment_id, rules)
        found.cancel(reason_code, mask_text(note), by=tx.caller.identity, duty=duty, now=now)
        return appointment_views.view(found, duty)


def cancel_by_token(db: Db, rules: Rules, *, token: str) -> Answer:
    """The citizen gives his place back; no scope, the token is the right to. Raises NotFound APPOINTMENT_TOKEN_UNKNOWN."""
    with db.transaction() as tx:
        mine = sa.select(Appointment).where(appointments.c.token_hash == token_hash(token)).with_for_update()
        found = tx.session.execute(mine).scalar_one_or_none()
        if found is None:
            raise unknown_token()
        now = Now(tx.now, reference.book(tx), rules)
        found.cancel_by_citizen(duty_of(tx, found.entry_id), now)
        return appointment_views.citizens_view(tx, found, now)


def renew_token(db: Db, rules: Rules, *, appointment_id: str) -> Answer:
    """A new token for a citizen who has lost his; the old one opens nothing any more."""
    token = secrets.token_urlsafe(18)
    with db.transaction() as tx:
        found, _, _ = _loaded(tx, appointment_id, rules)
        found.require_live()
        found.token_hash = token_hash(token)
        return {"appointment_id": appointment_id, "token": token}


def reveal_contact(db: Db, vault: Vault, *, appointment_id: str, purpose: str) -> Answer:
    """Name and phone in plain, on record."""
    with db.transaction() as tx:
        found = tx.get(Appointment, appointment_id)
        reveal_id = on_record(tx, found, purpose, appointment_id=appointment_id)
        columns = appointment_contacts.c
        sealed = tx.execute(sa.select(columns.sealed).where(columns.appointment_id == appointment_id)).scalar_one()
        contact = sealed_contacts.open_(vault, appointment_contacts, appointment_id, sealed)
        return {"reveal_id": reveal_id, "contact": contact.shown()}


def run_appointment_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Slots whose grace is over: whoever did not come has missed it; see `run`."""

    def serve(tx: Transaction, found: Appointment) -> None:
        found.run_timer(duty_of(tx, found.entry_id), Now(tx.now, reference.book(tx), rules))

    return run(db, Timed(Appointment, appointments, appointments.c.appointment_id, serve), limit)


def unknown_token() -> NotFound:
    """What a token that opens nothing is told."""
    return NotFound("APPOINTMENT_TOKEN_UNKNOWN", "no appointment answers to this token")


def _loaded(tx: Transaction, appointment_id: str, rules: Rules) -> tuple[Appointment, tuple[str, ...], Now]:
    found = tx.get(Appointment, appointment_id, for_update=True)
    tx.caller.require(found.region, found.hall_id)
    return found, duty_of(tx, found.entry_id), Now(tx.now, reference.book(tx), rules)


def _check_open_bookings(tx: Transaction, vault: Vault, person: Contact, now: Now) -> None:
    # Bookings of one phone come one after the other; else two at once would both be the last one allowed.
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sealed_contacts.phone_hash(vault, person), 0))))
    mine = appointment_contacts.c.phone_hash.in_(sealed_contacts.phone_hashes(vault, person.phone))
    joined = appointments.join(appointment_contacts, appointments.c.appointment_id == appointment_contacts.c.appointment_id)
    live = sa.select(sa.func.count()).select_from(joined).where(mine, appointments.c.state.in_(a.LIVE))
    a.check_limit(tx.execute(live).scalar_one(), now)


def _check_window(tx: Transaction, hall: roster_reference.Hall, slot: Slot, item_id: str) -> None:
    handled = roster_reference.handled(tx, hall.hall_id, item_id, slot.day)
    if slot.window_id not in hall.windows_of(handled.unit_id):
        raise FailedPrecondition("WINDOW_NOT_FOR_ITEM", "the window does not take this item", window_id=slot.window_id, item_id=item_id)


def _locked(tx: Transaction, *slot_ids: str) -> dict[str, Slot]:
    """The slots, locked in one order for everybody, as they stand now. Raises NotFound SLOT_NOT_FOUND."""
    slots, entries = roster_slots.c, roster_entries.c
    own = (slots.slot_id, slots.entry_id, slots.starts_at, slots.ends_at, slots.capacity, slots.booked, slots.closed)
    of_entry = (entries.region, entries.hall_id, entries.window_id, entries.kind, entries.day, entries.misfit, entries.staff_ids)
    query = sa.select(*own, *of_entry).join_from(roster_slots, roster_entries).where(slots.slot_id.in_(slot_ids)).order_by(slots.slot_id)
    rows = tx.execute(query.with_for_update(of=roster_slots)).mappings().all()
    found = {row["slot_id"]: Slot(**{**row, "staff_ids": tuple(row["staff_ids"])}) for row in rows}
    for slot_id in slot_ids:
        if slot_id not in found:
            raise _no_slot(slot_id)
    return found


def _no_slot(slot_id: str) -> NotFound:
    return NotFound("SLOT_NOT_FOUND", f"slot_id: no slot {slot_id} in this hall", slot_id=slot_id)
