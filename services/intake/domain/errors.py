"""Refusals of the domain; the chassis recognises them by `code` and `reason`."""

from typing import ClassVar


class Refused(Exception):
    """Right request, wrong state: `reason` for programs, the text for people."""

    code: ClassVar[str] = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: str) -> None:
        """Keep reason and metadata beside the text."""
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata


class Invalid(Refused):
    """The values themselves are wrong, whatever the state; `metadata["field"]` names the field."""

    code: ClassVar[str] = "invalid_argument"
