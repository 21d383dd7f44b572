"""Reads of appointments: lists by time, one, the one a token opens, and what a month came to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.listing import equal, one_page
from chassis.paging import Page
from chassis.sealing import Vault
from services.intake import appointment_views, reference, sealed_contacts
from services.intake.domain import appointments as a
from services.intake.domain.rules import Now, Rules
from services.intake.orm.appointments import appointment_contacts, appointments, roster_entries
from services.intake.usecases.appointments import unknown_token
from services.intake.usecases.receipts import token_hash
from services.intake.usecases.rosters import duty_of

Answer = dict[str, Any]
_EQUAL = ("hall_id", "window_id", "item_id", "entry_id", "state", "kind")


def get_appointment(db: Db, *, appointment_id: str) -> Answer:
    """One in scope. Raises NotFound APPOINTMENT_NOT_FOUND."""
    with db.read() as tx:
        found = tx.get(a.Appointment, appointment_id)
        tx.caller.require(found.region, found.hall_id)
        return appointment_views.view(found, duty_of(tx, found.entry_id))


def get_by_token(db: Db, rules: Rules, *, token: str) -> Answer:
    """The one that the token opens; no scope, the token is the right to look. Raises NotFound APPOINTMENT_TOKEN_UNKNOWN."""
    with db.read() as tx:
        mine = sa.select(a.Appointment).where(appointments.c.token_hash == token_hash(token))
        found = tx.session.execute(mine).scalar_one_or_none()
        if found is None:
            raise unknown_token()
        return appointment_views.citizens_view(tx, found, Now(tx.now, reference.book(tx), rules))


def list_appointments(db: Db, vault: Vault, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """By time, in the caller's scope; with `staff_id` and a day it is what a person on duty has to expect."""
    page = Page.of(page_size, page_token, types=(str, str))
    table, entries = appointments.c, roster_entries.c
    source = appointments.join(roster_entries, table.entry_id == entries.entry_id)
    with db.read() as tx:
        query = sa.select(appointments, entries.staff_ids).select_from(source)
        query = query.where(tx.caller.where(table.region, table.hall_id), *_wanted(filters, vault))
        return one_page(tx, query, [table.starts_at, table.appointment_id], page).answer("appointments")


def _wanted(filters: dict[str, Any], vault: Vault) -> list[sa.ColumnElement[bool]]:
    found = equal(appointments, {name: filters[name] for name in _EQUAL})
    if filters["day_from"] is not None:
        found.append(appointments.c.day >= filters["day_from"])
    if filters["day_to"] is not None:
        found.append(appointments.c.day <= filters["day_to"])
    if filters["staff_id"] is not None:
        found.append(roster_entries.c.staff_ids.contains([filters["staff_id"]]))
    if filters["phone"]:
        hashes = sealed_contacts.phone_hashes(vault, filters["phone"])
        of_phone = sa.select(appointment_contacts.c.appointment_id).where(appointment_contacts.c.phone_hash.in_(hashes))
        found.append(appointments.c.appointment_id.in_(of_phone))
    return found


def list_statistics(
    db: Db, *, hall_id: str | None, kind: str | None, page_size: int | None, page_token: str | None, **months: str | None
) -> Answer:
    """What each month came to in each hall, by the month of the slot; cancelled ones by who gave the place back."""
    page = Page.of(page_size, page_token, types=(str, str))
    table = appointments.c
    month = sa.func.to_char(table.day, "YYYY-MM")
    wanted = [*equal(appointments, {"hall_id": hall_id, "kind": kind}), *_in_months(**months)]
    with db.read() as tx:
        query = sa.select(month.label("month"), table.hall_id, *_counts()).where(tx.caller.where(table.region, table.hall_id), *wanted)
        lines = query.group_by(month, table.hall_id).subquery()
        return one_page(tx, sa.select(lines), [lines.c.month, lines.c.hall_id], page).answer("lines")


def _counts() -> list[sa.ColumnElement[Any]]:
    table = appointments.c
    by_hall = table.cancel_reason.in_(("hall_prevented", a.NOT_CONFIRMED))
    conditions = {
        "open": table.state.in_(a.LIVE), "served": table.state == a.SERVED, "missed": table.state == a.MISSED, "cancelled": table.state == a.CANCELLED,
        "cancelled_by_hall": sa.and_(table.state == a.CANCELLED, by_hall),
    }  # fmt: skip
    counted = [sa.func.count().filter(condition).label(name) for name, condition in conditions.items()]
    return [sa.func.count().label("booked"), *counted]


def _in_months(month_from: str | None, month_to: str | None) -> list[sa.ColumnElement[bool]]:
    found = []
    if month_from is not None:
        found.append(appointments.c.day >= dt.date.fromisoformat(f"{month_from}-01"))
    if month_to is not None:
        after = dt.date.fromisoformat(f"{month_to}-01") + dt.timedelta(days=31)
        found.append(appointments.c.day < after.replace(day=1))
    return found
