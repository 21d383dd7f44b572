"""The indexed matcher: a rulebook compiled once, so that a fact meets only the lines that name its type (hot path)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.scoring.domain.facts import Fact
from services.scoring.domain.rulebook import Line, Rulebook
from services.scoring.domain.values import SubjectKind


@dataclass(frozen=True)
class Match:
    """A fact and the line that it falls under; `instead_of` are the lines that fit too and yielded."""

    fact: Fact
    line: Line
    instead_of: tuple[str, ...] = ()


class Matcher:
    """Lines by (subject kind, fact type), the most specific first."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        index: dict[tuple[SubjectKind, str], list[Line]] = defaultdict(list)
        for line in rulebook.lines:
            for kind in line.subjects:
                for fact_type in line.facts:
                    index[kind, fact_type].append(line)
        self._index = {key: tuple(sorted(lines, key=lambda line: (-line.precedence, line.code))) for key, lines in index.items()}
        self.has_caps = any(line.cap for line in rulebook.lines)
        self.fact_types = frozenset(fact_type for _, fact_type in self._index)

    def match(self, kind: SubjectKind, facts: Sequence[Fact]) -> tuple[list[Match], list[Match]]:
        """(what scores, what is only shown) for a sheet of this kind, in the order of `facts`."""
        scoring: list[Match] = []
        shown: list[Match] = []
        for fact in facts:
            lines = self._index.get((kind, fact.type))
            if lines:
                self._sort_out(fact, lines, scoring, shown)
        return scoring, shown

    @staticmethod
    def _sort_out(fact: Fact, lines: Sequence[Line], scoring: list[Match], shown: list[Match]) -> None:
        best: dict[str, Line] = {}
        yielded: dict[str, list[str]] = {}
        for line in lines:
            if not line.condition.holds(fact):
                continue
            if line.indicator:
                shown.append(Match(fact, line))
            elif line.group in best:
                yielded.setdefault(line.group, []).append(line.code)
            else:
                best[line.group] = line
        scoring.extend(Match(fact, line, tuple(yielded.get(group, ()))) for group, line in best.items())
