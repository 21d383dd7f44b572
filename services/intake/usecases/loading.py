"""What every command on a case begins and ends with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chassis.database import Transaction
from services.intake import reference
from services.intake.domain.case import Case, Replaced
from services.intake.domain.happenings import DueSoon, Happening, NoticeMissed, Overdue, OverdueWithdrawn, SuspensionOverrun
from services.intake.domain.projection import catch_up
from services.intake.domain.rules import Item, Now, Rules
from services.intake.orm import deadline_moves, rungs


def loaded(tx: Transaction, case_id: str, rules: Rules) -> tuple[Case, Item, Now]:
    """The case, locked and in the caller's scope, with its item version and the circumstances of the command."""
    case = tx.get(Case, case_id, for_update=True)
    tx.caller.require(case.region, case.hall_id)
    item, book = reference.item_and_book(tx, case.item_id, case.item_version)
    now = Now(tx.now, book, rules)
    catch_up(case, now)
    keep(tx, case)
    return case, item, now


def keep(tx: Transaction, case: Case) -> None:
    """Write down what has happened to the limits: the warnings about to be sent and every calculation that was replaced."""
    claim_rungs(tx, case)
    shared = {"case_id": case.case_id, "region": case.region, "hall_id": case.hall_id, "version": case.version, "moved_at": tx.now}
    rows = [
        {**shared, "move_id": tx.new_id(), "cause": r.cause, "actor": r.actor, "notice_nos": list(r.notice_nos), **_dues(r)}
        for r in case.replaced
    ]
    if rows:
        tx.execute(deadline_moves.insert(), rows)
    case.replaced = ()


def _dues(replaced: Replaced) -> dict[str, Any]:
    was, is_now = replaced.before, replaced.after
    return {
        "promised_before": _day(was["promised"]["due"]), "promised_due": _day(is_now["promised"]["due"]), "legal_before": _day(was["legal"]["due"]),
        "legal_due": _day(is_now["legal"]["due"]), "before": was,
    }  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def claim_rungs(tx: Transaction, case: Case) -> None:
    """Write down every warning about to be sent; the key refuses a second one whoever sends it."""
    fresh = [happening for happening in case.pending_events if happening.version > case.written_down]
    rows: dict[str, dict[str, Any]] = {}
    for happening in fresh:
        if isinstance(happening, OverdueWithdrawn):
            # What was withdrawn may become true again, and is told again then.
            gone = [_overdue_rung(fact["overdue_days"]) for fact in happening.facts]
            tx.execute(rungs.delete().where(rungs.c.case_id == case.case_id, rungs.c.rung.in_(gone)))
        elif (rung := _rung(happening)) is not None:
            rows[rung] = {"case_id": case.case_id, "rung": rung, "version": happening.version, "sent_at": tx.now}
    if rows:
        tx.execute(rungs.insert(), list(rows.values()))
    case.written_down = case.version


def _rung(happening: Happening) -> str | None:
    match happening:
        case NoticeMissed():
            return "notice"
        case DueSoon(level=level, due=due):
            return f"{level}-{due}"
        case Overdue(overdue_days=days):
            return _overdue_rung(days)
        case SuspensionOverrun(number=number, level=level):
            return f"suspension-{number}-{level}"
    return None


def _overdue_rung(days: int) -> str:
    return f"overdue-{days}"
