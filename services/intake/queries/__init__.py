"""Reads of intake: every list within the caller's scope, paged by key."""

from services.intake.queries.applicants import list_corrections, list_reveals
from services.intake.queries.cases import (
    get_case,
    track_case,
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
    "list_cases",
    "list_corrections",
    "list_papers",
    "list_reveals",
    "list_tasks",
    "track_case",
]
