"""The ledger is append-only: what changed is posted as reversals and new lines, nothing is ever edited."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.scoring.domain.lines import ScoredLine


@dataclass(frozen=True)
class Posting:
    """What one ledger line says, facts as they were at the time included."""

    line: str
    person_id: str | None
    occurred_on: date
    points: int
    fact_ids: tuple[str, ...]
    detail: dict[str, Any]

    @classmethod
    def of(cls, scored: ScoredLine) -> Posting:
        """The posting of a computed line."""
        detail = {"computation": scored.computation.as_json(), "facts": [fact.snapshot() for fact in scored.facts]}
        return cls(scored.line, scored.person_id, scored.occurred_on, scored.points, scored.fact_ids, detail)

    @property
    def key(self) -> str:
        """Equal for postings that say the same, also in their explanation."""
        says = [self.line, self.person_id, self.occurred_on.isoformat(), self.points, self.fact_ids, self.detail]
        return json.dumps(says, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Posted:
    """A posting that stands in the ledger and has not been reversed."""

    entry_id: str
    posting: Posting


@dataclass(frozen=True)
class Difference:
    """What must be posted so that the ledger says what the facts say."""

    reverse: tuple[Posted, ...]
    post: tuple[Posting, ...]

    def __bool__(self) -> bool:
        return bool(self.reverse or self.post)


def difference(standing: Iterable[Posted], wanted: Iterable[Posting]) -> Difference:
    """Compare as multisets; deterministic order: reversals as posted, new lines as computed."""
    wanted = list(wanted)
    missing = Counter(posting.key for posting in wanted)
    reverse: list[Posted] = []
    for posted in standing:
        if missing[posted.posting.key]:
            missing[posted.posting.key] -= 1
        else:
            reverse.append(posted)
    by_key: dict[str, int] = defaultdict(int, missing)
    post: list[Posting] = []
    for posting in wanted:
        if by_key[posting.key]:
            by_key[posting.key] -= 1
            post.append(posting)
    return Difference(tuple(reverse), tuple(post))
