"""Complaints: file, take up, assign, verify; and showing what is masked elsewhere, on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation
from services.evaluation import orm
from services.evaluation.answers import complaint_answer
from services.evaluation.domain.complaints import Complaint, Verdict
from services.evaluation.domain.errors import NotIndependentError

CLOCK_TOLERANCE = timedelta(minutes=5)


def file_complaint(db: Db, *, hall_id: str, occurred_at: datetime, **said: Any) -> dict[str, Any]:
    """Register a complaint. Who was meant may be left open: the case or the window tells the unit.

    Raises HALL_UNKNOWN, WINDOW_NOT_IN_HALL, STAFF_NOT_IN_HALL, UNIT_MISSING, OCCURRED_IN_FUTURE, CONTACT_ON_ANONYMOUS, OUT_OF_SCOPE.
    """
    with db.transaction() as tx:
        region = tx.execute(sa.select(orm.halls.c.region).where(orm.halls.c.hall_id == hall_id)).scalar()
        if region is None:
            raise _invalid("HALL_UNKNOWN", "hall_id", "no such hall")
        tx.caller.require(region, hall_id)
        if occurred_at > tx.now + CLOCK_TOLERANCE:
            raise _invalid("OCCURRED_IN_FUTURE", "occurred_at", "lies in the future")
        if said["anonymous"] and (said["complainant_name"] or said["contact"]):
            raise _invalid("CONTACT_ON_ANONYMOUS", "contact", "an anonymous complaint has neither name nor contact")
        complaint = Complaint(
            complaint_id=tx.new_id(),
            region=region,
            hall_id=hall_id,
            occurred_at=occurred_at,
            filed_at=tx.now,
            filed_by=tx.caller.identity,
            **said | _accused(tx, hall_id, said),
        )
        complaint.file()
        tx.add(complaint)
        return complaint_answer(complaint)


def accept_complaint(db: Db, *, complaint_id: str, refused_reason: str) -> dict[str, Any]:
    """Take a complaint up, or refuse it with a reason. Raises COMPLAINT_NOT_FOUND, OUT_OF_SCOPE, COMPLAINT_STATE."""
    with db.transaction() as tx:
        complaint = _mine(tx, complaint_id)
        if refused_reason:
            complaint.refuse(refused_reason, tx.now)
        else:
            complaint.accept(tx.now)
        return complaint_answer(complaint)


def assign_complaint(db: Db, *, complaint_id: str, staff_id: str) -> dict[str, Any]:
    """Hand a complaint to a person. Raises COMPLAINT_NOT_FOUND, OUT_OF_SCOPE, COMPLAINT_STATE, HANDLER_IS_ACCUSED, STAFF_UNKNOWN."""
    with db.transaction() as tx:
        complaint = _mine(tx, complaint_id)
        if tx.execute(sa.select(orm.staff.c.staff_id).where(orm.staff.c.staff_id == staff_id)).first() is None:
            raise _invalid("STAFF_UNKNOWN", "staff_id", "no such person")
        complaint.assign(staff_id, tx.now)
        return complaint_answer(complaint)


def verify_complaint(db: Db, *, complaint_id: str, true: bool, serious: bool, unlawful: bool, note: str) -> dict[str, Any]:
    """Decide whether a complaint is true; a changed verdict is a further round and a further event.

    Raises COMPLAINT_NOT_FOUND, OUT_OF_SCOPE, COMPLAINT_STATE, VERDICT_CONTRADICTORY, VERDICT_UNCHANGED, and permission_denied
    with VERIFIER_IS_ACCUSED, SAME_PERSON, VERIFIER_INVOLVED (stationed at the accused window when no person is named), PERSON_REQUIRED.
    """
    with db.transaction() as tx:
        complaint = _mine(tx, complaint_id)
        by = person(tx)
        _independent(tx, complaint, by)
        verdict = complaint.verify(Verdict(true, serious, unlawful, note, by, tx.now))
        row = {"complaint_id": complaint_id, "round": verdict.round, "is_true": true, "serious": serious, "unlawful": unlawful}
        tx.execute(insert(orm.verdicts).values(**row, note=note, verified_by=by, verified_at=tx.now))
        return complaint_answer(complaint)


def disclose(db: Db, *, subject_kind: str, subject_id: str, purpose: str) -> dict[str, Any]:
    """Show the text, name and contact of a rating or complaint unmasked, and keep on record to whom and what for.

    Raises RATING_NOT_FOUND, COMPLAINT_NOT_FOUND, OUT_OF_SCOPE, PERSON_REQUIRED.
    """
    table, key = (orm.ratings, orm.ratings.c.session_id) if subject_kind == "rating" else (orm.complaints, orm.complaints.c.complaint_id)
    with db.transaction() as tx:
        row = tx.execute(sa.select(table).where(key == subject_id)).one_or_none()
        if row is None:
            raise NotFound(f"{subject_kind.upper()}_NOT_FOUND", f"no such {subject_kind}", id=subject_id)
        tx.caller.require(row.region, row.hall_id)
        record = {"subject_kind": subject_kind, "subject_id": subject_id, "purpose": purpose, "region": row.region, "hall_id": row.hall_id}
        tx.execute(insert(orm.disclosures).values(**record, disclosure_id=tx.new_id(), disclosed_to=person(tx), disclosed_at=tx.now))
        return {"text": row.text, "contact": row.contact, "name": getattr(row, "complainant_name", "")}


def person(tx: Transaction) -> str:
    """The person behind the caller. Raises PERSON_REQUIRED for programs."""
    if not tx.caller.staff_id:
        raise PermissionDenied("PERSON_REQUIRED", "only a person may do this, not a program's key")
    return tx.caller.staff_id


def _mine(tx: Transaction, complaint_id: str) -> Complaint:
    complaint = tx.get(Complaint, complaint_id, for_update=True)
    tx.caller.require(complaint.region, complaint.hall_id)
    return complaint


def _independent(tx: Transaction, complaint: Complaint, by: str) -> None:
    if complaint.staff_id is not None or complaint.window_id is None:
        return
    station = tx.execute(sa.select(orm.staff.c.window_id).where(orm.staff.c.staff_id == by)).scalar()
    if station == complaint.window_id:
        raise NotIndependentError("VERIFIER_INVOLVED", "stationed at the window complained of", complaint_id=complaint.complaint_id)


def _accused(tx: Transaction, hall_id: str, said: dict[str, Any]) -> dict[str, Any]:
    """Unit, window and person, completed from the case and the window, checked against the hall."""
    found = {name: said[name] for name in ("unit_id", "window_id", "staff_id")}
    if said["case_id"]:
        columns = orm.sessions.c
        case = tx.execute(
            sa.select(columns.unit_id, columns.window_id, columns.staff_id).where(
                columns.case_id == said["case_id"], columns.hall_id == hall_id
            )
        ).one_or_none()
        # A person is never inferred: the citizen may mean the procedure, and an accusation must be somebody's words.
        if case is not None:
            found["unit_id"], found["window_id"] = found["unit_id"] or case.unit_id, found["window_id"] or case.window_id
    if found["window_id"]:
        where = sa.and_(orm.windows.c.window_id == found["window_id"], orm.windows.c.hall_id == hall_id)
        unit = tx.execute(sa.select(orm.windows.c.unit_id).where(where)).scalar()
        if unit is None:
            raise _invalid("WINDOW_NOT_IN_HALL", "window_id", "no such window in this hall")
        found["unit_id"] = found["unit_id"] or unit
    if found["staff_id"]:
        where = sa.and_(orm.staff.c.staff_id == found["staff_id"], orm.staff.c.hall_id == hall_id)
        station = tx.execute(sa.select(orm.staff.c.unit_id).where(where)).scalar()
        if station is None:
            raise _invalid("STAFF_NOT_IN_HALL", "staff_id", "nobody of that id is stationed in this hall")
        found["unit_id"] = found["unit_id"] or station
    if not found["unit_id"]:
        raise FailedPrecondition("UNIT_MISSING", "name a unit, a window, a person or a finished case")
    return found


def _invalid(reason: str, field: str, description: str) -> InvalidArgument:
    return InvalidArgument(reason, f"{field}: {description}", violations=[Violation(field, description)])
