"""What the rules refuse. The chassis maps `code` and `reason`; nothing is imported from it here."""

from __future__ import annotations

from typing import ClassVar


class EvaluationError(Exception):
    """Right request, wrong state; `reason` is stable."""

    code: ClassVar[str] = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata


class NotIndependentError(EvaluationError):
    """The person may not decide in this matter."""

    code: ClassVar[str] = "permission_denied"
