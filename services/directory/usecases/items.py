"""Items and their way into and out of the hall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition
from services.directory import orm
from services.directory.domain.contents import from_plain
from services.directory.domain.improvements import Improvement
from services.directory.domain.items import Exit, Item
from services.directory.domain.places import Unit
from services.directory.views import item_view

Answer = dict[str, Any]


def upsert_item(db: Db, *, item_id: str, unit_id: str, **content: Any) -> Answer:
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
    changed = item.revise(from_plain(content), by=tx.caller.identity, at=tx.now)
    return item, outcome if changed else "unchanged"


def review_item(db: Db, needed: tuple[str, ...], *, item_id: str, office: str, agrees: bool, opinion: str) -> Answer:
    """One office's opinion about the draft; it is reviewed once every needed office agrees."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.give_opinion(office, agrees=agrees, opinion=opinion, by=tx.caller.identity, at=tx.now, needed=needed)
        return item_view(item)


def publish_item(db: Db, *, item_id: str) -> Answer:
    """The reviewed version enters the hall."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        published(tx, item)
        return item_view(item)


def published(tx: Transaction, item: Item) -> None:
    """Publish, and keep a record of everything the version does better than those before it."""
    for improvement in item.publish(by=tx.caller.identity, at=tx.now):
        improvement.improvement_id = tx.new_id()
        tx.add(improvement.detect())


def confirm_guide(db: Db, *, item_id: str) -> Answer:
    """The guide has been looked through and is right."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.confirm_guide(at=tx.now)
        return item_view(item)


def cancel_item(db: Db, *, item_id: str, cancelled_on: dt.date | None, **how: str) -> Answer:
    """The item leaves the hall, at once or on a day to come; running cases go on."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.leave(Exit(**how, on=cancelled_on), today=workdays.beijing_date(tx.now), at=tx.now)
        return item_view(item)


def expire_items(db: Db, *, limit: int) -> int:
    """Up to `limit` items whose last day in the hall has passed leave it; how many did."""
    table, count = orm.items.c, 0
    while count < limit:
        with db.transaction() as tx:
            due = sa.and_(table.status == "in_hall", table.cancelled_on <= workdays.beijing_date(tx.now))
            query = sa.select(Item).where(due).order_by(table.item_id).limit(1).with_for_update(skip_locked=True)
            item = tx.session.execute(query).scalar_one_or_none()
            if item is None:
                return count
            item.expire(at=tx.now)
        count += 1
    return count


def exclude_item(db: Db, *, item_id: str, kind: str, document_no: str, approved_on: dt.date, reason: str) -> Answer:
    """The government approves that the item stays out of the hall."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.exclude(kind, document_no=document_no, approved_on=approved_on, reason=reason)
        return item_view(item)


def readmit_item(db: Db, *, item_id: str) -> Answer:
    """The exclusion is lifted; the item goes on where it stood."""
    with db.transaction() as tx:
        item = _locked(tx, item_id)
        item.readmit()
        return item_view(item)


def decide_improvement(db: Db, *, improvement_id: str, verified: bool, evidence: str, note: str) -> Answer:
    """A second person verifies an improvement with evidence, or rejects it."""
    with db.transaction() as tx:
        improvement = tx.get(Improvement, improvement_id, for_update=True)
        tx.caller.require(improvement.region, improvement.hall_id)
        improvement.decide(true=verified, by=tx.caller.identity, evidence=evidence, note=note, at=tx.now)
        return {column.name: getattr(improvement, column.name) for column in orm.improvements.columns}


def _locked(tx: Transaction, item_id: str) -> Item:
    item = tx.get(Item, item_id, for_update=True)
    tx.caller.require(item.region, item.hall_id)
    return item
