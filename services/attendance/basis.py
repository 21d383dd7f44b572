"""What a hall's date rests on, read in one place for judging and for showing: people, shifts, calendar, terminals, punches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from chassis.database import Transaction
from services.attendance.domain.day import DayResult, judge
from services.attendance.domain.expected import DatedShift, Expectation, RosterEntry, expectation
from services.attendance.domain.shift import Shift, ShiftDay
from services.attendance.domain.watermark import Terminal, pending_reasons
from services.attendance.orm import calendars, deliveries, halls, punches, rosters, shifts, stationings, terminals
from workdays import Calendar, Override, YearNotice


@dataclass(frozen=True)
class Person:
    """Who is stationed at the hall on the date."""

    staff_id: str
    name: str
    unit_id: str
    window_id: str | None
    pin: str


@dataclass(frozen=True)
class Verdict:
    """What can be said of one person-day now: a result, or why not yet, or why none is expected."""

    expectation: Expectation
    shift: ShiftDay | None = None
    result: DayResult | None = None
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Basis:
    """One hall on one date."""

    hall_id: str
    region: str
    day: date
    zone: ZoneInfo
    people: Sequence[Person]
    shifts: Sequence[DatedShift]
    roster: Mapping[str, RosterEntry]
    calendar: Calendar
    terminals: Sequence[Terminal]
    punches: Mapping[str, Sequence[Any]]

    def verdict(self, person: Person, now: datetime) -> Verdict:
        """Judge one person-day as far as it can be judged now."""
        expected = expectation(self.day, self.roster.get(person.staff_id), self.shifts, self.calendar)
        if expected.shift is None:
            return Verdict(expected)
        shift = expected.shift.on(self.day, self.zone)
        result = judge(shift, [punch["at"] for punch in self.punches.get(person.pin, ())])
        return Verdict(expected, shift, result, tuple(pending_reasons(self.terminals, shift, result, now)))


def read(tx: Transaction, hall_id: str, day: date, *, staff_id: str | None = None) -> Basis | None:
    """The basis, of one person if `staff_id` is given; None while directory has not told of the hall."""
    hall = tx.execute(sa.select(halls).where(halls.c.hall_id == hall_id)).mappings().one_or_none()
    if hall is None:
        return None
    people = stationed(tx, hall_id, day, staff_id=staff_id) if hall["status"] == "active" else []
    return Basis(
        hall_id=hall_id,
        region=hall["region"],
        day=day,
        zone=ZoneInfo(hall["zone"]),
        people=people,
        shifts=_shifts(tx, hall_id, day),
        roster=_roster(tx, day, [person.staff_id for person in people]),
        calendar=_calendar(tx),
        terminals=_terminals(tx, hall_id),
        punches=_punches(tx, hall_id, day, people[0].pin if staff_id and people else None),
    )


def stationed(tx: Transaction, hall_id: str, day: date, *, staff_id: str | None = None) -> list[Person]:
    """Who is stationed at the hall on the date. A period ends at its own end or the day before the person's next one, whatever came first."""
    following = sa.func.lead(stationings.c.valid_from).over(partition_by=stationings.c.staff_id, order_by=stationings.c.valid_from)
    periods = sa.select(stationings, following.label("next_from"))
    if staff_id is not None:
        periods = periods.where(stationings.c.staff_id == staff_id)
    else:
        # Only people who were ever here; their other periods are needed to know where this one ends.
        here = sa.select(stationings.c.staff_id).where(stationings.c.hall_id == hall_id)
        periods = periods.where(stationings.c.staff_id.in_(here))
    p = periods.subquery()
    covers = sa.and_(
        p.c.hall_id == hall_id,
        p.c.valid_from <= day,
        sa.or_(p.c.valid_to.is_(None), p.c.valid_to >= day),
        sa.or_(p.c.next_from.is_(None), p.c.next_from > day),
    )
    rows = tx.execute(sa.select(p).where(covers).order_by(p.c.staff_id)).mappings()
    return [Person(row["staff_id"], row["name"], row["unit_id"], row["window_id"], row["pin"]) for row in rows]


def _shifts(tx: Transaction, hall_id: str, day: date) -> list[DatedShift]:
    rows = tx.execute(sa.select(shifts).where(shifts.c.hall_id == hall_id, shifts.c.valid_from <= day)).mappings()
    return [DatedShift(row["code"], row["valid_from"], shift_of(row)) for row in rows]


def shift_of(row: Any) -> Shift:
    """The shift of a row of shifts."""
    return Shift(**{name: row[name] for name in ("am_start", "am_end", "pm_start", "pm_end", "grace_minutes", "closing_minutes")})


def _roster(tx: Transaction, day: date, staff_ids: Sequence[str]) -> dict[str, RosterEntry]:
    rows = tx.execute(sa.select(rosters.c.staff_id, rosters.c.code).where(rosters.c.day == day, rosters.c.staff_id.in_(staff_ids)))
    return {staff_id: RosterEntry(code) for staff_id, code in rows}


_calendars: dict[int, Calendar] = {0: Calendar()}


def _calendar(tx: Transaction) -> Calendar:
    # Building a year's table is the dear part; one calendar per revision is kept for the life of the process.
    revision = tx.execute(sa.select(calendars.c.revision)).scalar_one_or_none() or 0
    if revision not in _calendars:
        row = tx.execute(sa.select(calendars)).mappings().one()
        _calendars.clear()
        _calendars[revision] = calendar_of(row["overrides"], row["notices"])
        _calendars.setdefault(0, Calendar())
    return _calendars[revision]


def calendar_of(overrides: Sequence[Mapping[str, Any]], notices: Sequence[Mapping[str, Any]]) -> Calendar:
    """The calendar of directory's overrides and notices."""
    days = [Override(date.fromisoformat(o["date"]), o["is_workday"], o["reason"], o["notice_no"]) for o in overrides]
    return Calendar(days, [YearNotice(int(n["year"]), n["notice_no"]) for n in notices])


def _terminals(tx: Transaction, hall_id: str) -> list[Terminal]:
    query = (
        sa.select(
            terminals.c.device_sn, terminals.c.approved_at, deliveries.c.through, deliveries.c.expected_count, deliveries.c.arrived_count
        )
        .outerjoin(deliveries, deliveries.c.device_sn == terminals.c.device_sn)
        .where(terminals.c.hall_id == hall_id, terminals.c.state == "approved")
        .order_by(terminals.c.device_sn)
    )
    return [Terminal(sn, approved_at, through, expected, arrived or 0) for sn, approved_at, through, expected, arrived in tx.execute(query)]


def _punches(tx: Transaction, hall_id: str, day: date, pin: str | None) -> dict[str, list[Any]]:
    # The afternoon's window may reach into the next date of the terminal's clock.
    span = punches.c.day.between(day, day + timedelta(days=1))
    query = sa.select(punches).where(punches.c.hall_id == hall_id, span).order_by(punches.c.at, punches.c.punch_id)
    found: dict[str, list[Any]] = {}
    for row in tx.execute(query if pin is None else query.where(punches.c.pin == pin)).mappings():
        found.setdefault(row["pin"], []).append(row)
    return found
