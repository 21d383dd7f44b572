"""Which event is turned into which report; contracts/consumers.py reads the names from here."""

from __future__ import annotations

from services.scoring.events import attendance, directory, evaluation, intake, supervision
from services.scoring.events.report import Mapping

REPORTS: dict[str, Mapping] = {
    "attendance.day.assessed": attendance.day,
    "intake.case.overdue": intake.overdue,
    "intake.case.notice_missed": intake.notice_missed,
    "intake.case.supplement_requested": intake.supplement_requested,
    "intake.fee_violation.recorded": intake.fee_violation,
    "intake.fee_violation.decided": intake.fee_violation,
    "supervision.finding.recorded": supervision.finding,
    "supervision.finding.verified": supervision.finding,
    "supervision.finding.rejected": supervision.finding,
    "evaluation.complaint.verified": evaluation.complaint,
    "directory.item.improved": directory.improvement,
    "directory.improvement.decided": directory.improvement,
}
FACT_EVENTS = tuple(REPORTS)
