"""Facts that people record and judge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation
from services.scoring import orm
from services.scoring.answers import fact_answer
from services.scoring.domain.causes import RECORD_FACT, VERIFY_FACT, Cause, Change
from services.scoring.domain.facts import JUDGED_AT_SOURCE, Fact
from services.scoring.events import Report
from services.scoring.usecases.reports import DEFAULT_ZONE, replace_facts
from services.scoring.usecases.rescoring import rescore_facts

Answer = dict[str, Any]


def record_fact(db: Db, *, hall_id: str, evidence: str, recorded_by: str | None, **said: Any) -> Answer:
    """Enter a fact by hand; it scores once a second person has verified it.

    Raises NotFound (HALL_NOT_FOUND), InvalidArgument (SUBJECT_MISSING, SUBJECT_UNKNOWN, SUBJECT_NOT_IN_HALL, OCCURRED_IN_FUTURE,
    NOT_YOURSELF), PermissionDenied (OUT_OF_SCOPE).
    """
    with db.transaction() as tx:
        hall = tx.execute(sa.select(orm.halls).where(orm.halls.c.hall_id == hall_id)).one_or_none()
        if hall is None:
            raise NotFound("HALL_NOT_FOUND", f"no hall {hall_id}", hall_id=hall_id)
        tx.caller.require(hall.region, hall_id)
        author = tx.caller.acting_as(recorded_by, "recorded_by")
        subjects = _subjects(tx, hall_id, said)
        occurred_on = _day(tx, said.pop("occurred_on"), said.get("occurred_at"), ZoneInfo(hall.zone) if hall.zone else DEFAULT_ZONE)
        fact_id = f"manual:{tx.new_id()}"
        rest = {name: value for name, value in said.items() if name not in ("person_id", "window_id", "unit_id")}
        fact = Fact(fact_id=fact_id, region=hall.region, hall_id=hall_id, occurred_on=occurred_on, channel="manual", **subjects, **rest)
        report = Report(fact_id, 1, (fact,), author, evidence, tx.caller.identity)
        rescore_facts(tx, replace_facts(tx, [report], {fact_id: Cause(RECORD_FACT, fact_id, decided_by=author)}))
        return fact_answer(_row(tx, fact_id))


def verify_fact(db: Db, *, fact_id: str, verified: bool, staff_fault: bool | None, note: str, verified_by: str | None) -> Answer:
    """Judge a fact: true or not, and whose fault. The judgement outlives later reports of the source.

    Findings, complaints, improvements, fee violations and missed limits are judged where they are kept, by a second person under rules of their own.
    Raises NotFound (FACT_NOT_FOUND), FailedPrecondition (SAME_PERSON, FACT_RETRACTED, JUDGED_BY_SOURCE), InvalidArgument (NOT_YOURSELF).
    """
    with db.transaction() as tx:
        row = _row(tx, fact_id, for_update=True)
        tx.caller.require(row.region, row.hall_id)
        judge = tx.caller.acting_as(verified_by, "verified_by")
        if row.channel in JUDGED_AT_SOURCE:
            raise FailedPrecondition("JUDGED_BY_SOURCE", f"{row.channel} facts are decided in their own service", fact_id=fact_id)
        if {judge, tx.caller.identity} & {row.recorded_by, row.recorded_through, row.person_id}:
            raise FailedPrecondition("SAME_PERSON", "who recorded a fact, or is its subject, cannot judge it", fact_id=fact_id)
        if row.retracted_at is not None:
            raise FailedPrecondition("FACT_RETRACTED", "its source has taken this fact back", fact_id=fact_id)
        judgement = {"judged_verified": verified, "judged_by": judge, "judged_at": tx.now, "judgement_note": note}
        if staff_fault is not None:
            judgement["judged_staff_fault"] = staff_fault
        tx.execute(sa.update(orm.facts).where(orm.facts.c.fact_id == fact_id).values(**judgement))
        judged = _row(tx, fact_id)
        rescore_facts(tx, [Change(orm.as_fact(judged), (Cause(VERIFY_FACT, fact_id, decided_by=judge),))])
        return fact_answer(judged)


def _row(tx: Transaction, fact_id: str, *, for_update: bool = False) -> Any:
    wanted = sa.select(orm.facts).where(orm.facts.c.fact_id == fact_id)
    row = tx.execute(wanted.with_for_update() if for_update else wanted).one_or_none()
    if row is None:
        raise NotFound("FACT_NOT_FOUND", f"no fact {fact_id}", fact_id=fact_id)
    return row


def _subjects(tx: Transaction, hall_id: str, said: Answer) -> dict[str, Any]:
    """Person, window and unit: those named must be of the hall, the others follow from the most specific one."""
    named = {kind: said.get(f"{kind}_id") for kind in ("person", "window", "unit")}
    if not any(named.values()):
        raise _invalid("SUBJECT_MISSING", "person_id", "name the person, the window or the unit")
    known: dict[str, Any] = {}
    for kind, subject_id in named.items():
        if subject_id is not None:
            known[kind] = _known(tx, kind, subject_id, hall_id)
    person, window = known.get("person"), known.get("window")
    window_id = named["window"] or (person.window_id if person else None)
    unit_id = named["unit"] or (window.unit_id if window else person.unit_id if person else None)
    return {"person_id": named["person"], "window_id": window_id, "unit_id": unit_id}


def _known(tx: Transaction, kind: str, subject_id: str, hall_id: str) -> Any:
    table = orm.subjects
    row = tx.execute(sa.select(table).where(table.c.kind == kind, table.c.subject_id == subject_id)).one_or_none()
    if row is None:
        raise _invalid("SUBJECT_UNKNOWN", f"{kind}_id", f"no {kind} {subject_id}")
    if row.hall_id != hall_id:
        raise _invalid("SUBJECT_NOT_IN_HALL", f"{kind}_id", f"{kind} {subject_id} is not of hall {hall_id}")
    return row


def _day(tx: Transaction, day: date | None, moment: datetime | None, zone: ZoneInfo) -> date:
    if day is None and moment is None:
        raise _invalid("INVALID_REQUEST", "occurred_on", "give the day or the moment")
    if (moment is not None and moment > tx.now) or (day is not None and day > tx.now.astimezone(zone).date()):
        raise _invalid("OCCURRED_IN_FUTURE", "occurred_on" if moment is None else "occurred_at", "lies in the future")
    if moment is None or day is None:
        return day if day is not None else moment.astimezone(zone).date()  # type: ignore[union-attr]  # one of them is there
    if moment.astimezone(zone).date() != day:
        raise _invalid("INVALID_REQUEST", "occurred_on", "is not the day of occurred_at in the hall's zone")
    return day


def _invalid(reason: str, field: str, why: str) -> InvalidArgument:
    return InvalidArgument(reason, f"{field}: {why}", violations=[Violation(field, why)])
