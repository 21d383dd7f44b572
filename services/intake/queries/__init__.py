"""Reads of intake: every list within the caller's scope, paged by key."""

from services.intake.queries.cases import (
    get_case,
    get_deadline,
    list_cases,
    track_case,
)

__all__ = ["get_case", "get_deadline", "list_cases", "track_case"]
