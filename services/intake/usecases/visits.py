"""Door-to-door visits: requested, dispatched, recorded, handed in, closed, and what time brings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.sealing import Vault
from services.intake import reference, roster_reference, sealed_contacts
from services.intake.domain.contact import Contact
from services.intake.domain.masking import mask_text
from services.intake.domain.rules import Now, Rules
from services.intake.domain.visits import Plan, Visit, dispatch_due
from services.intake.orm.visits import visit_contacts, visits
from services.intake.usecases.reveals import on_record
from services.intake.usecases.timers import Timed, run

Answer = dict[str, Any]


def request_visit(db: Db, rules: Rules, vault: Vault, *, hall_id: str, contact: dict[str, str], **said: Any) -> Visit:
    """Write down who needs a visit and why (`item_ids`, `ground`, `ground_text`, `channel`).

    Raises NotFound HALL_NOT_FOUND, ITEM_NOT_FOUND; FailedPrecondition HALL_CLOSED, ITEM_NOT_IN_HALL, ITEM_OF_OTHER_HALL.
    """
    person = Contact.of(contact)
    with db.transaction() as tx:
        hall = roster_reference.open_hall(tx, hall_id)
        now = Now(tx.now, reference.book(tx), rules)
        for item_id in said["item_ids"]:
            roster_reference.handled(tx, hall_id, item_id, now.today)
        visit = Visit(
            visit_id=tx.new_id(), region=hall.region, hall_id=hall_id, **{**said, "ground_text": mask_text(said["ground_text"])},
            contact=person.masked(), requested_by=tx.caller.identity, requested_at=tx.now, due=dispatch_due(said["channel"], now),
        ).request(now)  # fmt: skip
        tx.add(visit)
        tx.execute(visit_contacts.insert(), sealed_contacts.close(vault, visit_contacts, visit.visit_id, person))
        return visit


def dispatch_visit(db: Db, rules: Rules, *, visit_id: str, staff_ids: list[str], **plan: Any) -> Visit:
    """Send staff of the hall (`starts_at`, `ends_at`, `outing_id`). Raises NotFound STAFF_NOT_FOUND."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        planned = Plan(staff_ids=tuple(dict.fromkeys(staff_ids)), **plan)
        visit.dispatch(planned, tx.caller.identity, now)
        roster_reference.require_stationed(tx, visit.hall_id, planned.staff_ids, now.day_of(planned.starts_at))
        return visit


def record_visit(db: Db, rules: Rules, *, visit_id: str, staff_id: str | None, visited_at: dt.datetime | None, **said: Any) -> Visit:
    """Say what came of it (`result`, `note`, `outing_id`); by one of those who went."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        note = mask_text(said["note"])
        visit.record(said["result"], note, at=visited_at or tx.now, by=by, outing_id=said["outing_id"], now=now)
        return visit


def hand_in_visit(db: Db, rules: Rules, *, visit_id: str, note: str) -> Visit:
    """Say how papers came in for which no receipt is written."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        visit.hand_in(mask_text(note), tx.caller.identity, now)
        return visit


def close_visit(db: Db, rules: Rules, *, visit_id: str) -> Visit:
    """Nothing is left to do."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        visit.close(tx.caller.identity, now)
        return visit


def decline_visit(db: Db, rules: Rules, *, visit_id: str, reason: str) -> Visit:
    """The hall does not go."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        visit.decline(mask_text(reason), tx.caller.identity, now)
        return visit


def cancel_visit(db: Db, rules: Rules, *, visit_id: str, reason: str) -> Visit:
    """The citizen does not want it any more."""
    with db.transaction() as tx:
        visit, now = _loaded(tx, visit_id, rules)
        visit.cancel(mask_text(reason), tx.caller.identity, now)
        return visit


def reveal_contact(db: Db, vault: Vault, *, visit_id: str, purpose: str) -> Answer:
    """Name, phone and address in plain, on record: who goes there has to know."""
    with db.transaction() as tx:
        visit = tx.get(Visit, visit_id)
        reveal_id = on_record(tx, visit, purpose, visit_id=visit_id)
        sealed = tx.execute(sa.select(visit_contacts.c.sealed).where(visit_contacts.c.visit_id == visit_id)).scalar_one()
        return {"reveal_id": reveal_id, "contact": sealed_contacts.open_(vault, visit_contacts, visit_id, sealed).shown()}


def run_visit_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Requests nobody was dispatched for; see `run`."""

    def serve(tx: Transaction, visit: Visit) -> None:
        visit.run_timer(Now(tx.now, reference.book(tx), rules))

    return run(db, Timed(Visit, visits, visits.c.visit_id, serve), limit)


def _loaded(tx: Transaction, visit_id: str, rules: Rules) -> tuple[Visit, Now]:
    visit = tx.get(Visit, visit_id, for_update=True)
    tx.caller.require(visit.region, visit.hall_id)
    return visit, Now(tx.now, reference.book(tx), rules)
