"""Reads of intake: every list within the caller's scope, paged by key."""

from services.intake.queries.applicants import list_corrections, list_reveals
from services.intake.queries.cases import (
    get_case,
    track_case,
)
from services.intake.queries.charges import (
    get_charge,
    get_charge_totals,
    list_charges,
    list_fee_violations,
    list_receipt_books,
    list_statement_mismatches,
    list_statements,
)
from services.intake.queries.deadlines import explain_deadline
from services.intake.queries.export import export_cases
from services.intake.queries.listing import list_cases
from services.intake.queries.papers import list_papers
from services.intake.queries.tasks import list_tasks

__all__ = [
    "explain_deadline",
    "export_cases",
    "get_case",
    "get_charge",
    "get_charge_totals",
    "list_cases",
    "list_charges",
    "list_corrections",
    "list_fee_violations",
    "list_papers",
    "list_receipt_books",
    "list_reveals",
    "list_statement_mismatches",
    "list_statements",
    "list_tasks",
    "track_case",
]
