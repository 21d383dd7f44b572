"""What people ask for: shifts and rosters."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, NotFound
from services.attendance import basis
from services.attendance.domain.expected import STANDARD, DatedShift, in_force
from services.attendance.domain.shift import Shift
from services.attendance.orm import halls, rosters, shifts, stationings
from services.attendance.usecases.facts import reconsider

Answer = dict[str, Any]
LONGEST_ROSTER = 93
"""Days one call may roster."""


def define_shift(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db, *, hall_id: str, code: str, valid_from: date, am_start: time, am_end: time, pm_start: time, pm_end: time,
    grace_minutes: int, closing_minutes: int,
) -> Answer:  # fmt: skip
    """Define a hall's shift from a date on, or correct it; judged days from then on are judged again.

    Raises FailedPrecondition HALL_UNKNOWN (directory has not told of it yet: try again), ShiftError SHIFT_TIMES_ORDER, SHIFT_GRACE, SHIFT_CLOSING.
    """
    shift = Shift(am_start, am_end, pm_start, pm_end, grace_minutes, closing_minutes)
    with db.transaction() as tx:
        region = _region(tx, hall_id)
        said = {**shift.__dict__, "region": region, "defined_at": tx.now, "defined_by": tx.caller.subject}
        row = {"shift_id": tx.new_id(), "hall_id": hall_id, "code": code, "valid_from": valid_from, **said}
        update = (
            insert(shifts)
            .values(row)
            .on_conflict_do_update(index_elements=[shifts.c.hall_id, shifts.c.code, shifts.c.valid_from], set_=said)
        )
        stored = tx.execute(update.returning(*shifts.c)).mappings().one()
        reconsider(tx, [hall_id], valid_from)
        return dict(stored)


def _region(tx: Transaction, hall_id: str) -> str:
    region: str | None = tx.execute(sa.select(halls.c.region).where(halls.c.hall_id == hall_id)).scalar_one_or_none()
    if region is None:
        raise FailedPrecondition("HALL_UNKNOWN", "directory has not told of this hall", hall_id=hall_id)
    tx.caller.require(region, hall_id)
    return region


def assign_shift(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db, *, staff_id: str, first_date: date, last_date: date, code: str | None, day_off: bool, note: str
) -> Answer:
    """Roster one person for some days: under another shift of the hall, on a rest day, or off. Judged days are judged again.

    Raises NotFound STAFF_NOT_FOUND, SHIFT_NOT_FOUND; FailedPrecondition NOT_STATIONED (names the first day), ROSTER_TOO_LONG.
    """
    days = [first_date + timedelta(days=number) for number in range((last_date - first_date).days + 1)]
    if len(days) > LONGEST_ROSTER:
        raise FailedPrecondition("ROSTER_TOO_LONG", f"at most {LONGEST_ROSTER} days at once")
    chosen = None if day_off else code or STANDARD
    with db.transaction() as tx:
        rows = [_roster_row(tx, staff_id, day, chosen, note) for day in days]
        statement = insert(rosters).values(rows)
        said = {name: statement.excluded[name] for name in ("code", "hall_id", "region", "note", "assigned_at", "assigned_by")}
        tx.execute(statement.on_conflict_do_update(index_elements=[rosters.c.staff_id, rosters.c.day], set_=said))
        reconsider(tx, {row["hall_id"] for row in rows}, first_date)
        return {
            "staff_id": staff_id,
            "first_date": first_date,
            "last_date": last_date,
            "code": chosen,
            "day_off": day_off,
            "day_count": len(days),
        }


def _roster_row(tx: Transaction, staff_id: str, day: date, code: str | None, note: str) -> dict[str, Any]:
    place = place_of(tx, staff_id, day)
    tx.caller.require(place["region"], place["hall_id"])
    if code is not None:
        rows = tx.execute(sa.select(shifts).where(shifts.c.hall_id == place["hall_id"], shifts.c.code == code)).mappings()
        dated = [DatedShift(row["code"], row["valid_from"], basis.shift_of(row)) for row in rows]
        if code not in in_force(day, dated):
            raise NotFound(
                "SHIFT_NOT_FOUND", f"hall {place['hall_id']} has no shift {code} on {day}", hall_id=place["hall_id"], code=code, day=day
            )
    said = {"note": note, "assigned_at": tx.now, "assigned_by": tx.caller.subject}
    return {"staff_id": staff_id, "day": day, "code": code, **place, **said}


def place_of(tx: Transaction, staff_id: str, day: date) -> dict[str, Any]:
    """Hall and region of a person on a date. Raises NotFound STAFF_NOT_FOUND, FailedPrecondition NOT_STATIONED."""
    mine = sa.select(stationings).where(stationings.c.staff_id == staff_id).order_by(stationings.c.valid_from.desc())
    periods = tx.execute(mine).mappings().all()
    if not periods:
        raise NotFound("STAFF_NOT_FOUND", f"directory has not told of {staff_id}", staff_id=staff_id)
    # The latest period that has begun is the one in force: an earlier one ended the day before, whether that was told or not.
    begun = next((period for period in periods if period["valid_from"] <= day), None)
    if begun is None or (begun["valid_to"] is not None and begun["valid_to"] < day):
        raise FailedPrecondition("NOT_STATIONED", f"{staff_id} is not stationed at a hall on {day}", staff_id=staff_id, day=day)
    return {"hall_id": begun["hall_id"], "region": begun["region"]}
