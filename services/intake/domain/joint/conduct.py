"""Conduct in joint handling: held up (MJ-21-2) or supported (MJ-18-3, XZK-4-4); true only once a second person has verified it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.intake.domain import verified_facts
from services.intake.domain.errors import Invalid
from services.intake.domain.verified_facts import FactDecided, FactRecorded, VerifiedFact

OBSTRUCT, SUPPORT = "obstruct", "support"
CONDUCT_KINDS = (OBSTRUCT, SUPPORT)
CONDUCT_STATES = verified_facts.STATES


class ConductRecorded(FactRecorded):
    """Somebody reported it."""


class ConductDecided(FactDecided):
    """A second person's verdict."""


@dataclass(kw_only=True)
class JointConduct(VerifiedFact):
    """One report. `staff_id` is the person whose conduct it was, needed for an obstruction: the rulebook charges persons (经查实工作人员有责任);
    support is the unit's, and the window's if one is named.
    """

    recorded_as: ClassVar[type[FactRecorded]] = ConductRecorded
    decided_as: ClassVar[type[FactDecided]] = ConductDecided
    id_field: ClassVar[str] = "conduct_id"
    decided_reason: ClassVar[str] = "CONDUCT_DECIDED"

    conduct_id: str
    kind: str
    handling_id: str | None
    case_id: str | None

    def record(self) -> None:
        """Say that it was seen. Raises Invalid OCCURRED_IN_FUTURE, SUBJECT_MISSING."""
        if self.kind == OBSTRUCT and self.staff_id is None:
            raise Invalid("SUBJECT_MISSING", "staff_id: whose duty it was", field="staff_id")
        super().record()
