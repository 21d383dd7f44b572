"""Regions, halls, units, windows and their history."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from chassis.database import Db
from services.directory import orm
from services.directory.domain.places import Hall, Region, Unit, Window
from services.directory.queries.paged import Listing, equal, one_page


def get_region(db: Db, *, region: str) -> Region:
    """One region; open to every caller with the permission, since the tree is no secret."""
    with db.read() as tx:
        return tx.get(Region, region)


def list_regions(db: Db, *, parent: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Regions in path order."""
    table = orm.regions
    with db.read() as tx:
        return one_page(tx, Listing("regions", table, table.c.region, equal(table.c.parent, parent)), page_size, page_token)


def get_hall(db: Db, *, hall_id: str) -> Hall:
    """One hall in scope."""
    with db.read() as tx:
        hall = tx.get(Hall, hall_id)
        tx.caller.require(hall.region, hall.hall_id)
        return hall


def list_halls(db: Db, *, region: str | None, level: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Halls of a region and everything below."""
    table = orm.halls
    filters = equal(table.c.level, level)
    if region:
        filters.append(sa.or_(table.c.region == region, table.c.region.startswith(region + ".", autoescape=True)))
    with db.read() as tx:
        return one_page(tx, Listing("halls", table, table.c.hall_id, filters), page_size, page_token)


def get_unit(db: Db, *, unit_id: str) -> Unit:
    """One unit in scope."""
    with db.read() as tx:
        unit = tx.get(Unit, unit_id)
        tx.caller.require(unit.region, unit.hall_id)
        return unit


def list_units(db: Db, *, hall_id: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Units in id order."""
    table = orm.units
    with db.read() as tx:
        return one_page(tx, Listing("units", table, table.c.unit_id, equal(table.c.hall_id, hall_id)), page_size, page_token)


def get_window(db: Db, *, window_id: str) -> Window:
    """One window in scope."""
    with db.read() as tx:
        window = tx.get(Window, window_id)
        tx.caller.require(window.region, window.hall_id)
        return window


def list_windows(db: Db, *, hall_id: str | None, unit_id: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Windows in id order."""
    table = orm.windows
    filters = equal(table.c.hall_id, hall_id) + equal(table.c.unit_id, unit_id)
    with db.read() as tx:
        return one_page(tx, Listing("windows", table, table.c.window_id, filters), page_size, page_token)


def list_history(db: Db, *, kind: str, subject_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Versions of one subject, newest first."""
    table = orm.history
    filters = [table.c.kind == kind, table.c.subject_id == subject_id]
    with db.read() as tx:
        page = one_page(tx, Listing("entries", table, table.c.version, filters, descending=True), page_size, page_token)
    page["entries"] = [{**entry, "state": orjson.dumps(entry["state"]).decode()} for entry in page["entries"]]
    return page


def list_hall_regions(db: Db) -> dict[str, Any]:
    """Every hall's region, whoever asks: the gateway needs it to check scopes."""
    with db.read() as tx:
        rows = tx.execute(sa.select(orm.halls.c.hall_id, orm.halls.c.region).order_by(orm.halls.c.hall_id)).mappings()
        return {"halls": [dict(row) for row in rows]}
