"""What every command on a case begins and ends with."""

from __future__ import annotations

from chassis.database import Transaction
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.happenings import DueSoon, NoticeMissed, Overdue
from services.intake.domain.rules import Item, Now, Rules
from services.intake.orm import rungs


def loaded(tx: Transaction, case_id: str, rules: Rules) -> tuple[Case, Item, Now]:
    """The case, locked and in the caller's scope, with its item version and the circumstances of the command."""
    case = tx.get(Case, case_id, for_update=True)
    tx.caller.require(case.region, case.hall_id)
    return case, reference.item_version(tx, case.item_id, case.item_version), Now(tx.now, reference.book(tx), rules)


def claim_rungs(tx: Transaction, case: Case) -> None:
    """Write down every warning about to be sent; the key refuses a second one whoever sends it."""
    rows = [
        {"case_id": case.case_id, "rung": _rung(happening), "version": happening.version, "sent_at": tx.now}
        for happening in case.pending_events
        if isinstance(happening, (DueSoon, Overdue, NoticeMissed))
    ]
    if rows:
        tx.execute(rungs.insert(), rows)


def _rung(happening: DueSoon | Overdue | NoticeMissed) -> str:
    if isinstance(happening, NoticeMissed):
        return "notice"
    return happening.level if isinstance(happening, DueSoon) else f"overdue-{happening.overdue_days}"
