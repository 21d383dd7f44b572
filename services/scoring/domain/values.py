"""Words and numbers of scoring: subject kinds, points, errors."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class SubjectKind(StrEnum):
    """Whom a score sheet is about: a person (窗口工作人员), a window (窗口) or a window unit (窗口单位)."""

    PERSON = "person"
    WINDOW = "window"
    UNIT = "unit"


class ScoringError(Exception):
    """A rule of scoring was broken; `reason` is stable."""

    code: ClassVar[str] = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


class InvalidInputError(ScoringError):
    """What was handed in is wrong whatever the state."""

    code = "invalid_argument"


def marks(points: int) -> str:
    """Hundredths of a point as the wire writes them: -50 -> "-0.50"."""
    sign = "-" if points < 0 else ""
    return f"{sign}{abs(points) // 100}.{abs(points) % 100:02d}"


def parse_marks(text: str) -> int:
    """ "-0.5" -> -50. Raises InvalidInputError (MARKS_INVALID) for anything that is not a decimal with at most two places."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, fraction = digits.partition(".")
    if not whole.isdigit() or not whole.isascii() or len(whole) > 6 or len(fraction) > 2 or ("." in digits and not fraction.isdigit()):
        raise InvalidInputError("MARKS_INVALID", f"{text!r} is not a number of points with at most two decimals", value=text)
    return sign * (int(whole) * 100 + int(fraction.ljust(2, "0") or "0"))
