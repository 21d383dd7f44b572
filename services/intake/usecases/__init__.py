"""Commands of intake: one function each, one transaction, one aggregate."""

from services.intake.usecases.acceptance import accept_case, return_case
from services.intake.usecases.applicants import reveal_applicant, update_applicant
from services.intake.usecases.charges import apply_waiver, cancel_charge, decide_waiver, issue_charge, record_payment, request_waiver
from services.intake.usecases.deadlines import extend_case, judge_breach, resume_case, suspend_case
from services.intake.usecases.decisions import decide_case
from services.intake.usecases.delivery import confirm_courier_receipt, deliver_case
from services.intake.usecases.fee_receipts import issue_fee_receipt, register_receipt_book, void_fee_receipt
from services.intake.usecases.fee_violations import decide_fee_violation, report_fee_violation
from services.intake.usecases.handling import reclassify_case, transfer_case
from services.intake.usecases.notices import confirm_notice, request_supplement, submit_supplement
from services.intake.usecases.receipts import register_receipt
from services.intake.usecases.stages import record_stage
from services.intake.usecases.statements import import_statement
from services.intake.usecases.tasks import answer_task, assign_task, withdraw_task

__all__ = [
    "accept_case",
    "answer_task",
    "apply_waiver",
    "assign_task",
    "cancel_charge",
    "confirm_courier_receipt",
    "confirm_notice",
    "decide_case",
    "decide_fee_violation",
    "decide_waiver",
    "deliver_case",
    "extend_case",
    "import_statement",
    "issue_charge",
    "issue_fee_receipt",
    "judge_breach",
    "reclassify_case",
    "record_payment",
    "record_stage",
    "register_receipt",
    "register_receipt_book",
    "report_fee_violation",
    "request_supplement",
    "request_waiver",
    "resume_case",
    "return_case",
    "reveal_applicant",
    "submit_supplement",
    "suspend_case",
    "transfer_case",
    "update_applicant",
    "void_fee_receipt",
    "withdraw_task",
]
