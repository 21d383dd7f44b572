"""The catalogue as its keepers look at it: guides that need care, what each version changed, improvements."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from chassis import listing
from chassis.database import Db
from chassis.paging import Page, page_token
from services.directory import orm
from services.directory.domain import guides
from services.directory.domain.items import Item, ItemVersion
from services.directory.queries.paged import Listing, equal, one_page

_VERSION = ("number", "status", "created_by", "published_by", "created_at", "valid_from", "valid_to")


def list_guide_problems(
    db: Db, stale_days: int, *, hall_id: str | None, unit_id: str | None, page_size: int | None, page_token: str | None
) -> dict[str, Any]:
    """Versions in the hall or on their way there whose guide lacks fields, or that nobody has confirmed for long; by item and version."""
    items, versions = orm.items, orm.item_versions
    page = Page.of(page_size, page_token, types=(str, int))
    with db.read() as tx:
        old = sa.and_(versions.c.status == "in_hall", versions.c.guide_checked_at < tx.now - dt.timedelta(days=stale_days))
        bad = sa.or_(sa.func.cardinality(versions.c.guide_missing) > 0, old)
        alive = versions.c.status.in_(("draft", "reviewed", "in_hall"))
        seen = sa.and_(
            tx.caller.where(versions.c.region, versions.c.hall_id), alive, bad,
            *equal(versions.c.hall_id, hall_id), *equal(items.c.unit_id, unit_id),
        )  # fmt: skip
        joined = versions.join(items, items.c.item_id == versions.c.item_id)
        names = (
            versions.c.item_id, versions.c.number, versions.c.hall_id, versions.c.status, versions.c.guide_missing.label("missing"),
            versions.c.guide_checked_at.label("checked_at"), items.c.unit_id, items.c.name,
        )  # fmt: skip
        found = listing.one_page(tx, sa.select(*names).select_from(joined).where(seen), [versions.c.item_id, versions.c.number], page)
        now = tx.now

    def problem(row: Any) -> dict[str, Any]:
        return {**row, "stale": row["status"] == "in_hall" and guides.stale(row["checked_at"], now, days=stale_days)}

    return found.answer("problems", problem)


def list_item_history(db: Db, *, item_id: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Every version of an item, newest first, with the fields it changes in the version before."""
    page = Page.of(page_size, page_token, types=(int,))
    with db.read() as tx:
        item = tx.get(Item, item_id)
        tx.caller.require(item.region, item.hall_id)
        versions = sorted(item.versions, key=lambda v: v.number, reverse=True)
    before = {version.number: older for version, older in pairwise(versions)}
    rest = [v for v in versions if page.after is None or v.number < page.after[0]]
    shown = [_history(version, before.get(version.number)) for version in rest[: page.size]]
    more = len(rest) > page.size
    return {"versions": shown, "next_page_token": _number_token(shown[-1]) if more else "", "total_size": len(versions)}


def _number_token(row: dict[str, Any]) -> str:
    return page_token((row["number"],))


def _history(version: ItemVersion, older: ItemVersion | None) -> dict[str, Any]:
    changes = difference(older.content if older else {}, version.content)
    return {**{name: getattr(version, name) for name in _VERSION}, "changes": changes}


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """The fields that differ, by name, the guide's one by one; values as JSON, empty where there was none."""
    flat_before, flat_after = _flat(before), _flat(after)
    names = sorted({*flat_before, *flat_after})
    return [
        {"field": name, "before": flat_before.get(name, ""), "after": flat_after.get(name, "")}
        for name in names
        if flat_before.get(name) != flat_after.get(name)
    ]


def _flat(content: dict[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in content.items() if name != "guide"}
    plain |= {f"guide.{name}": value for name, value in content.get("guide", {}).items()}
    return {name: json.dumps(value, ensure_ascii=False, sort_keys=True) for name, value in plain.items()}


def list_improvements(
    db: Db, *, hall_id: str | None, unit_id: str | None, item_id: str | None, kind: str | None, state: str | None, **page: Any
) -> dict[str, Any]:
    """Improvements, newest first: the table of shortened promises (缩短承诺时间项目表) and what waits for its second person."""
    table = orm.improvements
    filters = equal(table.c.hall_id, hall_id) + equal(table.c.unit_id, unit_id) + equal(table.c.item_id, item_id)
    filters += equal(table.c.kind, kind) + equal(table.c.state, state)
    with db.read() as tx:
        wanted = Listing("improvements", table, table.c.improvement_id, filters, descending=True)
        return one_page(tx, wanted, page["page_size"], page["page_token"])
