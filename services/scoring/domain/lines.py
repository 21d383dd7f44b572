"""From matched facts to scored lines: once per case, repetition, caps; every step is kept for the explanation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.scoring.domain.facts import Fact
from services.scoring.domain.matching import Match, Matcher
from services.scoring.domain.periods import month_of
from services.scoring.domain.rulebook import Line, OncePer, Reading, Repetition, Span
from services.scoring.domain.values import SubjectKind


@dataclass(frozen=True)
class Computation:
    """How the points came about, for the explanation: each step is kept, none is recomputed later.

    `ordinal` is the n-th time in its month and set only where it changed the points; `capped_from` are the points before the cap,
    `counted_once` how many facts of one matter the line stands for, if several.
    """

    unit_points: int
    days: int | None = None
    multiplier: int = 1
    multiplier_line: str | None = None
    ordinal: int | None = None
    capped_from: int | None = None
    counted_once: int | None = None
    instead_of: tuple[str, ...] = ()
    cascade_loss: int | None = None
    cascade_per: int | None = None
    cascade_option: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Without what does not apply."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in self.__dict__.items()}
        return {name: value for name, value in values.items() if value not in (None, []) and (name, value) != ("multiplier", 1)}


@dataclass(frozen=True)
class ScoredLine:
    """One line of a score sheet: which line of the text, for whom, when, how much, from which facts."""

    line: str
    person_id: str | None
    occurred_on: date
    points: int
    facts: tuple[Fact, ...]
    computation: Computation

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """The ids that a ledger line names."""
        return tuple(fact.fact_id for fact in self.facts)


Draft = tuple[ScoredLine, Line]


def scored_lines(matcher: Matcher, kind: SubjectKind, facts: Sequence[Fact]) -> tuple[list[ScoredLine], list[Draft]]:
    """(what scores, the indicators) of ordered, countable facts on a sheet of this kind, cascades aside."""
    matches, shown = matcher.match(kind, facts)
    drafts = _repeated(matcher.rulebook.repetition, _once(matches))
    if matcher.has_caps:
        drafts = _capped(drafts)
    return [scored for scored, _ in drafts], _once(shown)


def _once(matches: Sequence[Match]) -> list[Draft]:
    """A draft for each match; of those that share a case or matter under a once-per line only the heaviest, the first of equals.

    A line for a matter lists every fact of it ("per item, case list attached", A-05); the days of one case need no list.
    """
    drafts: list[Draft] = []
    place: dict[tuple[str, str], int] = {}
    for match in matches:
        draft = (_draft(match), match.line)
        key = _shared(match)
        if key is None or (index := place.setdefault((match.line.code, key), len(drafts))) == len(drafts):
            drafts.append(draft)
        else:
            drafts[index] = _heavier(drafts[index], draft)
    return drafts


def _heavier(kept: Draft, other: Draft) -> Draft:
    (one, line), (two, _) = kept, other
    best = two if abs(two.points) > abs(one.points) else one
    if line.once_per is not OncePer.MATTER:
        return best, line
    facts = one.facts + two.facts
    return replace(best, facts=facts, computation=replace(best.computation, counted_once=len(facts))), line


def _draft(match: Match) -> ScoredLine:
    line, fact = match.line, match.fact
    days = fact.days or 0
    points = line.points * days if line.by_days else line.points
    computation = Computation(line.points, days=days if line.by_days else None, instead_of=match.instead_of)
    return ScoredLine(line.code, fact.person_id, fact.occurred_on, points, (fact,), computation)


def _shared(match: Match) -> str | None:
    if match.line.once_per is None:
        return None
    return match.fact.case_id if match.line.once_per is OncePer.CASE else match.fact.matter_id


def _repeated(rule: Repetition | None, drafts: list[Draft]) -> list[Draft]:
    """XZK-5D-15: counted for each person, line and calendar month; what names no person is never multiplied."""
    if rule is None:
        return drafts
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, (scored, line) in enumerate(drafts):
        if scored.person_id and scored.points < 0 and (not rule.parts or line.part in rule.parts):
            groups[scored.person_id, line.code, month_of(scored.occurred_on)].append(index)
    result = list(drafts)
    for indexes in groups.values():
        if len(indexes) < rule.threshold:
            continue
        first = rule.threshold - 1 if rule.reading is Reading.PROSPECTIVE else 0
        for ordinal, index in enumerate(indexes[first:], first + 1):
            scored, line = drafts[index]
            steps = replace(scored.computation, multiplier=rule.multiplier, multiplier_line=rule.code, ordinal=ordinal)
            result[index] = replace(scored, points=scored.points * rule.multiplier, computation=steps), line
    return result


def _capped(drafts: list[Draft]) -> list[Draft]:
    """Caps are used up in time order; a line beyond its cap stays on the sheet with what is left, even if that is nothing."""
    used: dict[tuple[str, str], int] = defaultdict(int)
    result: list[Draft] = []
    for scored, line in drafts:
        if line.cap is None:
            result.append((scored, line))
            continue
        key = line.code, month_of(scored.occurred_on) if line.cap.per is Span.MONTH else ""
        allowed = min(abs(scored.points), line.cap.points - used[key])
        used[key] += allowed
        result.append((scored if allowed == abs(scored.points) else _cut(scored, allowed), line))
    return result


def _cut(scored: ScoredLine, allowed: int) -> ScoredLine:
    points = -allowed if scored.points < 0 else allowed
    return replace(scored, points=points, computation=replace(scored.computation, capped_from=scored.points))
