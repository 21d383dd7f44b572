"""Commands of supervision: one transaction each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import InvalidArgument, NotFound, Violation
from services.supervision import orm
from services.supervision.domain.findings import Finding

Answer = dict[str, Any]


def record_finding(db: Db, *, hall_id: str, found_at: datetime | None, inspector_id: str | None, **said: Any) -> Finding:
    """Record what an inspector saw; unit and, for a person, the window follow from the reference data.

    Raises NotFound (HALL_NOT_FOUND), InvalidArgument (SUBJECT_MISSING, WINDOW_UNKNOWN, STAFF_UNKNOWN, UNIT_MISSING, NOT_YOURSELF and those
    of the domain), PermissionDenied (OUT_OF_SCOPE).
    """
    with db.transaction() as tx:
        hall = tx.execute(sa.select(orm.halls).where(orm.halls.c.hall_id == hall_id)).one_or_none()
        if hall is None:
            raise NotFound("HALL_NOT_FOUND", f"no hall {hall_id}", hall_id=hall_id)
        tx.caller.require(hall.region, hall_id)
        finding = Finding.record(
            at=tx.now,
            finding_id=tx.new_id(),
            region=hall.region,
            found_at=found_at or tx.now,
            inspector_id=tx.caller.acting_as(inspector_id, "inspector_id"),
            recorded_by=tx.caller.identity,
            kind=said["kind"],
            minutes=said["minutes"],
            evidence=said["evidence"],
            **_place(tx, hall_id, said),
        )
        tx.add(finding)
        return finding


def notify_finding(db: Db, *, finding_id: str, notified_to: str | None) -> Finding:
    """Note that the window has been told."""
    with db.transaction() as tx:
        finding = _finding(tx, finding_id)
        finding.notify(to=tx.caller.acting_as(notified_to, "notified_to"), at=tx.now)
        return finding


def reply_finding(db: Db, *, finding_id: str, explanation: str, replied_by: str | None) -> Finding:
    """The window's explanation."""
    with db.transaction() as tx:
        finding = _finding(tx, finding_id)
        finding.explain(explanation, by=tx.caller.acting_as(replied_by, "replied_by"), recorded_by=tx.caller.identity, at=tx.now)
        return finding


def verify_finding(db: Db, *, finding_id: str, verified: bool, note: str, verifier_id: str | None) -> Finding:
    """Decide, as a second person."""
    with db.transaction() as tx:
        finding = _finding(tx, finding_id)
        by = tx.caller.acting_as(verifier_id, "verifier_id")
        finding.decide(true=verified, by=by, recorded_by=tx.caller.identity, note=note, at=tx.now)
        return finding


def _finding(tx: Transaction, finding_id: str) -> Finding:
    finding = tx.get(Finding, finding_id, for_update=True)
    tx.caller.require(finding.region, finding.hall_id)
    return finding


def _place(tx: Transaction, hall_id: str, said: Answer) -> dict[str, Any]:
    window_id, staff_id, unit_id = said["window_id"], said["staff_id"], said["unit_id"]
    if not (window_id or staff_id):
        raise _invalid("SUBJECT_MISSING", "window_id", "name the window or the person")
    if staff_id:
        person = _of_hall(tx, orm.staff, "staff", staff_id, hall_id)
        window_id, unit_id = window_id or person.window_id, unit_id or person.unit_id
    if window_id:
        window = _of_hall(tx, orm.windows, "window", window_id, hall_id)
        unit_id = unit_id or window.unit_id
    return {"hall_id": hall_id, "window_id": window_id, "staff_id": staff_id, "unit_id": unit_id}


def _of_hall(tx: Transaction, table: sa.Table, what: str, key: str, hall_id: str) -> Any:
    row = tx.execute(sa.select(table).where(table.c[f"{what}_id"] == key)).one_or_none()
    if row is None or row.hall_id != hall_id:
        raise _invalid(f"{what.upper()}_UNKNOWN", f"{what}_id", f"no {what} {key} in hall {hall_id}")
    return row


def _invalid(reason: str, field: str, why: str) -> InvalidArgument:
    return InvalidArgument(reason, f"{field}: {why}", violations=[Violation(field, why)])
