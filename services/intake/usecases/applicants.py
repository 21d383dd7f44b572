"""The applicant after the receipt: corrected with a history, shown in plain only on record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db, Transaction
from chassis.sealing import Vault
from services.intake import reference, sealed, views
from services.intake.domain.applicant import Applicant
from services.intake.domain.case import Case
from services.intake.domain.masking import mask_text
from services.intake.domain.rules import Rules
from services.intake.orm import applicants, corrections, recipients
from services.intake.usecases.loading import loaded
from services.intake.usecases.reveals import on_record


def update_applicant(db: Db, rules: Rules, vault: Vault, *, case_id: str, applicant: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Correct the given fields (`reason`, `staff_id`); a masked value means "unchanged". Without any difference nothing is written."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, said["staff_id"], case.hall_id, "staff_id")
        before = _opened(tx, vault, case_id)
        after = before.changed(applicant, today=workdays.beijing_date(tx.now))
        if fields := before.differences(after):
            row = sealed.close(vault, case_id, after)
            tx.execute(sa.update(applicants).where(applicants.c.case_id == case_id).values(row))
            case.applicant = after.masked()
            _write_correction(tx, case, fields, before, reason=said["reason"], by=by)
        return views.case_view(case, now)


def _write_correction(tx: Transaction, case: Case, fields: list[str], before: Applicant, *, reason: str, by: str) -> None:
    # The case is locked: nobody else can take the same number.
    last = sa.select(sa.func.coalesce(sa.func.max(corrections.c.number), 0)).where(corrections.c.case_id == case.case_id)
    row = {
        "case_id": case.case_id, "number": tx.execute(last).scalar_one() + 1, "region": case.region, "hall_id": case.hall_id, "fields": fields,
        "before": before.masked(), "after": case.applicant, "reason": mask_text(reason), "corrected_by": by, "account": tx.caller.subject,
        "corrected_at": tx.now,
    }  # fmt: skip
    tx.execute(corrections.insert(), row)


def reveal_applicant(db: Db, vault: Vault, *, case_id: str, purpose: str) -> dict[str, Any]:
    """The applicant, and who took the result away, in plain, with a record of who saw him and what for. Raises PermissionDenied PERSON_REQUIRED."""
    with db.transaction() as tx:
        case = tx.get(Case, case_id)
        reveal_id = on_record(tx, case, purpose, case_id=case_id)
        taken_by = tx.execute(sa.select(recipients.c.sealed).where(recipients.c.case_id == case_id)).scalar()
        names = sealed.open_recipient(vault, case_id, taken_by)
        return {"reveal_id": reveal_id, "applicant": _opened(tx, vault, case_id).shown(), **names}


def _opened(tx: Transaction, vault: Vault, case_id: str) -> Applicant:
    text = tx.execute(sa.select(applicants.c.sealed).where(applicants.c.case_id == case_id)).scalar_one()
    return sealed.open_(vault, case_id, text)
