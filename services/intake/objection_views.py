"""Objections as the dicts that the answers show."""

from __future__ import annotations

from typing import Any

from services.intake.domain.objection_steps import objection_step
from services.intake.domain.objections import Objection
from services.intake.domain.rules import Now
from services.intake.orm.objections import objections

_SHOWN = tuple(name for name in objections.c.keys() if name != "timer_at")  # noqa: SIM118  columns, not a dict
_TRACKED = ("objection_id", "state", "raised_at", "due", "answer", "answered_at", "settlement", "settled_at")


def objection_view(objection: Objection) -> dict[str, Any]:
    """The objection for staff."""
    return {name: getattr(objection, name) for name in _SHOWN}


def tracked_objection(objection: Objection, now: Now) -> dict[str, Any]:
    """The objection for the applicant: how it stands and what happens next."""
    step = objection_step(objection, now)
    shown = {name: getattr(objection, name) for name in _TRACKED}
    return {**shown, "next_step_zh": step.zh, "next_step_en": step.en, "next_step_by": step.by}
