"""Enquiries and failures of first-asked duty as the dicts that the answers show: askers masked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.intake.domain.enquiries import ANSWERED, CLOSED, Enquiry
from services.intake.domain.enquiry_steps import enquiry_step
from services.intake.domain.first_asked import FirstAskedFailure
from services.intake.domain.rules import Now
from services.intake.orm.enquiries import enquiries, enquiry_papers, first_asked_failures

_HIDDEN = ("day", "track_hash", "timer_at", "due_soon_told")
_SHOWN = tuple(name for name in enquiries.c.keys() if name not in _HIDDEN)  # noqa: SIM118  columns, not a dict
_FAILURE = tuple(name for name in first_asked_failures.c.keys() if name != "recorded_identity")  # noqa: SIM118  columns, not a dict


def enquiry_view(enquiry: Enquiry, papers: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The enquiry for staff; the papers only where one is looked at."""
    return {**{name: getattr(enquiry, name) for name in _SHOWN}, "papers": papers or []}


def papers_of(tx: Transaction, enquiry_id: str) -> list[dict[str, Any]]:
    """What was given out on paper."""
    rows = tx.execute(sa.select(enquiry_papers).where(enquiry_papers.c.enquiry_id == enquiry_id).order_by(enquiry_papers.c.kind))
    return [dict(row) for row in rows.mappings()]


def tracked_enquiry(enquiry: Enquiry, papers: list[dict[str, Any]], names: dict[str, str], now: Now) -> dict[str, Any]:
    """The enquiry for its asker; `names` are the hall's and the item's."""
    step = enquiry_step(enquiry, names["hall_name"], now)
    return {
        "enquiry_no": enquiry.enquiry_no, **names, "state": enquiry.state, "registered_at": enquiry.registered_at, "due": enquiry.due,
        "answer": enquiry.answer if enquiry.state in (ANSWERED, CLOSED) else None, "answered_at": enquiry.answered_at, "papers": papers,
        "next_step_zh": step.zh, "next_step_en": step.en, "next_step_by": step.by,
    }  # fmt: skip


def failure_view(failure: FirstAskedFailure) -> dict[str, Any]:
    """The failure with reply and verdict."""
    return {name: getattr(failure, name) for name in _FAILURE}
