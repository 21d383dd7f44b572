"""Extension (延期): once, by somebody else than who handles the case, with reason and notice.

Administrative Licensing Law Art. 42: 10 working days with the approval of the head of the body, 15 for unified, joint or centralised handling with the
approval of the head of the local government; the reason is told to the applicant.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.case import OPEN, Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import Extended
from services.intake.domain.projection import move
from services.intake.domain.rules import Now
from services.intake.domain.written import Notice, check_notice, required

MOST, MOST_JOINT = 10, 15


@dataclass(frozen=True)
class Grant:
    """The approval: how many days of the item's kind, by whom, asked for by whom, why, and the notice to the applicant."""

    days: int
    approver_id: str | None
    requested_by: str
    reason: str
    notice: Notice


def extend(case: Case, grant: Grant, *, now: Now) -> None:
    """Add days to both budgets.

    Raises Refused CASE_ALREADY_EXTENDED, EXTENSION_AFTER_EXPIRY, APPROVER_IS_HANDLER; Invalid APPROVER_REQUIRED, REASON_REQUIRED, NOTICE_NO_REQUIRED,
    NOTICE_DATE_INVALID, EXTENSION_DAYS_INVALID.
    """
    case.require(*OPEN)
    if case.extension is not None:
        raise Refused("CASE_ALREADY_EXTENDED", "a limit is extended once", case_id=case.case_id)
    assert case.promised_due is not None
    if now.today > case.promised_due:
        raise Refused(
            "EXTENSION_AFTER_EXPIRY", f"the limit ended on {case.promised_due}; what is over cannot be extended", case_id=case.case_id
        )
    approver = required(grant.approver_id, "APPROVER_REQUIRED", "approver_id")
    required(grant.reason, "REASON_REQUIRED", "reason")
    check_notice(case, grant.notice, now)
    most = MOST_JOINT if case.routing == "joint" else MOST
    if not 1 <= grant.days <= most:
        raise Invalid("EXTENSION_DAYS_INVALID", f"days: between 1 and {most}", field="days")
    if approver in case.handlers or approver == grant.requested_by:
        raise Refused("APPROVER_IS_HANDLER", "who handles the case or asks for it cannot approve its extension", approver_id=approver)
    case.extension = {
        "days": grant.days, "approver_id": approver, "requested_by": grant.requested_by, "reason": grant.reason, "notice_no": grant.notice.number,
        "noticed_on": grant.notice.on.isoformat(), "granted_at": now.at.isoformat(),
    }  # fmt: skip
    case.happened(Extended, now.at, days=grant.days, approver_id=approver, requested_by=grant.requested_by, notice_no=grant.notice.number)
    move(case, now, cause="extended", actor=approver, notice_nos=(grant.notice.number,))
