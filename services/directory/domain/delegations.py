"""Written delegations (授权委托) of chief representatives (首席代表): who may decide which items, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.directory.domain.errors import DomainError, Invalid


@dataclass(frozen=True)
class DelegationChanged:
    """The delegation as it is now."""

    version: int
    at: dt.datetime


@dataclass
class Delegation:
    """Signed by the unit's legal representative; `item_ids` empty means every item of the unit. Days are inclusive."""

    delegation_id: str
    unit_id: str
    staff_id: str
    region: str
    hall_id: str
    item_ids: list[str]
    content: str
    document_no: str
    valid_from: dt.date
    valid_to: dt.date
    revoked_on: dt.date | None = None
    revoke_reason: str | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def sign(self, *, at: dt.datetime) -> None:
        """Record the document. Raises Invalid DELEGATION_PERIOD_REVERSED."""
        if self.valid_to < self.valid_from:
            raise Invalid("DELEGATION_PERIOD_REVERSED", "valid_to: before valid_from", field="valid_to")
        self._announce(at)

    def revoke(self, *, on: dt.date, reason: str, at: dt.datetime) -> None:
        """Take the delegation back from `on`. Raises DomainError DELEGATION_REVOKED when it is already."""
        if self.revoked_on is not None:
            raise DomainError("DELEGATION_REVOKED", f"revoked on {self.revoked_on}", delegation_id=self.delegation_id)
        self.revoked_on, self.revoke_reason = on, reason
        self._announce(at)

    def status(self, on: dt.date) -> str:
        """Signed (not yet in force), active, expired or revoked on a day."""
        if self.revoked_on is not None and on >= self.revoked_on:
            return "revoked"
        if on < self.valid_from:
            return "signed"
        return "active" if on <= self.valid_to else "expired"

    def _announce(self, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(DelegationChanged(self.version, at))
