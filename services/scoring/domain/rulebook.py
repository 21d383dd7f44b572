"""A rulebook as values: what one city's text says, line by line. Points are hundredths; deductions are negative."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.scoring.domain.facts import Fact
from services.scoring.domain.periods import PeriodKind
from services.scoring.domain.values import SubjectKind


class OncePer(StrEnum):
    """Several facts of one case, or one matter, count once; the heaviest stands (就高不就低)."""

    CASE = "case"
    MATTER = "matter"


class Span(StrEnum):
    """Over what a cap runs."""

    MONTH = "month"
    PERIOD = "period"


class StaffFault(StrEnum):
    """Whose fault it must be: presumed until somebody decides otherwise, or confirmed by a person."""

    PRESUMED = "presumed"
    CONFIRMED = "confirmed"


class Reading(StrEnum):
    """A-13: (a) the threshold occurrence and later ones are multiplied, (b) all are once the threshold is reached."""

    PROSPECTIVE = "a"
    RETROACTIVE = "b"


class CascadeOption(StrEnum):
    """A-31: (a) floor per person, (b) floor per window unit, (c) proportional, (d) floor per single event."""

    PER_PERSON = "a"
    PER_UNIT = "b"
    PROPORTIONAL = "c"
    PER_EVENT = "d"


@dataclass(frozen=True)
class Wording:
    """A text in both languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True)
class Condition:
    """What must hold of a fact besides its type; None = does not matter. Minutes are whole, both ends included."""

    minutes_from: int | None = None
    minutes_to: int | None = None
    serious: bool | None = None
    unlawful: bool | None = None
    staff_fault: StaffFault | None = None

    def holds(self, fact: Fact) -> bool:
        """Whether `fact` meets it; a fact without minutes meets no minute range."""
        if self.serious is not None and fact.serious != self.serious:
            return False
        if self.unlawful is not None and fact.unlawful != self.unlawful:
            return False
        return self._minutes(fact.minutes) and self._fault(fact.staff_fault)

    def overlaps(self, other: Condition) -> bool:
        """Whether one fact could meet both."""
        for mine, theirs in ((self.serious, other.serious), (self.unlawful, other.unlawful)):
            if mine is not None and theirs is not None and mine != theirs:
                return False
        low = max(self.minutes_from or 0, other.minutes_from or 0)
        highs = [high for high in (self.minutes_to, other.minutes_to) if high is not None]
        return not highs or low <= min(highs)

    def _minutes(self, minutes: int | None) -> bool:
        if self.minutes_from is None and self.minutes_to is None:
            return True
        if minutes is None or minutes < (self.minutes_from or 0):
            return False
        return self.minutes_to is None or minutes <= self.minutes_to

    def _fault(self, fault: bool | None) -> bool:
        if self.staff_fault is None:
            return True
        return fault is True if self.staff_fault is StaffFault.CONFIRMED else fault is not False


@dataclass(frozen=True)
class Cap:
    """At most `points` (hundredths, no sign) from one line within a month or the period."""

    points: int
    per: Span


@dataclass(frozen=True)
class Line:
    """One line of the text. Of several in one `group` that fit one fact, the highest `precedence` scores (domain §3.2.5).

    An `indicator` is shown on the sheet and never scores. `by_days` multiplies the points by the fact's days.
    """

    code: str
    wording: Wording
    source: str
    subjects: tuple[SubjectKind, ...]
    facts: tuple[str, ...]
    points: int
    unit: str
    part: str = ""
    condition: Condition = Condition()
    group: str = "event"
    precedence: int = 0
    once_per: OncePer | None = None
    by_days: bool = False
    cap: Cap | None = None
    criterion: str | None = None
    indicator: bool = False


@dataclass(frozen=True)
class Repetition:
    """The same line broken `threshold` or more times by one person in a calendar month: points times `multiplier`.

    `parts` limits it to parts of the text; empty = all lines.
    """

    code: str
    wording: Wording
    source: str
    parts: tuple[str, ...]
    threshold: int
    multiplier: int
    reading: Reading


@dataclass(frozen=True)
class Cascade:
    """What staff lose costs their window unit: `points` (negative) for each `per` hundredths lost (MJ-17-2)."""

    code: str
    wording: Wording
    source: str
    per: int
    points: int
    option: CascadeOption


@dataclass(frozen=True)
class Criterion:
    """An item of a rubric with the most it can cost, for the "capped" total (A-10)."""

    code: str
    wording: Wording
    source: str
    maximum: int


@dataclass(frozen=True)
class Subject:
    """A kind of sheet: its base (None = entered by the administrator), its floor, and whether it is only a personal record."""

    kind: SubjectKind
    base: int | None = None
    floor: int | None = None
    record: bool = False


@dataclass(frozen=True)
class Option:
    """One choice of a parameter; `patch` says what it changes: {line code | "repetition" | cascade code: {field: value}}."""

    code: str
    wording: Wording
    patch: dict[str, dict[str, object]]


@dataclass(frozen=True)
class Parameter:
    """A point on which the text leaves a choice (domain §7)."""

    code: str
    wording: Wording
    source: str
    default: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Rulebook:
    """A version of a rulebook under one choice of its parameters."""

    code: str
    version: int
    name: Wording
    source: str
    period: PeriodKind
    subjects: tuple[Subject, ...]
    lines: tuple[Line, ...]
    criteria: tuple[Criterion, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    repetition: Repetition | None = None
    cascades: tuple[Cascade, ...] = ()
    gaps: tuple[Wording, ...] = ()

    def subject(self, kind: SubjectKind) -> Subject | None:
        """The sheet of this kind, or None when the rulebook does not assess it."""
        return next((subject for subject in self.subjects if subject.kind is kind), None)
