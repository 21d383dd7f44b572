"""The roster: published, changed, withdrawn, and held against a calendar that changed. Slots follow their entry in the same transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition
from services.intake import reference, roster_reference
from services.intake.domain.appointments import LIVE
from services.intake.domain.errors import Refused
from services.intake.domain.masking import mask_text
from services.intake.domain.rosters import PUBLISHED, RosterEntry, Taken, Terms, check_bookings
from services.intake.domain.rules import Now, Rules
from services.intake.orm.appointments import appointments, roster_entries, roster_slots
from services.intake.usecases.reprojection import one_by_one

_LOCK = 1_370_912  # any number: the first of two keys, so that no other advisory lock of the schema is meant by the second


def publish_roster_entry(db: Db, rules: Rules, *, hall_id: str, window_id: str, day: dt.date, **terms: Any) -> dict[str, Any]:
    """Open a window for appointments on a day.

    Raises NotFound HALL_NOT_FOUND, WINDOW_NOT_FOUND, STAFF_NOT_FOUND; FailedPrecondition HALL_CLOSED, ROSTER_OVERLAPS, DUTY_STAFF_BUSY.
    """
    with db.transaction() as tx:
        hall = roster_reference.open_hall(tx, hall_id)
        hall.window(window_id)
        now = Now(tx.now, reference.book(tx), rules)
        said = Terms(**{**terms, "staff_ids": tuple(dict.fromkeys(terms["staff_ids"]))})
        said.check()
        entry = RosterEntry(
            entry_id=tx.new_id(), region=hall.region, hall_id=hall_id, window_id=window_id, day=day, **{**vars(said), "staff_ids": list(said.staff_ids)},
            published_by=tx.caller.identity, published_at=tx.now, calendar_edition=now.book.edition,
        ).publish(now)  # fmt: skip
        _check_free(tx, entry)
        tx.add(entry)
        _lay_slots(tx, entry)
        return _answer(tx, entry)


def change_roster_entry(db: Db, rules: Rules, *, entry_id: str, staff_ids: list[str], **said: Any) -> dict[str, Any]:
    """Let other terms hold; what is left out stays. Raises Refused ROSTER_HAS_BOOKINGS and what `publish_roster_entry` raises."""
    with db.transaction() as tx:
        entry, now = _loaded(tx, entry_id, rules)
        given = {name: value for name, value in said.items() if value is not None}
        given |= {"staff_ids": tuple(dict.fromkeys(staff_ids))} if staff_ids else {}
        changed = entry.change(Terms(**{**vars(entry.terms()), **given}), now)
        if changed:
            _check_free(tx, entry)
            _lay_slots(tx, entry)
        return _answer(tx, entry)


def withdraw_roster_entry(db: Db, rules: Rules, *, entry_id: str, reason: str) -> dict[str, Any]:
    """Do not open after all. Raises Refused ROSTER_HAS_BOOKINGS while anybody is booked."""
    with db.transaction() as tx:
        entry, now = _loaded(tx, entry_id, rules)
        # The slots first: whoever is booking one of them now is either seen here, or finds it closed.
        _locked_slots(tx, entry_id)
        live = sa.select(sa.func.count()).select_from(appointments)
        count = tx.execute(live.where(appointments.c.entry_id == entry_id, appointments.c.state.in_(LIVE))).scalar_one()
        if count:
            raise Refused("ROSTER_HAS_BOOKINGS", "move or cancel the bookings first", entry_id=entry_id, bookings=str(count))
        entry.withdraw(mask_text(reason), tx.caller.identity, now)
        tx.execute(sa.update(roster_slots).where(roster_slots.c.entry_id == entry_id).values(closed=True))
        return _answer(tx, entry)


def recheck_rosters(db: Db, rules: Rules, *, limit: int) -> int:
    """Hold up to `limit` entries of days to come against the calendar in force, each in a transaction of its own; how many were."""
    return one_by_one(lambda broken, claimed: _recheck_one(db, rules, broken, claimed), limit)


def _recheck_one(db: Db, rules: Rules, broken: list[str], claimed: list[str]) -> bool:
    with db.transaction() as tx:
        now = Now(tx.now, reference.book(tx), rules)
        table = roster_entries.c
        behind = sa.select(RosterEntry).where(
            table.state == sa.literal_column(f"'{PUBLISHED}'"), table.day >= now.today, table.calendar_edition < now.book.edition,
            table.entry_id.not_in(broken),
        )  # fmt: skip
        entry = tx.session.execute(behind.order_by(table.day).limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()
        if entry is None:
            return False
        claimed.append(entry.entry_id)
        entry.recheck(now)
    return True


def duty_of(tx: Transaction, entry_id: str) -> tuple[str, ...]:
    """Who is on duty for an entry's appointments."""
    return tuple(tx.execute(sa.select(roster_entries.c.staff_ids).where(roster_entries.c.entry_id == entry_id)).scalar_one())


def slots_of(tx: Transaction, entry_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The open slots of entries, in order."""
    table = roster_slots
    rows = tx.execute(
        sa.select(table).where(table.c.entry_id.in_(entry_ids), sa.not_(table.c.closed)).order_by(table.c.starts_at)
    ).mappings()
    found: dict[str, list[dict[str, Any]]] = {entry_id: [] for entry_id in entry_ids}
    for row in rows:
        found[row["entry_id"]].append(dict(row))
    return found


def _loaded(tx: Transaction, entry_id: str, rules: Rules) -> tuple[RosterEntry, Now]:
    entry = tx.get(RosterEntry, entry_id, for_update=True)
    tx.caller.require(entry.region, entry.hall_id)
    return entry, Now(tx.now, reference.book(tx), rules)


def _check_free(tx: Transaction, entry: RosterEntry) -> None:
    """Raise unless everybody on duty is stationed there, and window and people are free at those hours."""
    roster_reference.require_stationed(tx, entry.hall_id, entry.staff_ids, entry.day)
    # Rosters of one day are made one after the other; else two of them would not see each other.
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, entry.day.toordinal())))
    table = roster_entries.c
    at_once = sa.and_(table.state == PUBLISHED, table.day == entry.day, table.starts < entry.ends, table.ends > entry.starts)
    others = sa.select(table.entry_id, table.hall_id, table.window_id, table.staff_ids).where(at_once, table.entry_id != entry.entry_id)
    for row in tx.execute(others):
        if (row.hall_id, row.window_id) == (entry.hall_id, entry.window_id):
            raise FailedPrecondition("ROSTER_OVERLAPS", "the window has hours on that day already", entry_id=row.entry_id)
        if busy := sorted(set(row.staff_ids) & set(entry.staff_ids)):
            raise FailedPrecondition("DUTY_STAFF_BUSY", f"{busy[0]} is on duty elsewhere then", staff_id=busy[0], entry_id=row.entry_id)


def _locked_slots(tx: Transaction, entry_id: str) -> list[Any]:
    table = roster_slots
    return list(tx.execute(sa.select(table).where(table.c.entry_id == entry_id).order_by(table.c.slot_id).with_for_update()).all())


def _lay_slots(tx: Transaction, entry: RosterEntry) -> None:
    """Bring the rows of the slots in line with their entry. Raises Refused ROSTER_HAS_BOOKINGS."""
    table, wanted = roster_slots, set(entry.slots)
    rows = _locked_slots(tx, entry.entry_id)
    check_bookings(entry, [Taken(row.starts_at, row.ends_at, row.booked) for row in rows])
    kept = [row.slot_id for row in rows if (row.starts_at, row.ends_at) in wanted]
    of_entry = table.c.entry_id == entry.entry_id
    tx.execute(sa.update(table).where(of_entry, table.c.slot_id.not_in(kept)).values(closed=True))
    tx.execute(sa.update(table).where(table.c.slot_id.in_(kept)).values(closed=False, capacity=entry.capacity))
    fresh = sorted(wanted - {(row.starts_at, row.ends_at) for row in rows})
    if fresh:
        shared = {"entry_id": entry.entry_id, "capacity": entry.capacity}
        tx.execute(table.insert(), [{"slot_id": tx.new_id(), "starts_at": start, "ends_at": end, **shared} for start, end in fresh])


def _answer(tx: Transaction, entry: RosterEntry) -> dict[str, Any]:
    return {**vars(entry), "slots": slots_of(tx, [entry.entry_id])[entry.entry_id]}
