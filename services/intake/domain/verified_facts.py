"""What may count against somebody only once a second person has found it true (双人核实): the part that every such fact shares.

Somebody, or the system, records it with evidence; somebody who neither recorded nor did it decides. Only a verified one scores.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar

from services.intake.domain.errors import Invalid, Refused

RECORDED, VERIFIED, REJECTED = "recorded", "verified", "rejected"
STATES = (RECORDED, VERIFIED, REJECTED)


@dataclass(frozen=True)
class FactRecorded:
    """Somebody or something saw it. Every kind of fact has its own, because events are mapped by type."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class FactDecided:
    """A second person's verdict."""

    version: int
    at: dt.datetime


@dataclass(kw_only=True)
class VerifiedFact:
    """One act. `recorded_by` is who saw it as others know him, `recorded_identity` the person or account behind the call (both `system` for a finding
    of the system's own); `staff_id` is whose act it was, None when nobody can be named."""

    recorded_as: ClassVar[type[FactRecorded]]
    decided_as: ClassVar[type[FactDecided]]
    id_field: ClassVar[str]
    decided_reason: ClassVar[str]
    """Of the refusal of a verdict that is given already, for example VIOLATION_DECIDED."""

    region: str
    hall_id: str
    unit_id: str | None
    window_id: str | None
    staff_id: str | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    recorded_by: str
    recorded_identity: str
    evidence: str
    state: str = RECORDED
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    note: str = ""
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def record(self) -> None:
        """Say that it was seen. Raises Invalid OCCURRED_IN_FUTURE, SUBJECT_MISSING."""
        if self.occurred_at > self.recorded_at:
            raise Invalid("OCCURRED_IN_FUTURE", "occurred_at: lies in the future", field="occurred_at")
        if self.unit_id is None and self.window_id is None and self.staff_id is None:
            raise Invalid("SUBJECT_MISSING", "staff_id: name the person, the window or the unit", field="staff_id")
        self._happened(self.recorded_as, self.recorded_at)

    def decide(self, *, true: bool, by: str, note: str, at: dt.datetime) -> None:
        """Verify or reject; a verified one may still be rejected, which takes it back. A rejected one is final.

        Raises Refused `decided_reason`, SAME_PERSON (who recorded it, or whose act it was).
        """
        if self.state == REJECTED or (true and self.state == VERIFIED):
            raise Refused(self.decided_reason, f"it is {self.state}", **self._key())
        if by in (self.recorded_by, self.recorded_identity, self.staff_id):
            raise Refused("SAME_PERSON", "who recorded or did it cannot decide on it", **self._key())
        self.state, self.decided_by, self.decided_at, self.note = VERIFIED if true else REJECTED, by, at, note
        self._happened(self.decided_as, at)

    def _key(self) -> dict[str, str]:
        return {self.id_field: getattr(self, self.id_field)}

    def _happened(self, what: type, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(what(self.version, at))
