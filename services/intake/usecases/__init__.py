"""Commands of intake: one function each, one transaction, one aggregate."""

from services.intake.usecases.cases import (
    accept_case,
    decide_case,
    deliver_case,
    record_stage,
    register_receipt,
    request_supplement,
    return_case,
    submit_supplement,
)

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
