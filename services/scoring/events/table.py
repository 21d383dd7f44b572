"""Which event is turned into which report; contracts/consumers.py reads the names from here."""

from __future__ import annotations

from services.scoring.events import attendance, directory, evaluation, intake, supervision
from services.scoring.events.report import Correcting, Mapping

REPORTS: dict[str, Mapping] = {
    "attendance.day.assessed": attendance.day,
    "intake.case.overdue": intake.overdue,
    "intake.case.notice_missed": intake.notice_missed,
    "intake.case.supplement_requested": intake.supplement_requested,
    "intake.case.stage_completed": intake.stage_completed,
    "intake.case.delivered": intake.delivered,
    "intake.receipt.refused": intake.receipt_refused,
    "intake.task.overdue": intake.task_overdue,
    "intake.fee_violation.recorded": intake.fee_violation,
    "intake.fee_violation.decided": intake.fee_violation,
    "intake.first_asked_failure.recorded": intake.first_asked_failure,
    "intake.first_asked_failure.decided": intake.first_asked_failure,
    "intake.joint_conduct.recorded": intake.joint_conduct,
    "intake.joint_conduct.decided": intake.joint_conduct,
    "supervision.finding.recorded": supervision.finding,
    "supervision.finding.verified": supervision.finding,
    "supervision.finding.rejected": supervision.finding,
    "evaluation.complaint.verified": evaluation.complaint,
    "directory.item.improved": directory.improvement,
    "directory.improvement.decided": directory.improvement,
}
FACT_EVENTS = tuple(REPORTS)

CORRECTIONS: dict[str, Correcting] = {
    "intake.case.overdue_withdrawn": intake.overdue_withdrawn,
    "intake.case.breach_judged": intake.breach_judged,
}
CORRECTING_EVENTS = tuple(CORRECTIONS)
