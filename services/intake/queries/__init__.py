"""Reads of intake: every list within the caller's scope, paged by key."""

from services.intake.queries.cases import (
    get_case,
    list_cases,
    track_case,
)
from services.intake.queries.deadlines import explain_deadline

__all__ = ["explain_deadline", "get_case", "list_cases", "track_case"]
