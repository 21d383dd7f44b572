"""Facts of directory and devices, as far as attendance rests on them. Every one may come late, twice and out of order.

Whatever changes what a day rests on touches the day's row in hall_days in the same transaction, and therefore either waits for a running judgement or
makes it wait; a judged day that is touched falls due again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.copies import write_newest
from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.attendance import events
from services.attendance.orm import calendars, deliveries, hall_days, halls, stationings, terminals

RECONSIDERED_DAYS = 62
"""How far back a changed fact makes judged days due again: two months, after which the monthly sheets are closed."""

NEAR = timedelta(seconds=60)
"""A look planned nearer than this is a look at the terminals, not at the clock."""


def store_hall(db: Db, event: ReceivedEvent) -> None:
    """Keep the present state of a hall; older versions change nothing."""
    with db.transaction() as tx:
        write_newest(tx, halls, [events.hall_row(event)])


def store_stationing(db: Db, event: ReceivedEvent) -> None:
    """Keep one period of a person's stationing (派驻); the days it covers are judged again."""
    row = events.stationing_row(event)
    with db.transaction() as tx:
        # The days it used to cover count too: a shortened period takes people out of days that were judged with them.
        before = tx.execute(sa.select(stationings.c.hall_id).where(stationings.c.staff_id == row["staff_id"])).scalars()
        touched = {row["hall_id"], *before}
        if write_newest(tx, stationings, [row]):
            reconsider(tx, touched, row["valid_from"])


def store_calendar(db: Db, event: ReceivedEvent) -> None:
    """Keep the city's overrides (调休); days whose kind changed are judged again."""
    row = events.calendar_row(event)
    with db.transaction() as tx:
        known = tx.execute(sa.select(calendars.c.overrides).with_for_update()).one_or_none()
        if not write_newest(tx, calendars, [row], by="revision"):
            return
        before = {override["date"]: override["is_workday"] for override in (known.overrides if known else [])}
        after = {override["date"]: override["is_workday"] for override in row["overrides"]}
        changed = [date.fromisoformat(day) for day in {*before, *after} if before.get(day) != after.get(day)]
        if changed:
            touch = sa.update(hall_days).where(hall_days.c.day.in_(changed))
            tx.execute(touch.values(due_at=tx.now, touched=hall_days.c.touched + 1))


def store_terminal(db: Db, event: ReceivedEvent) -> None:
    """A terminal was approved or taken out of service: whom the days of its hall wait for."""
    row = events.terminal_row(event)
    if row is None:
        return
    with db.transaction() as tx:
        if write_newest(tx, terminals, [row]):
            _wake(tx, row["hall_id"])


def store_report(db: Db, event: ReceivedEvent) -> None:
    """A terminal has delivered everything up to `through`; open days of its hall may be ripe. The newest watermark stands, whatever the order."""
    said = events.report_row(event)
    row = insert(deliveries).values(said)
    newer = sa.or_(deliveries.c.through.is_(None), deliveries.c.through < said["through"])
    update = row.on_conflict_do_update(
        index_elements=[deliveries.c.device_sn],
        set_={"through": row.excluded.through, "expected_count": row.excluded.expected_count},
        where=newer,
    )
    with db.transaction() as tx:
        if tx.execute(update).rowcount and event.hall_id:
            _wake(tx, event.hall_id)


_STORE_PUNCHES = """
WITH fresh AS (
    INSERT INTO attendance.punches (punch_id, device_sn, hall_id, region, pin, at, day, status, verify)
    SELECT * FROM unnest(%(ids)s::text[], %(devices)s::text[], %(halls)s::text[], %(regions)s::text[], %(pins)s::text[], %(ats)s::timestamptz[],
        %(days)s::date[], %(statuses)s::text[], %(verifies)s::text[])
    ON CONFLICT DO NOTHING
    RETURNING device_sn, hall_id, region, day
), counted AS (
    INSERT INTO attendance.deliveries AS d (device_sn, arrived_count)
    SELECT device_sn, count(*) FROM fresh GROUP BY device_sn ORDER BY device_sn
    ON CONFLICT (device_sn) DO UPDATE SET arrived_count = d.arrived_count + excluded.arrived_count
)
INSERT INTO attendance.hall_days AS h (hall_id, day, region, state, due_at)
SELECT hall_id, day, min(region), 'open', %(now)s::timestamptz FROM fresh GROUP BY hall_id, day ORDER BY hall_id, day
ON CONFLICT (hall_id, day) DO UPDATE
SET touched = h.touched + 1, due_at = CASE WHEN h.state = 'assessed' THEN excluded.due_at ELSE h.due_at END
"""


def store_punches(db: Db, batch: Sequence[ReceivedEvent]) -> None:
    """The punches of many uploads in one statement."""
    rows = [row for event in batch for row in events.punch_rows(event)]
    if not rows:
        return
    names = ("ids", "devices", "halls", "regions", "pins", "ats", "days", "statuses", "verifies")
    columns: dict[str, Any] = dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=True))
    with db.transaction() as tx:
        tx.connection.exec_driver_sql(_STORE_PUNCHES, {**columns, "now": tx.now})


def reconsider(tx: Transaction, hall_ids: Iterable[str], since: date) -> None:
    """Days of these halls fall due again, judged or not; not those that are closed for good."""
    start = max(since, tx.now.date() - timedelta(days=RECONSIDERED_DAYS))
    mine = sa.and_(hall_days.c.hall_id.in_(sorted(set(hall_ids))), hall_days.c.day >= start)
    tx.execute(sa.update(hall_days).where(mine).values(due_at=tx.now, touched=hall_days.c.touched + 1))


def _wake(tx: Transaction, hall_id: str) -> None:
    """Open days that wait for terminals are looked at now; those that wait for their shift's end are left alone."""
    waiting = hall_days.c.due_at <= tx.now + NEAR
    open_ = sa.and_(hall_days.c.hall_id == hall_id, hall_days.c.state == "open", waiting)
    tx.execute(sa.update(hall_days).where(open_).values(due_at=tx.now, touched=hall_days.c.touched + 1))
