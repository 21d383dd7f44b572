"""Commands of intake: one function each, one transaction, one aggregate."""

from services.intake.usecases.acceptance import accept_case, return_case
from services.intake.usecases.applicants import reveal_applicant, update_applicant
from services.intake.usecases.deadlines import extend_case, judge_breach, resume_case, suspend_case
from services.intake.usecases.decisions import decide_case
from services.intake.usecases.delivery import confirm_courier_receipt, deliver_case
from services.intake.usecases.handling import reclassify_case, transfer_case
from services.intake.usecases.notices import confirm_notice, request_supplement, submit_supplement
from services.intake.usecases.receipts import register_receipt
from services.intake.usecases.stages import record_stage
from services.intake.usecases.tasks import answer_task, assign_task, withdraw_task

__all__ = [
    "accept_case",
    "answer_task",
    "assign_task",
    "confirm_courier_receipt",
    "confirm_notice",
    "decide_case",
    "deliver_case",
    "extend_case",
    "judge_breach",
    "reclassify_case",
    "record_stage",
    "register_receipt",
    "request_supplement",
    "resume_case",
    "return_case",
    "reveal_applicant",
    "submit_supplement",
    "suspend_case",
    "transfer_case",
    "update_applicant",
    "withdraw_task",
]
