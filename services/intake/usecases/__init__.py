"""Commands of intake: one function each, one transaction, one aggregate."""

from services.intake.usecases.acceptance import accept_case, return_case
from services.intake.usecases.decisions import decide_case
from services.intake.usecases.delivery import deliver_case
from services.intake.usecases.notices import request_supplement, submit_supplement
from services.intake.usecases.receipts import register_receipt
from services.intake.usecases.stages import record_stage

__all__ = [
    "accept_case",
    "decide_case",
    "deliver_case",
    "record_stage",
    "register_receipt",
    "request_supplement",
    "return_case",
    "submit_supplement",
]
