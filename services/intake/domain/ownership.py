"""The first responsible person (承办第一责任人) of a case: one contact for the applicant, from the receiver on (M-B6, A-41)."""

from __future__ import annotations

from services.intake.domain.case import DECIDED, OPEN, REGISTERED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.errors import Refused
from services.intake.domain.happenings import Transferred
from services.intake.domain.rules import Now


def transfer(case: Case, to: str, *, by: str, reason: str, now: Now) -> None:
    """Hand the case to a colleague of the hall (内转外不转); no due day moves. Raises Refused ALREADY_RESPONSIBLE."""
    case.require(REGISTERED, SUPPLEMENT, *OPEN, SUSPENDED, DECIDED)
    if to == case.staff_id:
        raise Refused("ALREADY_RESPONSIBLE", f"{to} is the case's first responsible person", staff_id=to)
    before, case.staff_id = case.staff_id, to
    case.transfers = [*case.transfers, {"at": now.at.isoformat(), "from_staff_id": before, "to_staff_id": to, "by": by, "reason": reason}]
    case.happened(Transferred, now.at, from_staff_id=before, to_staff_id=to)
