"""The five grades of a rating, and the numbers that others write for them.

National data standard and provincial interfaces number the grades in opposite directions, so the house keeps words
(ambiguity A-33) and numbers exist only at an interface.
"""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """非常满意、满意、基本满意、不满意、非常不满意; the last two are a bad review (差评)."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def bad(self) -> bool:
        """Whether this is a bad review."""
        return self in BAD


BEST_FIRST = tuple(Grade)
BAD = frozenset({Grade.DISSATISFIED, Grade.VERY_DISSATISFIED})

# GB/T 39046-2020 table A.8: 1 is the best. The keys of a rating device carry the same numbers.
NATIONAL = dict(enumerate(BEST_FIRST, start=1))
# The reporting interface of some provinces: 1 is the worst.
PROVINCIAL_ASCENDING = {6 - number: grade for number, grade in NATIONAL.items()}
CODE_SYSTEMS = {"national": NATIONAL, "provincial_ascending": PROVINCIAL_ASCENDING}


def from_code(number: int, system: str = "national") -> Grade | None:
    """The grade behind an interface's number; None when the number means nothing there."""
    return CODE_SYSTEMS[system].get(number)


def to_code(grade: Grade, system: str = "national") -> int:
    """The number an interface wants."""
    return next(number for number, word in CODE_SYSTEMS[system].items() if word is grade)


def mean_value(counts: dict[Grade, int]) -> tuple[int, int]:
    """Average satisfaction (平均满意度) as (sum, count): very satisfied is worth 5 … very dissatisfied 1; only real ratings count."""
    return sum(to_code(grade, "provincial_ascending") * n for grade, n in counts.items()), sum(counts.values())
