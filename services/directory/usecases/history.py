"""What was in force when: every change of a place closes one period and opens the next."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.directory.orm import history

_NOT_STATE = {"version", "pending_events"}


def apply(target: Any, values: dict[str, Any]) -> bool:
    """Set the attributes that differ; whether any did."""
    changed = {name: value for name, value in values.items() if getattr(target, name) != value}
    for name, value in changed.items():
        setattr(target, name, value)
    return bool(changed)


def record(tx: Transaction, kind: str, subject_id: str, subject: Any) -> None:
    """Write the subject's state as of now under its version."""
    state = {f.name: getattr(subject, f.name) for f in dataclasses.fields(subject) if f.name not in _NOT_STATE}
    tx.execute(
        sa.update(history)
        .where(history.c.kind == kind, history.c.subject_id == subject_id, history.c.valid_to.is_(None))
        .values(valid_to=tx.now)
    )
    tx.execute(
        sa.insert(history).values(
            kind=kind, subject_id=subject_id, version=subject.version, region=subject.region, hall_id=subject.hall_id,
            valid_from=tx.now, valid_to=None, changed_by=tx.caller.subject, state=state,
        )
    )  # fmt: skip
