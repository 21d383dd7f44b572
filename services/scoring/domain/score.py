"""The score of one subject in one period: a pure, deterministic function of the rulebook and the facts. Points are hundredths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.scoring.domain.cascade import cascade_lines
from services.scoring.domain.facts import Fact, countable
from services.scoring.domain.lines import Draft, ScoredLine, scored_lines
from services.scoring.domain.matching import Matcher
from services.scoring.domain.rulebook import Rulebook
from services.scoring.domain.values import SubjectKind


@dataclass(frozen=True)
class Indicator:
    """A line that is shown and not scored, with the points that it would have had."""

    line: str
    points: int
    fact_ids: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Everything a sheet says. `total` = base + points; `floored` obeys the floor; `capped` stays within the rubric (A-10)."""

    lines: tuple[ScoredLine, ...]
    indicators: tuple[Indicator, ...] = ()
    capped_points: int = 0

    @property
    def points(self) -> int:
        """The sum of all lines."""
        return sum(line.points for line in self.lines)


@dataclass(frozen=True)
class Totals:
    """A sheet's totals in hundredths: by the formula, at its floor, and with each rubric item's maximum kept."""

    base: int | None
    raw: int
    total: int
    capped: int


def totals(*, base: int | None, floor: int | None, points: int, capped_points: int) -> Totals:
    """The totals from the sums; without a base they are the bare ± points (A-32)."""
    raw, capped = (base or 0) + points, (base or 0) + capped_points
    if floor is None:
        return Totals(base, raw, raw, capped)
    return Totals(base, raw, max(floor, raw), max(floor, capped))


def score(matcher: Matcher, kind: SubjectKind, facts: Iterable[Fact]) -> Score:
    """Score the facts of one subject in one period. Order and duplicates of `facts` do not matter; unverified ones do not count."""
    ordered = countable(facts)
    result, shown = scored_lines(matcher, kind, ordered)
    if kind is SubjectKind.UNIT:
        result += cascade_lines(matcher, ordered)
    result.sort(key=lambda line: (line.occurred_on, line.fact_ids[-1], line.line))
    return Score(tuple(result), tuple(_indicators(shown)), _within_rubric(matcher.rulebook, result))


def _indicators(shown: Sequence[Draft]) -> list[Indicator]:
    by_line: dict[str, list[Draft]] = defaultdict(list)
    for draft in shown:
        by_line[draft[1].code].append(draft)
    return [
        Indicator(code, sum(scored.points for scored, _ in drafts), tuple(i for scored, _ in drafts for i in scored.fact_ids))
        for code, drafts in sorted(by_line.items())
    ]


def _within_rubric(rulebook: Rulebook, lines: Sequence[ScoredLine]) -> int:
    """The sum with the deductions of each criterion held at its maximum."""
    criterion = {line.code: line.criterion for line in rulebook.lines}
    maximum = {c.code: c.maximum for c in rulebook.criteria}
    lost: dict[str, int] = defaultdict(int)
    free = 0
    for line in lines:
        of = criterion.get(line.line)
        if of is not None and line.points < 0:
            lost[of] -= line.points
        else:
            free += line.points
    return free - sum(min(points, maximum[of]) for of, points in lost.items())
