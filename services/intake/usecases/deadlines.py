"""Commands that move a deadline or judge what came of it: suspension, extension, breaches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chassis.database import Db, Transaction
from chassis.errors import PermissionDenied
from services.intake import reference, views
from services.intake.domain import breaches, extensions, suspensions
from services.intake.domain.rules import Rules
from services.intake.domain.written import Notice
from services.intake.usecases.loading import keep, loaded


def suspend_case(
    db: Db, rules: Rules, *, case_id: str, staff_id: str | None, notice_no: str, noticed_on: dt.date | None, **procedure: Any
) -> dict[str, Any]:
    """Stop the limits for a special procedure (`procedure`, `limit_days`, `reason`)."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        told = suspensions.Procedure(notice=Notice(notice_no, noticed_on or now.today), by=by, **procedure)
        suspensions.suspend(case, told, now=now)
        keep(tx, case)
        return views.case_view(case, now)


def resume_case(db: Db, rules: Rules, *, case_id: str, staff_id: str | None, result: str) -> dict[str, Any]:
    """End the special procedure."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        suspensions.resume(case, by=by, result=result, now=now)
        keep(tx, case)
        return views.case_view(case, now)


def extend_case(db: Db, rules: Rules, *, case_id: str, approver_id: str | None, requested_by: str | None, **grant: Any) -> dict[str, Any]:
    """Extend once (`days`, `reason`, `notice_no`, `noticed_on`); the approver calls himself, or a system that knows him does."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        approver = _himself(tx, approver_id, "approver_id")
        notice = Notice(grant["notice_no"], grant["noticed_on"] or now.today)
        asked = requested_by or case.staff_id
        given = extensions.Grant(days=grant["days"], approver_id=approver, requested_by=asked, reason=grant["reason"], notice=notice)
        extensions.extend(case, given, now=now)
        keep(tx, case)
        return views.case_view(case, now)


def judge_breach(db: Db, rules: Rules, *, case_id: str, decided_by: str | None, **verdict: Any) -> dict[str, Any]:
    """Decide whether staff are at fault (`breach`, `staff_fault`, `reason`, `basis`)."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        who = _himself(tx, decided_by, "decided_by")
        breaches.judge(case, breaches.Judgement(decided_by=who, **verdict), now=now)
        return views.case_view(case, now)


def _himself(tx: Transaction, named: str | None, field: str) -> str | None:
    """Who decides: the caller, when he is a person. Raises PermissionDenied ACTING_FOR_ANOTHER, NotFound STAFF_NOT_FOUND."""
    caller = tx.caller.staff_id
    if caller is not None and named not in (None, caller):
        raise PermissionDenied("ACTING_FOR_ANOTHER", f"{field}: nobody decides in another's name", staff_id=str(named))
    who = named or caller
    if who is not None:
        reference.require_person(tx, who, field)
    return who
