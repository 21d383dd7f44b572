"""Who may decide: a person with a written delegation (授权委托) in force for the item, on the day (首席代表制)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from services.intake.domain.errors import Refused


@dataclass(frozen=True)
class Delegation:
    """As directory tells it: `item_ids` empty means every item of the unit; the days of validity are inclusive, the day of revocation is not."""

    delegation_id: str
    unit_id: str
    staff_id: str
    item_ids: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date
    revoked_on: dt.date | None = None

    def covers(self, unit_id: str, item_id: str) -> bool:
        """Whether the item is within its scope."""
        return self.unit_id == unit_id and (not self.item_ids or item_id in self.item_ids)

    def status(self, on: dt.date) -> str:
        """Signed (not yet in force), active, expired or revoked on a day."""
        if self.revoked_on is not None and on >= self.revoked_on:
            return "revoked"
        if on < self.valid_from:
            return "signed"
        return "active" if on <= self.valid_to else "expired"


def authority(held: Iterable[Delegation], *, staff_id: str, unit_id: str, item_id: str, on: dt.date) -> Delegation:
    """The delegation under which the person decides, the longest-lasting of several.

    Raises Refused NO_ACTIVE_DELEGATION naming item, unit and day, and of the delegations that the person holds for it why they do not count.
    """
    covering = [delegation for delegation in held if delegation.covers(unit_id, item_id)]
    active = [delegation for delegation in covering if delegation.status(on) == "active"]
    if active:
        return max(active, key=lambda delegation: (delegation.valid_to, delegation.delegation_id))
    known = ", ".join(f"{d.delegation_id} {d.status(on)} ({d.valid_from}..{d.valid_to})" for d in covering)
    text = f"{staff_id} holds no delegation of {unit_id} for {item_id} on {on}" + (f": {known}" if known else "")
    raise Refused("NO_ACTIVE_DELEGATION", text, staff_id=staff_id, unit_id=unit_id, item_id=item_id, on=on.isoformat(), held=known)
