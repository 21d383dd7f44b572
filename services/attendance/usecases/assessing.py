"""Time's part: days are opened, and judged when they fall due. Any process may do it; the row of hall_days is the lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.metrics import counter
from services.attendance import basis
from services.attendance.config import AttendanceConfig
from services.attendance.domain.day import NORMAL, DayResult
from services.attendance.domain.person_day import PersonDay
from services.attendance.domain.watermark import next_look
from services.attendance.orm import hall_days, halls, person_days, shifts

days_assessed = counter("hallbus_attendance_person_days_assessed_total", "Revisions of person-days", ["status"])
_NOTHING = DayResult(NORMAL, (), 0)


def open_days(db: Db, config: AttendanceConfig) -> int:
    """Make the due rows of today for every active hall that has a shift, and of the days that were missed while nobody ran."""
    with db.transaction() as tx:
        working = sa.select(shifts.c.hall_id).distinct()
        latest = sa.select(hall_days.c.hall_id, sa.func.max(hall_days.c.day).label("day")).group_by(hall_days.c.hall_id).subquery()
        query = (
            sa.select(halls, latest.c.day.label("latest"))
            .outerjoin(latest, latest.c.hall_id == halls.c.hall_id)
            .where(halls.c.status == "active", halls.c.hall_id.in_(working))
        )
        rows = [row for hall in tx.execute(query).mappings().all() for row in _missing(hall, tx.now, config)]
        if rows:
            tx.execute(insert(hall_days).values(rows).on_conflict_do_nothing())
        return 0


def _missing(hall: Any, now: datetime, config: AttendanceConfig) -> list[dict[str, Any]]:
    today = now.astimezone(ZoneInfo(hall["zone"])).date()
    earliest = today - timedelta(days=config.catch_up_days)
    first = max(earliest, hall["latest"] + timedelta(days=1)) if hall["latest"] else today
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return [{"hall_id": hall["hall_id"], "day": day, "region": hall["region"], "state": "open", "due_at": now} for day in days]


def assess_due(db: Db, config: AttendanceConfig, *, limit: int) -> int:
    """Judge what is due, one hall and date per transaction; how many that were."""
    for count in range(limit):
        if not _assess_one(db, config):
            return count
    return limit


def _assess_one(db: Db, config: AttendanceConfig) -> bool:
    with db.transaction() as tx:
        due = (
            sa.select(hall_days).where(hall_days.c.due_at <= tx.now).order_by(hall_days.c.due_at).limit(1).with_for_update(skip_locked=True)
        )
        row = tx.execute(due).mappings().one_or_none()
        if row is None:
            return False
        state, due_at = _assess(tx, row, config)
        this = sa.and_(hall_days.c.hall_id == row["hall_id"], hall_days.c.day == row["day"])
        tx.execute(sa.update(hall_days).where(this).values(state=state, due_at=due_at))
        return True


def _assess(tx: Transaction, row: Any, config: AttendanceConfig) -> tuple[str, datetime | None]:
    """Judge the hall's people; the day's new state and when to look again."""
    again = tx.now + timedelta(seconds=config.look_again_seconds)
    found = basis.read(tx, row["hall_id"], row["day"])
    if found is None:
        return "open", again
    known = _known(tx, found)
    looks: list[datetime] = []
    for person in found.people:
        verdict = found.verdict(person, tx.now)
        record = known.pop(person.staff_id, None)
        if verdict.result is None:
            _withdraw(tx, record)
        elif verdict.pending and record is None:
            assert verdict.shift is not None
            looks.append(next_look(verdict.shift, tx.now) or again)
        else:
            # A judged day is judged anew by every later fact: it was complete once, and stays so.
            _record(tx, found, person, record).assess(verdict.result, tx.now)
            days_assessed.labels(verdict.result.status).inc()
    for record in known.values():
        _withdraw(tx, record)
    return ("open", min(looks)) if looks else ("assessed", None)


def _known(tx: Transaction, found: basis.Basis) -> dict[str, PersonDay]:
    mine = sa.select(PersonDay).where(person_days.c.hall_id == found.hall_id, person_days.c.day == found.day).with_for_update()
    return {record.staff_id: record for record in tx.session.execute(mine).scalars()}


def _record(tx: Transaction, found: basis.Basis, person: basis.Person, record: PersonDay | None) -> PersonDay:
    record = record or tx.find(PersonDay, (person.staff_id, found.day), for_update=True)
    if record is None:
        record = PersonDay(person.staff_id, found.day, found.hall_id, found.region, person.unit_id, person.window_id)
        tx.add(record)
    record.hall_id, record.region, record.unit_id, record.window_id = found.hall_id, found.region, person.unit_id, person.window_id
    return record


def _withdraw(tx: Transaction, record: PersonDay | None) -> None:
    """Nobody was expected after all (the day became a rest day, the person had left): what was said is taken back."""
    if record is not None and record.marks:
        record.assess(_NOTHING, tx.now)
