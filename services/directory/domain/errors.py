"""Refusals of the domain; the chassis recognises them by `code` and `reason`."""

from typing import ClassVar


class DomainError(Exception):
    """A rule says no: `reason` for programs, the text for people, `metadata` names field and ids."""

    code: ClassVar[str] = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: str) -> None:
        """Keep reason and metadata beside the text."""
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata


class Invalid(DomainError):
    """The values themselves are wrong, whatever the state; `metadata["field"]` names the field."""

    code: ClassVar[str] = "invalid_argument"


class Missing(DomainError):
    """Something the values point to does not exist."""

    code: ClassVar[str] = "not_found"
