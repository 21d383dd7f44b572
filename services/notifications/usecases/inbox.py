"""The inbox as its owner changes it."""

from __future__ import annotations

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from services.notifications import orm
from services.notifications.usecases.recipients import person


def mark_read(db: Db, *, message_ids: list[str]) -> dict[str, int]:
    """Mark one's own messages as read; how many were unread before and how many are left. Raises MESSAGE_NOT_FOUND for anyone else's, PERSON_REQUIRED."""
    columns = orm.inbox_messages.c
    with db.transaction() as tx:
        mine = columns.recipient_id == person(tx)
        wanted = sa.and_(mine, columns.message_id.in_(message_ids))
        found = set(tx.execute(sa.select(columns.message_id).where(wanted).order_by(columns.message_id).with_for_update()).scalars())
        missing = sorted(set(message_ids) - found)
        if missing:
            raise NotFound("MESSAGE_NOT_FOUND", "no such message in your inbox", message_id=missing[0])
        marked = tx.execute(sa.update(orm.inbox_messages).where(wanted, columns.read_at.is_(None)).values(read_at=tx.now)).rowcount
        unread = tx.execute(sa.select(sa.func.count()).select_from(orm.inbox_messages).where(mine, columns.read_at.is_(None))).scalar_one()
        return {"marked": marked, "unread_count": unread}
