"""Every golden case beside the rulebooks, worked by hand from the source."""

from functools import cache
from typing import Any

import pytest
import yaml

from services.scoring import rulebook_file
from services.scoring.domain.matching import Matcher
from services.scoring.domain.score import score, totals
from services.scoring.domain.values import SubjectKind
from tests.unit.scoring.facts import a_fact


def _cases() -> list[Any]:
    found = []
    for path in sorted((rulebook_file.DIRECTORY / "golden").glob("*.yaml")):
        document = yaml.safe_load(path.read_text())
        found += [pytest.param(document["rulebook"], case, id=f"{document['rulebook']}: {case['name']}") for case in document["cases"]]
    return found


@cache
def _matcher(rulebook: str, parameters: tuple[tuple[str, str], ...]) -> Matcher:
    path = rulebook_file.bundled()[rulebook]
    return Matcher(rulebook_file.parse(path.read_text(), path.name, dict(parameters)))


def in_force(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that their source has withdrawn; that the service leaves them out is tested on the same cases with events."""
    return [{name: value for name, value in fact.items() if name != "withdrawn"} for fact in facts if not fact.get("withdrawn")]


@pytest.mark.parametrize(("rulebook", "case"), _cases())
def test_golden_case_scores_as_worked_by_hand(rulebook: str, case: dict[str, Any]) -> None:
    matcher = _matcher(rulebook, tuple(case.get("parameters", {}).items()))
    book, kind = matcher.rulebook, SubjectKind(case["kind"])
    facts = [a_fact(**fact) for fact in in_force(case["facts"])]
    result = score(matcher, kind, [fact for fact in facts if fact.subject(kind) == case["subject"]])
    subject = book.subject(kind)
    sums = totals(base=subject.base, floor=subject.floor, points=result.points, capped_points=result.capped_points)

    assert result.points == case["points"]
    if "lines" in case:
        assert [[line.line, line.points] for line in result.lines] == case["lines"]
    if "indicators" in case:
        assert [[shown.line, shown.points] for shown in result.indicators] == case["indicators"]
    for name in ("total", "raw", "capped"):
        if name in case:
            assert (name, getattr(sums, name)) == (name, case[name])


def test_every_bundled_rulebook_has_golden_cases() -> None:
    golden = {path.stem for path in (rulebook_file.DIRECTORY / "golden").glob("*.yaml")}
    assert golden == set(rulebook_file.bundled())
