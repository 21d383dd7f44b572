"""Do the parts of a rulebook fit together? What no single entry can show."""

from __future__ import annotations

from itertools import combinations

from services.scoring.domain.reading import Problem
from services.scoring.domain.rulebook import Rulebook


def misfits(book: Rulebook) -> list[Problem]:
    """Duplicates, references to nothing, and two lines that would charge one fact twice."""
    found: list[Problem] = []
    codes: set[str] = set()
    used = [line.code for line in book.lines] + [cascade.code for cascade in book.cascades]
    for code in [*used, *([book.repetition.code] if book.repetition else [])]:
        if code in codes:
            found.append(Problem(f"line {code}", "code", "is used twice"))
        codes.add(code)
    kinds = {subject.kind for subject in book.subjects}
    criteria = {criterion.code for criterion in book.criteria}
    for line in book.lines:
        if line.criterion is not None and line.criterion not in criteria:
            found.append(Problem(f"line {line.code}", "criterion", f"{line.criterion!r} is not in the criteria"))
        found += [Problem(f"line {line.code}", "subjects", f"the rulebook has no subject {k}") for k in line.subjects if k not in kinds]
    for parameter in book.parameters:
        for option in parameter.options:
            targets = codes | ({"repetition"} if book.repetition else set())
            unknown = [target for target in option.patch if target not in targets]
            found += [Problem(f"parameter {parameter.code}", "options", f"set: there is no line {target!r}") for target in unknown]
    return found + _double_charges(book)


def _double_charges(book: Rulebook) -> list[Problem]:
    scoring = [line for line in book.lines if not line.indicator]
    found: list[Problem] = []
    for one, other in combinations(scoring, 2):
        shared = sorted(set(one.facts) & set(other.facts))
        same = set(one.subjects) & set(other.subjects) and (one.group, one.precedence) == (other.group, other.precedence)
        if shared and same and one.condition.overlaps(other.condition):
            why = f"fits the same {shared[0]} as line {one.code} with the same precedence; one physical event scores once"
            found.append(Problem(f"line {other.code}", "precedence", why))
    return found
