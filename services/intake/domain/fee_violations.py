"""Charging against the rules (违规收费, XZK-5B): seen by the system or by a person, true only once a second person has verified it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.intake.domain import verified_facts
from services.intake.domain.verified_facts import FactDecided, FactRecorded, VerifiedFact

KINDS = ("wrong_standard", "wrong_procedure", "off_counter", "tie_in", "cash")
"""XZK-5B-1 wrong standard or procedure, 5B-2 off the bank's counter, 5B-3 tie-in; cash in staff's hands is M-D4."""
SOURCES = ("attempt", "reconciliation", "report")
STATES = verified_facts.STATES


class Recorded(FactRecorded):
    """Somebody or something saw it."""


class Decided(FactDecided):
    """A second person's verdict."""


@dataclass(kw_only=True)
class FeeViolation(VerifiedFact):
    """One act. `source` says who saw it: a refused attempt, a treasury statement, or a person; `recorded_by` is then the account or `system`.

    Amounts are fen: what was asked or taken, and what the standard says.
    """

    recorded_as: ClassVar[type[FactRecorded]] = Recorded
    decided_as: ClassVar[type[FactDecided]] = Decided
    id_field: ClassVar[str] = "violation_id"
    decided_reason: ClassVar[str] = "VIOLATION_DECIDED"

    violation_id: str
    key: str
    kind: str
    source: str
    case_id: str | None
    charge_id: str | None
    asked_fen: int | None = None
    standard_fen: int | None = None
