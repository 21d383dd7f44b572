"""Why a ledger line was reversed: the event, or the act of a person, that changed the facts behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.facts import Fact

VERIFY_FACT, RECORD_FACT = "scoring.verify_fact", "scoring.record_fact"
MOST = 3  # named with one line; a whole batch may have touched a sheet, and a reader wants the reason, not the batch


@dataclass(frozen=True)
class Cause:
    """`source` is an event's type, `subject` and `version` its place, `event_id` its id; or a method of scoring and the fact it was about.

    `code` says more where the type does not: the cause of a withdrawal, excused or confirmed; `decided_by` is the person behind it.
    """

    source: str
    subject: str
    version: int | None = None
    event_id: str | None = None
    code: str | None = None
    decided_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


@dataclass(frozen=True)
class Change:
    """A fact that is not what it was, and what changed it."""

    fact: Fact
    causes: tuple[Cause, ...]


def reasons(fact_ids: Iterable[str], changed: Mapping[str, Sequence[Cause]]) -> tuple[Cause, ...]:
    """What made a line go: what changed its own facts; else (a cap, a third time in the month) what changed on its sheet."""
    own = [cause for fact_id in fact_ids for cause in changed.get(fact_id, ())]
    found = own or [cause for causes in changed.values() for cause in causes]
    return tuple(dict.fromkeys(found))[-MOST:]
