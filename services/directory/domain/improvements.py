"""Improvements (M-B25): what a newly published version does better than every version before it, confirmed by a second person.

Compared with the best of all earlier published versions, so that a limit which was lengthened and shortened again is no improvement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.directory.domain.errors import DomainError

PROMISE_TO_IMMEDIATE, SHORTEN_PROMISE, FEWER_MATERIALS, FEWER_STEPS = (
    "promise_to_immediate", "shorten_promise", "fewer_materials", "fewer_steps",
)  # fmt: skip
KINDS = (PROMISE_TO_IMMEDIATE, SHORTEN_PROMISE, FEWER_MATERIALS, FEWER_STEPS)
STATES = ("detected", "verified", "rejected")


@dataclass(frozen=True)
class Gain:
    """One improvement: days of `day_kind`, or numbers of required materials or of steps, `before` in the version that was in force."""

    kind: str
    before: int
    after: int
    day_kind: str = ""


def gains(new: dict[str, Any], earlier: Sequence[dict[str, Any]]) -> list[Gain]:
    """What `new` does better; `earlier` are the contents published before, oldest first. The first version improves on nothing."""
    return list(_gains(new, earlier)) if earlier else []


def _gains(new: dict[str, Any], earlier: Sequence[dict[str, Any]]) -> Iterator[Gain]:
    last = earlier[-1]
    if new["time_class"] == "immediate":
        # The shorter promise is the same change and counts once (MJ-18-1 excludes MJ-18-2).
        if all(content["time_class"] == "promised" for content in earlier):
            yield Gain(PROMISE_TO_IMMEDIATE, last["promised_days"], 0, last["day_kind"])
    elif all(_shorter(new, content) for content in earlier):
        yield Gain(SHORTEN_PROMISE, last["promised_days"], new["promised_days"], new["day_kind"])
    for kind, count in ((FEWER_MATERIALS, _materials), (FEWER_STEPS, _steps)):
        # A list that was never written down is not longer than one that is.
        known = [count(content) for content in earlier]
        if count(new) and all(before > count(new) for before in known):
            yield Gain(kind, known[-1], count(new))


def _shorter(new: dict[str, Any], old: dict[str, Any]) -> bool:
    # Working and natural days cannot be compared without a calendar: no claim is made.
    return bool(old["time_class"] == "promised" and old["day_kind"] == new["day_kind"] and old["promised_days"] > new["promised_days"])


def _materials(content: dict[str, Any]) -> int:
    return sum(1 for material in content["materials"] if material["required"])


def _steps(content: dict[str, Any]) -> int:
    return len(content["guide"]["procedure"])


@dataclass(frozen=True)
class ImprovementDetected:
    """A version that improves on all before it was published."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class ImprovementDecided:
    """A second person found it true, or not."""

    version: int
    at: dt.datetime


@dataclass
class Improvement:
    """One improvement of one item version: detected → verified or rejected."""

    improvement_id: str
    region: str
    hall_id: str
    unit_id: str
    item_id: str
    item_name: str
    item_version: int
    kind: str
    before: int
    after: int
    day_kind: str
    published_by: str
    detected_at: dt.datetime
    state: str = "detected"
    evidence: str = ""
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    note: str = ""
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def detect(self) -> Improvement:
        """Say that it was detected."""
        self.version += 1
        self.pending_events.append(ImprovementDetected(self.version, self.detected_at))
        return self

    def decide(self, *, true: bool, by: str, evidence: str, note: str, at: dt.datetime) -> None:
        """Verify with evidence, or reject.

        Raises DomainError IMPROVEMENT_DECIDED, SAME_PERSON (who published cannot verify), EVIDENCE_REQUIRED.
        """
        if self.state != "detected":
            raise DomainError("IMPROVEMENT_DECIDED", f"it is {self.state}", improvement_id=self.improvement_id)
        if by == self.published_by:
            raise DomainError("SAME_PERSON", "who published the version cannot verify the improvement", improvement_id=self.improvement_id)
        if true and not evidence.strip():
            raise DomainError("EVIDENCE_REQUIRED", "evidence: say what shows that it is so in practice", field="evidence")
        self.state, self.evidence, self.note = "verified" if true else "rejected", evidence, note
        self.decided_by, self.decided_at = by, at
        self.version += 1
        self.pending_events.append(ImprovementDecided(self.version, at))
