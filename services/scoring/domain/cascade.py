"""MJ-17-2: what staff of a window unit lose costs the unit too (domain §3.1.5, options a to d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from services.scoring.domain.facts import Fact
from services.scoring.domain.lines import Computation, ScoredLine, scored_lines
from services.scoring.domain.matching import Matcher
from services.scoring.domain.rulebook import Cascade, CascadeOption
from services.scoring.domain.values import SubjectKind


def cascade_lines(matcher: Matcher, facts: Sequence[Fact]) -> list[ScoredLine]:
    """The cascade lines of a unit from its ordered, countable facts; only deductions count, bonuses do not make up for them."""
    if not matcher.rulebook.cascades:
        return []
    by_person: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.person_id is not None:
            by_person[fact.person_id].append(fact)
    losses = {
        person: [line for line in scored_lines(matcher, SubjectKind.PERSON, of_person)[0] if line.points < 0]
        for person, of_person in sorted(by_person.items())
    }
    found = [line for cascade in matcher.rulebook.cascades for line in _lines(cascade, losses)]
    return [line for line in found if line.points]


def _lines(cascade: Cascade, losses: dict[str, list[ScoredLine]]) -> list[ScoredLine]:
    if cascade.option is CascadeOption.PER_EVENT:
        return [_line(cascade, [line], person) for person, lines in losses.items() for line in lines]
    if cascade.option is CascadeOption.PER_PERSON:
        return [_line(cascade, lines, person) for person, lines in losses.items() if lines]
    everyone = [line for lines in losses.values() for line in lines]
    return [_line(cascade, everyone, None)] if everyone else []


def _line(cascade: Cascade, lines: Sequence[ScoredLine], person: str | None) -> ScoredLine:
    loss = -sum(line.points for line in lines)
    points = _points(cascade, loss)
    facts = sorted({fact.fact_id: fact for line in lines for fact in line.facts}.values(), key=lambda fact: fact.order)
    steps = Computation(cascade.points, cascade_loss=loss, cascade_per=cascade.per, cascade_option=str(cascade.option))
    return ScoredLine(cascade.code, person, facts[-1].occurred_on, points, tuple(facts), steps)


def _points(cascade: Cascade, loss: int) -> int:
    if cascade.option is CascadeOption.PROPORTIONAL:
        # Rounded toward nothing lost: the text gives whole points only, a fraction must not cost more than it says.
        return -(loss * -cascade.points // cascade.per)
    return loss // cascade.per * cascade.points
