"""Violations of the charging rules: seen by the system or reported, then judged by a second person."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.database import Db, Transaction
from services.intake import charge_views, reference
from services.intake.domain.case import Case
from services.intake.domain.charges import Charge, NotByStandard
from services.intake.domain.fee_violations import FeeViolation
from services.intake.events import charges as charge_events
from services.intake.orm.charges import fee_violations
from services.intake.usecases.verified_facts import judged

Answer = dict[str, Any]
SYSTEM = "system"


def attempted(case: Case, error: NotByStandard, who: str, at: dt.datetime, codes: list[str]) -> dict[str, Any]:
    """A refused charge order; tried again the same day it is the same attempt."""
    order = hashlib.sha256("/".join([*sorted(codes), str(error.asked_fen)]).encode()).hexdigest()[:16]
    return {
        "key": f"attempt:{case.case_id}/{who}/{workdays.beijing_date(at)}/{order}", "kind": error.kind, "source": "attempt",
        "region": case.region, "hall_id": case.hall_id, "unit_id": case.unit_id, "window_id": case.window_id, "staff_id": who,
        "case_id": case.case_id, "charge_id": None, "occurred_at": at, "recorded_by": SYSTEM, "evidence": error.message,
        "asked_fen": error.asked_fen, "standard_fen": error.standard_fen,
    }  # fmt: skip


def cash(charge: Charge, who: str, at: dt.datetime, amount_fen: int) -> dict[str, Any]:
    """A refused attempt to record cash; once for a charge, a person and a day."""
    return {
        "key": f"cash:{charge.charge_id}/{who}/{workdays.beijing_date(at)}", "kind": "cash", "source": "attempt", "region": charge.region,
        "hall_id": charge.hall_id, "unit_id": charge.unit_id, "window_id": charge.window_id, "staff_id": who, "case_id": charge.case_id,
        "charge_id": charge.charge_id, "occurred_at": at, "recorded_by": SYSTEM, "evidence": "cash was to be recorded",
        "asked_fen": amount_fen, "standard_fen": charge.due_fen,
    }  # fmt: skip


def record(tx: Transaction, seen: dict[str, Any]) -> None:
    """Record an act unless it is recorded already."""
    violation = FeeViolation(violation_id=tx.new_id(), recorded_at=tx.now, recorded_identity=SYSTEM, **seen)
    violation.record()
    values = {name: value for name, value in vars(violation).items() if name in fee_violations.c}
    fresh = insert(fee_violations).values(**values).on_conflict_do_nothing(index_elements=["key"]).returning(fee_violations.c.violation_id)
    if tx.execute(fresh).scalar() is not None:
        for happening in violation.pending_events:
            tx.emit(charge_events.MAPPERS[type(happening)](violation, happening))


def report_fee_violation(db: Db, *, hall_id: str, case_id: str | None, recorded_by: str | None, **said: Any) -> Answer:
    """A person reports an act with evidence. Raises NotFound HALL_NOT_FOUND, CASE_NOT_FOUND."""
    with db.transaction() as tx:
        region = reference.region_of_hall(tx, hall_id)
        tx.caller.require(region, hall_id)
        subjects = {name: said.pop(name) for name in ("unit_id", "window_id", "staff_id")}
        if case_id is not None:
            case = tx.get(Case, case_id)
            tx.caller.require(case.region, case.hall_id)
            # Not the person: that the case is his does not say that the act was.
            subjects |= {name: subjects[name] or getattr(case, name) for name in ("unit_id", "window_id")}
        violation_id = tx.new_id()
        violation = FeeViolation(
            violation_id=violation_id, key=f"report:{violation_id}", source="report", region=region, hall_id=hall_id, case_id=case_id,
            charge_id=None, recorded_at=tx.now, recorded_by=tx.caller.acting_as(recorded_by, "recorded_by"),
            recorded_identity=tx.caller.identity, **subjects, **said,
        )  # fmt: skip
        violation.record()
        tx.add(violation)
        return charge_views.violation_view(violation)


def decide_fee_violation(db: Db, *, violation_id: str, verified: bool, note: str) -> Answer:
    """A second person finds it true, or not."""
    with db.transaction() as tx:
        return charge_views.violation_view(judged(tx, FeeViolation, violation_id, verified=verified, note=note))
