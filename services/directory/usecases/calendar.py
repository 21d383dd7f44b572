"""The city's working-day calendar: overrides as a whole, each revision kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import FailedPrecondition
from services.directory import events, orm
from services.directory.views import calendar_of


def publish_calendar(db: Db, *, overrides: list[dict[str, Any]], notices: list[dict[str, Any]]) -> dict[str, Any]:
    """Replace the overrides; the revision grows by one unless nothing differs. Raises InvalidArgument CALENDAR_INVALID."""
    calendar = calendar_of(overrides, notices)
    plain = [{**entry, "date": entry["date"].isoformat()} for entry in sorted(overrides, key=lambda o: o["date"])]
    stated = sorted(notices, key=lambda n: n["year"])
    with db.transaction() as tx:
        # Revisions are dense and in the order of their publication: one at a time.
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('directory.calendars', 0))")
        newest = tx.execute(sa.select(orm.calendars).order_by(orm.calendars.c.revision.desc()).limit(1)).mappings().one_or_none()
        if newest is not None and (newest["overrides"], newest["notices"]) == (plain, stated):
            return {**newest, "published_until": calendar.published_until}
        root = tx.execute(sa.select(orm.regions.c.region).where(orm.regions.c.parent.is_(None)).order_by(orm.regions.c.region)).scalar()
        if root is None:
            raise FailedPrecondition("REGION_TREE_EMPTY", "name the city's region first")
        tx.caller.require(root, None)
        row = {
            "revision": 1 if newest is None else newest["revision"] + 1, "region": root, "hall_id": None, "overrides": plain,
            "notices": stated, "published_by": tx.caller.subject, "published_at": tx.now,
        }  # fmt: skip
        tx.execute(sa.insert(orm.calendars).values(**row))
        tx.emit(events.calendar_changed(row, region=root, at=tx.now))
        return {**row, "published_until": calendar.published_until}
