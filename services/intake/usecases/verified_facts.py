"""The second person's verdict, for every kind of fact that needs one."""

from __future__ import annotations

from typing import TypeVar

from chassis.database import Transaction
from services.intake.domain.verified_facts import VerifiedFact

F = TypeVar("F", bound=VerifiedFact)


def judged(tx: Transaction, kind: type[F], fact_id: str, *, verified: bool, note: str) -> F:
    """The fact, with the caller's verdict. Raises NotFound (by its kind), PermissionDenied OUT_OF_SCOPE and what `VerifiedFact.decide` raises."""
    fact = tx.get(kind, fact_id, for_update=True)
    tx.caller.require(fact.region, fact.hall_id)
    fact.decide(true=verified, by=tx.caller.identity, note=note, at=tx.now)
    return fact
