"""The explanation of a deadline: the stored calculation, day by day, and everything that shaped it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.intake import reference, views
from services.intake.domain.case import Case
from services.intake.domain.deadlines import Deadline, Limit
from services.intake.domain.explanation import ROLLED, explained
from services.intake.domain.ladder import days_over, waiting
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases, deadline_moves
from services.intake.queries.cases import found

SHOWN_MOVES = 50
_FROM_CALCULATION = ("start", "start_cause", "rest_day_rule", "calendar_version", "calendar_revision", "provisional", "provisional_days")
_FROM_CASE = ("case_id", "accepted_at", "deemed", "suspensions", "extension", "breaches", "judgements")


def explain_deadline(db: Db, rules: Rules, *, case_id: str) -> dict[str, Any]:
    """The stored calculation of the due days. Raises FailedPrecondition CASE_NOT_ACCEPTED."""
    with db.read() as tx:
        case = found(tx, cases.c.case_id == case_id)
        return _view(case, Now(tx.now, reference.book(tx), rules), _moves(tx, case_id))


def _moves(tx: Transaction, case_id: str) -> list[dict[str, Any]]:
    table = deadline_moves.c
    newest = sa.select(deadline_moves).where(table.case_id == case_id).order_by(table.move_id.desc()).limit(SHOWN_MOVES)
    rows = tx.execute(newest).mappings().all()
    return [{**row, "calendar_version_before": row["before"]["calendar"]["version"]} for row in reversed(rows)]


def _view(case: Case, now: Now, moves: list[dict[str, Any]]) -> dict[str, Any]:
    deadline = case.calculation()
    unsent = waiting(case)
    return {
        **{name: getattr(deadline, name) for name in _FROM_CALCULATION},
        **{name: getattr(case, name) for name in _FROM_CASE},
        "promised": _limit(case, deadline, deadline.promised, now),
        "legal": _limit(case, deadline, deadline.legal, now),
        "warnings": [{"level": rung.level, "on": rung.on, "sent": rung not in unsent} for rung in deadline.rungs],
        "remaining_days": views.remaining_days(case, now),
        "overdue_days": len(days_over(case, now)) if case.overdue_days is None else case.overdue_days,
        "moves": moves,
    }


def _limit(case: Case, deadline: Deadline, limit: Limit, now: Now) -> dict[str, Any]:
    # A decided case has consumed what it had consumed on the day of its decision.
    until = now.today if case.decided_at is None else now.day_of(case.decided_at)
    consumed = deadline.consumed_of(limit, now.calendar, until)
    rolled_zh, rolled_en = ROLLED if limit.rolled_from else (None, None)
    return {
        "days": limit.days, "extension_days": limit.extension, "budget": limit.budget, "day_kind": limit.day_kind, "due": limit.due,
        "consumed": consumed, "remaining": limit.budget - consumed, "rolled_from": limit.rolled_from, "rolled_zh": rolled_zh,
        "rolled_en": rolled_en, "counted": explained(deadline.start, limit, case.suspensions, now.today),
    }  # fmt: skip
