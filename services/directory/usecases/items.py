"""Items and their way into and out of the hall."""

from __future__ import annotations

from typing import Any

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition
from services.directory.domain.items import Item, from_plain
from services.directory.domain.places import Unit
from services.directory.views import item_view


def upsert_item(db: Db, *, item_id: str, unit_id: str, **content: Any) -> dict[str, Any]:
    """Write a draft of the item's next version; nothing happens when it says what the newest version says."""
    with db.transaction() as tx:
        item, _ = drafted(tx, item_id, unit_id, content)
        return item_view(item)


def drafted(tx: Transaction, item_id: str, unit_id: str, content: dict[str, Any]) -> tuple[Item, str]:
    """The item with the content as its newest version, and what happened: created, revised or unchanged."""
    unit = tx.get(Unit, unit_id)
    tx.caller.require(unit.region, unit.hall_id)
    item = tx.find(Item, item_id, for_update=True)
    outcome = "revised"
    if item is None:
        item, outcome = Item(item_id, unit_id, unit.region, unit.hall_id, content["name"], "draft"), "created"
        tx.add(item)
    elif item.unit_id != unit_id:
        raise FailedPrecondition("ITEM_UNIT_FIXED", f"unit_id: {item_id} is an item of {item.unit_id}", item_id=item_id)
    changed = item.revise(from_plain(content), at=tx.now)
    return item, outcome if changed else "unchanged"


def review_item(db: Db, *, item_id: str) -> dict[str, Any]:
    """The draft passes review."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.review(by=tx.caller.subject)
        return item_view(item)


def publish_item(db: Db, *, item_id: str) -> dict[str, Any]:
    """The reviewed version enters the hall."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        # The unique index allows one version in the hall: the old one has to be written out of it first.
        item.publish(at=tx.now)
        return item_view(item)


def cancel_item(db: Db, *, item_id: str, outcome: str, reason: str) -> dict[str, Any]:
    """The item is cancelled or leaves the hall; running cases go on."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.leave(outcome, reason=reason, at=tx.now)
        return item_view(item)


def _locked(tx: Transaction, item_id: str) -> Item:
    item = tx.get(Item, item_id, for_update=True)
    tx.caller.require(item.region, item.hall_id)
    return item
