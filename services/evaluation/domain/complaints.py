"""The life of a complaint (投诉): registered → accepted or refused → assigned → verified true or not.

Nothing scores before a person other than the accused has verified it (查证属实); a changed verdict is a further round, never an edit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.evaluation.domain.errors import EvaluationError, NotIndependentError

CATEGORIES = ("attitude", "result", "approval", "discipline", "other")
# M-G1: desk, letter box, hotline, online, review card, duty person, intercept survey, forwarded by the centre, media.
CHANNELS = ("window", "mailbox", "hotline", "online", "card", "duty", "survey", "forwarded", "media")
REGISTERED, ACCEPTED, REFUSED, ASSIGNED, VERIFIED = "registered", "accepted", "refused", "assigned", "verified"


@dataclass(frozen=True)
class ComplaintFiled:
    """A complaint was registered."""

    version: int


@dataclass(frozen=True)
class ComplaintVerified:
    """A verdict, first or changed."""

    verdict: Verdict
    version: int


@dataclass(frozen=True)
class Verdict:
    """What the verifier found. `serious` and `unlawful` qualify a true complaint only."""

    true: bool
    serious: bool
    unlawful: bool
    note: str
    by: str
    at: datetime
    round: int = 0

    def same_finding(self, other: Verdict | None) -> bool:
        """Whether both say the same, whoever says it."""
        return other is not None and (self.true, self.serious, self.unlawful) == (other.true, other.serious, other.unlawful)


@dataclass
class Complaint:
    """One complaint; text, name and contact stay in this row."""

    complaint_id: str
    category: str
    channel: str
    unit_id: str
    window_id: str | None
    staff_id: str | None
    case_id: str | None
    region: str
    hall_id: str
    anonymous: bool
    complainant_name: str
    contact: str
    text: str
    occurred_at: datetime
    filed_at: datetime
    filed_by: str
    state: str = REGISTERED
    accepted_at: datetime | None = None
    refused_reason: str = ""
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    is_true: bool | None = None
    serious: bool = False
    unlawful: bool = False
    verified_at: datetime | None = None
    verified_by: str | None = None
    round: int = 0
    version: int = 0
    pending_events: list[object] = field(default_factory=list)

    def file(self) -> None:
        """Say that it was registered."""
        self.version += 1
        self.pending_events.append(ComplaintFiled(self.version))

    def accept(self, at: datetime) -> None:
        """Take it up (受理). Raises COMPLAINT_STATE."""
        self._must_be(REGISTERED)
        self.state, self.accepted_at = ACCEPTED, at

    def refuse(self, reason: str, at: datetime) -> None:
        """Not taken up, with the reason told to the complainant. Raises COMPLAINT_STATE."""
        self._must_be(REGISTERED)
        self.state, self.refused_reason, self.accepted_at = REFUSED, reason, at

    def assign(self, staff_id: str, at: datetime) -> None:
        """Hand it to a person (交办). Raises COMPLAINT_STATE, HANDLER_IS_ACCUSED."""
        self._must_be(REGISTERED, ACCEPTED, ASSIGNED)
        if staff_id == self.staff_id:
            raise NotIndependentError(
                "HANDLER_IS_ACCUSED", "the accused person cannot handle the complaint", complaint_id=self.complaint_id
            )
        self.accepted_at = self.accepted_at or at
        self.state, self.assigned_to, self.assigned_at = ASSIGNED, staff_id, at

    def verify(self, verdict: Verdict) -> Verdict:
        """Decide, or decide anew with a changed finding; returns the verdict with its round.

        Raises COMPLAINT_STATE (refused), VERIFIER_IS_ACCUSED, SAME_PERSON (filed or handled it), VERDICT_CONTRADICTORY, VERDICT_UNCHANGED.
        """
        self._must_be(REGISTERED, ACCEPTED, ASSIGNED, VERIFIED)
        if verdict.by == self.staff_id:
            raise NotIndependentError("VERIFIER_IS_ACCUSED", "nobody verifies a complaint about himself", complaint_id=self.complaint_id)
        if verdict.by in (self.filed_by, self.assigned_to):
            raise NotIndependentError("SAME_PERSON", "who filed or handled a complaint does not verify it", complaint_id=self.complaint_id)
        if not verdict.true and (verdict.serious or verdict.unlawful):
            raise EvaluationError(
                "VERDICT_CONTRADICTORY", "only a true complaint can be serious or unlawful", complaint_id=self.complaint_id
            )
        if verdict.same_finding(self._verdict()):
            raise EvaluationError("VERDICT_UNCHANGED", "the complaint has this verdict already", complaint_id=self.complaint_id)
        self.round += 1
        self.version += 1
        final = Verdict(verdict.true, verdict.serious, verdict.unlawful, verdict.note, verdict.by, verdict.at, self.round)
        self.state, self.is_true, self.serious, self.unlawful = VERIFIED, final.true, final.serious, final.unlawful
        self.verified_at, self.verified_by = final.at, final.by
        self.pending_events.append(ComplaintVerified(final, self.version))
        return final

    def _verdict(self) -> Verdict | None:
        if self.is_true is None or self.verified_at is None or self.verified_by is None:
            return None
        return Verdict(self.is_true, self.serious, self.unlawful, "", self.verified_by, self.verified_at, self.round)

    def _must_be(self, *states: str) -> None:
        if self.state not in states:
            raise EvaluationError("COMPLAINT_STATE", f"the complaint is {self.state}", complaint_id=self.complaint_id, state=self.state)
