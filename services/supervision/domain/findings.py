"""A finding (督查发现): found → notified → explained → verified or rejected. Only a verified one scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.supervision.domain.kinds import KINDS


class State(StrEnum):
    """Where a finding stands (domain §2.M)."""

    FOUND = "found"
    NOTIFIED = "notified"
    EXPLAINED = "explained"
    VERIFIED = "verified"
    REJECTED = "rejected"


OPEN = (State.FOUND, State.NOTIFIED, State.EXPLAINED)


class FindingError(Exception):
    """A rule was broken; `reason` is stable."""

    code: ClassVar[str] = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


class InvalidFindingError(FindingError):
    """What was handed in is wrong whatever the state."""

    code = "invalid_argument"


@dataclass(frozen=True)
class FindingRecorded:
    """An inspector recorded it."""


@dataclass(frozen=True)
class FindingVerified:
    """A second person found it true."""


@dataclass(frozen=True)
class FindingRejected:
    """The explanation was accepted, or the verdict overturned: it never scores."""


@dataclass
class Finding:
    """One finding. `minutes` only for kinds that last; `staff_id` None for findings about a window.

    `inspector_id`, `explained_by` and `decided_by` say who did it, the `…recorded_by` whose account said so: a program speaks for many and is still one.
    """

    finding_id: str
    kind: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str | None
    staff_id: str | None
    minutes: int | None
    found_at: datetime
    recorded_at: datetime
    inspector_id: str
    evidence: str
    recorded_by: str
    state: State = State.FOUND
    notified_to: str | None = None
    notified_at: datetime | None = None
    explanation: str = ""
    explained_by: str | None = None
    explained_at: datetime | None = None
    explanation_recorded_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str = ""
    decision_recorded_by: str | None = None
    version: int = 0
    pending_events: list[object] = field(default_factory=list)

    @classmethod
    def record(cls, *, at: datetime, **values: object) -> Finding:
        """A new finding.

        Raises InvalidFindingError (KIND_UNKNOWN, STAFF_MISSING, WINDOW_MISSING, MINUTES_MISSING, MINUTES_NOT_WANTED, FOUND_IN_FUTURE).
        """
        finding = cls(recorded_at=at, **values)  # type: ignore[arg-type]  # the use case gives the fields above
        finding._check(at)
        finding._say(FindingRecorded())
        return finding

    def notify(self, *, to: str, at: datetime) -> None:
        """The window has been told; raises FindingError (FINDING_STATE)."""
        self._require(State.FOUND)
        self.state, self.notified_to, self.notified_at = State.NOTIFIED, to, at

    def explain(self, text: str, *, by: str, recorded_by: str, at: datetime) -> None:
        """The window's side, which may be amended until it is decided; raises FindingError (FINDING_STATE, SAME_PERSON for the inspector)."""
        self._require(*OPEN)
        if {by, recorded_by} & {self.inspector_id, self.recorded_by}:
            raise FindingError("SAME_PERSON", "the inspector cannot explain his own finding", finding_id=self.finding_id)
        self.state, self.explanation, self.explained_by, self.explained_at = State.EXPLAINED, text, by, at
        self.explanation_recorded_by = recorded_by

    def decide(self, *, true: bool, by: str, recorded_by: str, note: str, at: datetime) -> None:
        """Verify or reject. A verified one may still be rejected, which takes its score back; a rejected one is final.

        Raises FindingError (FINDING_STATE, SAME_PERSON when who decides, or his account, found, caused or explained it).
        """
        self._require(*OPEN, *(() if true else (State.VERIFIED,)))
        concerned = {self.inspector_id, self.recorded_by, self.staff_id, self.explained_by, self.explanation_recorded_by}
        if {by, recorded_by} & concerned:
            raise FindingError("SAME_PERSON", "who found, caused or explained it cannot decide on it", finding_id=self.finding_id)
        self.state = State.VERIFIED if true else State.REJECTED
        self.decided_by, self.decided_at, self.decision_note, self.decision_recorded_by = by, at, note, recorded_by
        self._say(FindingVerified() if true else FindingRejected())

    def _check(self, at: datetime) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise InvalidFindingError("KIND_UNKNOWN", f"{self.kind!r} is no kind of finding", field="kind")
        if kind.of_person and self.staff_id is None:
            raise InvalidFindingError("STAFF_MISSING", f"{self.kind} is about a person: name staff_id", field="staff_id")
        if not kind.of_person and self.window_id is None:
            raise InvalidFindingError("WINDOW_MISSING", f"{self.kind} is about a window: name window_id", field="window_id")
        if kind.with_minutes != (self.minutes is not None):
            reason = "MINUTES_MISSING" if kind.with_minutes else "MINUTES_NOT_WANTED"
            raise InvalidFindingError(
                reason, f"minutes {'are needed' if kind.with_minutes else 'mean nothing'} for {self.kind}", field="minutes"
            )
        if self.found_at > at:
            raise InvalidFindingError("FOUND_IN_FUTURE", "found_at lies in the future", field="found_at")

    def _require(self, *states: State) -> None:
        if self.state not in states:
            raise FindingError(
                "FINDING_STATE", f"a finding that is {self.state} cannot do this", finding_id=self.finding_id, state=self.state
            )

    def _say(self, event: object) -> None:
        self.version += 1
        self.pending_events.append(event)
