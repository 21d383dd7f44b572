"""Reads of attendance; every list by scope, by key, with its total."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.listing import one_page
from chassis.paging import Page, page_token
from services.attendance import basis
from services.attendance.domain.day import ABSENT, EARLY, LATE
from services.attendance.domain.expected import STANDARD
from services.attendance.domain.watermark import counting
from services.attendance.orm import person_days, punches, shifts, stationings
from services.attendance.usecases.commands import place_of

Answer = dict[str, Any]
PENDING, NOT_EXPECTED = "pending", "not_expected"


def _present(row: Any) -> Answer:
    return {key: value for key, value in row.items() if value is not None}


def get_shift(db: Db, *, hall_id: str, code: str | None, on: date | None) -> Answer:
    """The shift of a hall in force on a date (default today of the process clock). Raises NotFound SHIFT_NOT_FOUND."""
    with db.read() as tx:
        day = on or tx.now.date()
        wanted = [shifts.c.hall_id == hall_id, shifts.c.code == (code or STANDARD), shifts.c.valid_from <= day]
        row = tx.execute(sa.select(shifts).where(*wanted).order_by(shifts.c.valid_from.desc()).limit(1)).mappings().one_or_none()
        if row is None:
            raise NotFound("SHIFT_NOT_FOUND", f"hall {hall_id} has no such shift on {day}", hall_id=hall_id)
        tx.caller.require(row["region"], hall_id)
        return dict(row)


def list_shifts(db: Db, *, hall_id: str | None, page_size: int | None, page_token: str | None) -> Answer:
    """Shifts by hall, code and date."""
    page = Page.of(page_size, page_token, keys=3)
    key = [shifts.c.hall_id, shifts.c.code, shifts.c.valid_from]
    with db.read() as tx:
        where = [tx.caller.where(shifts.c.region, shifts.c.hall_id), *([shifts.c.hall_id == hall_id] if hall_id else [])]
        return one_page(tx, sa.select(shifts).where(*where), key, page).answer("shifts")


def get_day(db: Db, *, staff_id: str, day: date) -> Answer:
    """One person-day with its punches. Raises NotFound STAFF_NOT_FOUND, FailedPrecondition NOT_STATIONED, HALL_UNKNOWN."""
    with db.read() as tx:
        record = _records(tx, person_days.c.staff_id == staff_id, person_days.c.day == day).get(staff_id)
        hall_id = record["hall_id"] if record else place_of(tx, staff_id, day)["hall_id"]
        found = basis.read(tx, hall_id, day, staff_id=staff_id)
        if found is None:
            raise NotFound("HALL_NOT_FOUND", f"directory has not told of {hall_id}", hall_id=hall_id)
        tx.caller.require(found.region, found.hall_id)
        person = found.people[0] if found.people else None
        answer = _person_day(found, person, record, tx.now)
        answer["punches"] = [_punch(punch) for punch in found.punches.get(person.pin, ())] if person else []
        return answer


def list_days(db: Db, *, hall_id: str, day: date, status: str | None, page_size: int | None, page_token: str | None) -> Answer:
    """Every person of a hall on a date, by staff id, judged or pending."""
    page = Page.of(page_size, page_token)
    with db.read() as tx:
        days = [row for row in _hall(tx, hall_id, day)[1] if status is None or row["status"] == status]
    after = [row for row in days if page.after is None or row["staff_id"] > page.after[0]]
    shown = after[: page.size]
    more = {"next_page_token": _token(shown[-1]["staff_id"])} if len(after) > page.size else {}
    return {"days": shown, "total_size": len(days), **more}


def _token(*key: Any) -> str:
    return page_token(key)


def get_hall_day(db: Db, *, hall_id: str, day: date) -> Answer:
    """A hall's date at a glance, and which terminals it waits for."""
    with db.read() as tx:
        found, days = _hall(tx, hall_id, day)
        now = tx.now
    expected = [row for row in days if row["status"] != NOT_EXPECTED]
    statuses, kinds = Counter(row["status"] for row in expected), Counter[str]()
    for row in expected:
        kinds.update({mark["kind"] for mark in row["marks"]})
    shown = next((found.verdict(person, now).shift for person in found.people), None)
    waited = counting(found.terminals, shown) if shown else found.terminals
    return {
        "hall_id": hall_id,
        "date": day,
        "is_workday": found.calendar.is_workday(day),
        "expected_count": len(expected),
        "normal_count": statuses["normal"],
        "abnormal_count": statuses["abnormal"],
        "pending_count": statuses[PENDING],
        "late_count": kinds[LATE],
        "early_count": kinds[EARLY],
        "absent_count": kinds[ABSENT],
        "terminals": [
            _present({"device_sn": t.device_sn, "through": t.through, "missing_count": max(0, (t.expected or 0) - t.arrived)})
            for t in waited
        ],
    }


def _hall(tx: Transaction, hall_id: str, day: date) -> tuple[basis.Basis, list[Answer]]:
    found = basis.read(tx, hall_id, day)
    if found is None:
        raise NotFound("HALL_NOT_FOUND", f"directory has not told of {hall_id}", hall_id=hall_id)
    tx.caller.require(found.region, found.hall_id)
    records = _records(tx, person_days.c.hall_id == hall_id, person_days.c.day == day)
    rows = [_person_day(found, person, records.pop(person.staff_id, None), tx.now) for person in found.people]
    # Who was judged here and has left since still belongs to the day's history.
    rows += [_person_day(found, None, record, tx.now) for record in records.values()]
    return found, sorted(rows, key=lambda row: row["staff_id"])


def _records(tx: Transaction, *where: Any) -> dict[str, Any]:
    return {row["staff_id"]: row for row in tx.execute(sa.select(person_days).where(*where)).mappings()}


def _person_day(found: basis.Basis, person: basis.Person | None, record: Any | None, now: datetime) -> Answer:
    verdict = found.verdict(person, now) if person else None
    base = {"hall_id": found.hall_id, "date": found.day}
    if person is not None:
        base |= {"staff_id": person.staff_id, "unit_id": person.unit_id, "window_id": person.window_id, "name": person.name}
    if record is not None:
        said = {
            name: record[name] for name in ("staff_id", "unit_id", "window_id", "status", "marks", "punch_count", "revision", "assessed_at")
        }
        reasons = [verdict.expectation.reason] if verdict and verdict.expectation.reason else []
        return _present({**base, **said, "reasons": reasons})
    assert verdict is not None  # without a record there is a person
    if verdict.result is None:
        # Without a shift nothing was asked of anybody; that is told, not guessed.
        pending = verdict.expectation.reason == "NO_SHIFT"
        return _present({**base, "status": PENDING if pending else NOT_EXPECTED, "marks": [], "reasons": [verdict.expectation.reason]})
    reasons = list(verdict.pending) or ["BEING_ASSESSED"]
    return _present({**base, "status": PENDING, "marks": [], "punch_count": verdict.result.punch_count, "reasons": reasons})


def _punch(row: Any) -> Answer:
    return {name: row[name] for name in ("punch_id", "device_sn", "at", "status", "verify")}


def list_unknown_punches(
    db: Db, *, hall_id: str | None, first_date: date | None, last_date: date | None, page_size: int | None, page_token: str | None
) -> Answer:
    """Punches whose PIN belongs to nobody of the hall on that date, newest first; they count as soon as directory names their owner."""
    page = Page.of(page_size, page_token, keys=2)
    newest = sa.cast(-sa.extract("epoch", punches.c.at), sa.Numeric).label("newest")
    with db.read() as tx:
        last = last_date or tx.now.date() + timedelta(days=1)
        where = [tx.caller.where(punches.c.region, punches.c.hall_id), sa.not_(_owned()), punches.c.day <= last]
        where += [punches.c.hall_id == hall_id] if hall_id else []
        where += [punches.c.day >= (first_date or last - timedelta(days=31))]
        found = one_page(tx, sa.select(punches, newest).where(*where), [newest, punches.c.punch_id], page)
    return found.answer("punches", lambda row: {**_punch(row), "hall_id": row["hall_id"], "pin": row["pin"], "date": row["day"]})


def _owned() -> Any:
    s, later = stationings, stationings.alias("later")
    superseded = (
        sa.select(later.c.staff_id)
        .where(later.c.staff_id == s.c.staff_id, later.c.valid_from > s.c.valid_from, later.c.valid_from <= punches.c.day)
        .correlate(s, punches)
        .exists()
    )
    here = (s.c.hall_id == punches.c.hall_id, s.c.pin == punches.c.pin, s.c.valid_from <= punches.c.day)
    lasts = sa.or_(s.c.valid_to.is_(None), s.c.valid_to >= punches.c.day)
    return sa.select(s.c.staff_id).where(*here, lasts, sa.not_(superseded)).correlate(punches).exists()
