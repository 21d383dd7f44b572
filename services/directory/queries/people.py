"""Staff with their stationing, and delegations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.directory import orm
from services.directory.domain.delegations import Delegation
from services.directory.domain.staff import Staff
from services.directory.queries.paged import Listing, equal, one_page
from services.directory.views import delegation_view


def get_staff(db: Db, *, staff_id: str) -> Staff:
    """One person in scope."""
    with db.read() as tx:
        person = tx.get(Staff, staff_id)
        tx.caller.require(person.region, person.hall_id)
        return person


def list_staff(db: Db, *, hall_id: str | None, unit_id: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """People by their latest hall; `unit_id` finds those whose running stationing is at the unit."""
    table, periods = orm.staff, orm.stationings
    filters = equal(table.c.hall_id, hall_id)
    if unit_id:
        running = sa.select(periods.c.staff_id).where(periods.c.unit_id == unit_id, periods.c.status == "active")
        filters.append(table.c.staff_id.in_(running))
    with db.read() as tx:
        page = one_page(tx, Listing("staff", table, table.c.staff_id, filters), page_size, page_token)
        periods_of = _stationings(tx, [row["staff_id"] for row in page["staff"]])
        for row in page["staff"]:
            row["stationings"] = periods_of[row["staff_id"]]
        return page


def _stationings(tx: Transaction, staff_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    table = orm.stationings
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tx.execute(sa.select(table).where(table.c.staff_id.in_(staff_ids)).order_by(table.c.valid_from)).mappings():
        found[row["staff_id"]].append(dict(row))
    return found


def get_delegation(db: Db, *, delegation_id: str) -> dict[str, Any]:
    """One delegation in scope, with its status today."""
    with db.read() as tx:
        found = tx.get(Delegation, delegation_id)
        tx.caller.require(found.region, found.hall_id)
        return delegation_view(tx, found)


def list_delegations(
    db: Db, *, hall_id: str | None, unit_id: str | None, staff_id: str | None, page_size: int | None, page_token: str | None
) -> dict[str, Any]:
    """Delegations in id order, each with its status today."""
    table = orm.delegations
    filters = equal(table.c.hall_id, hall_id) + equal(table.c.unit_id, unit_id) + equal(table.c.staff_id, staff_id)
    with db.read() as tx:
        page = one_page(tx, Listing("delegations", table, table.c.delegation_id, filters), page_size, page_token)
        page["delegations"] = [delegation_view(tx, Delegation(**row)) for row in page["delegations"]]
        return page
