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
from services.intake.usecases import agency
from services.intake.usecases.joint import following
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
        agency.stopped_or_resumed(tx, case, now)
        following.stopped_or_resumed(tx, case, now, cause="suspended")
        keep(tx, case)
        return views.case_view(case, now)


def resume_case(db: Db, rules: Rules, *, case_id: str, staff_id: str | None, result: str) -> dict[str, Any]:
    """End the special procedure."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        suspensions.resume(case, by=by, result=result, now=now)
        agency.stopped_or_resumed(tx, case, now)
        following.stopped_or_resumed(tx, case, now, cause="resumed")
        keep(tx, case)
        return views.case_view(case, now)


def extend_case(db: Db, rules: Rules, *, case_id: str, requested_by: str | None, **grant: Any) -> dict[str, Any]:
    """Extend once (`days`, `reason`, `notice_no`, `noticed_on`); who calls approves. Raises PermissionDenied PERSON_REQUIRED."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        notice = Notice(grant["notice_no"], grant["noticed_on"] or now.today)
        asked = requested_by or case.staff_id
        given = extensions.Grant(days=grant["days"], approver_id=person(tx), requested_by=asked, reason=grant["reason"], notice=notice)
        extensions.extend(case, given, now=now)
        keep(tx, case)
        return views.case_view(case, now)


def judge_breach(db: Db, rules: Rules, *, case_id: str, **verdict: Any) -> dict[str, Any]:
    """Decide whether staff are at fault (`breach`, `staff_fault`, `reason`, `basis`); who calls decides. Raises PermissionDenied PERSON_REQUIRED."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        breaches.judge(case, breaches.Judgement(decided_by=person(tx), **verdict), now=now)
        return views.case_view(case, now)


def person(tx: Transaction) -> str:
    """Who calls. A program is one identity for whomever it says that it speaks, so it can never be the second person."""
    if tx.caller.staff_id is None:
        raise PermissionDenied("PERSON_REQUIRED", "a person decides this with an account of his own")
    return tx.caller.staff_id
