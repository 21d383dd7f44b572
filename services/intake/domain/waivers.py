"""Exemption and reduction (减免, M-D5): requested with its basis document, approved by another person, applied to the slip."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.errors import Invalid, Refused

REQUESTED, APPROVED, REJECTED, APPLIED = "requested", "approved", "rejected", "applied"
STATES = (REQUESTED, APPROVED, REJECTED, APPLIED)


@dataclass
class Waiver:
    """A reduction by `percent` of what is due or by `amount_fen`; `waived_fen` is what it comes to, fixed at the request."""

    waiver_id: str
    charge_id: str
    percent: int | None
    amount_fen: int | None
    basis_document: str
    reason: str
    requested_by: str
    requested_identity: str
    requested_at: dt.datetime
    state: str = REQUESTED
    waived_fen: int = 0
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    note: str = ""
    applied_by: str | None = None
    applied_at: dt.datetime | None = None

    def fix(self, due_fen: int) -> None:
        """What it comes to; a fraction of a fen goes to the payer.

        Raises Invalid WAIVER_AMOUNT (exactly one of percent and amount), WAIVER_TOO_LARGE.
        """
        if (self.percent is None) == (self.amount_fen is None):
            raise Invalid("WAIVER_AMOUNT", "percent: give either percent or amount_fen", field="percent")
        wanted = self.amount_fen if self.percent is None else -(-due_fen * self.percent // 100)
        assert wanted is not None
        if wanted > due_fen:
            raise Invalid("WAIVER_TOO_LARGE", f"amount_fen: no more than {due_fen} fen are due", field="amount_fen")
        self.waived_fen = wanted

    def decide(self, *, approve: bool, by: str, note: str, at: dt.datetime) -> None:
        """Approve or reject. Raises Refused WAIVER_DECIDED, SAME_PERSON (who asked for it never approves it)."""
        if self.state != REQUESTED:
            raise Refused("WAIVER_DECIDED", f"the waiver is {self.state}", waiver_id=self.waiver_id)
        if by in (self.requested_by, self.requested_identity):
            raise Refused("SAME_PERSON", "who asks for a waiver cannot decide on it", waiver_id=self.waiver_id)
        self.state, self.decided_by, self.decided_at, self.note = APPROVED if approve else REJECTED, by, at, note
