"""Happenings of an objection → contract payloads; texts stay here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import objections as o
from services.intake.domain.objections import Objection


def _of(objection: Objection, verb: str, happening: o.ObjectionHappening, **data: Any) -> Event:
    names = ("objection_id", "case_id", "case_no", "item_id", "unit_id", "window_id", "staff_id", "channel")
    common = {name: getattr(objection, name) for name in names}
    subject = objection.objection_id
    return Event(
        f"intake.objection.{verb}", subject, happening.version, objection.region, objection.hall_id, happening.at, {**common, **data}
    )


def raised(objection: Objection, happening: o.Raised) -> Event:
    """An explicit answer is demanded."""
    return _of(objection, "raised", happening, due=objection.due.isoformat(), raised_at=iso(objection.raised_at))


def answered(objection: Objection, happening: o.ObjectionAnswered) -> Event:
    """The unit's answer."""
    by = {"answered_by": objection.answered_by, "answered_at": iso(happening.at)}
    return _of(objection, "answered", happening, **by, overdue_days=happening.overdue_days)


def escalated(objection: Objection, happening: o.Escalated) -> Event:
    """Before the centre."""
    return _of(objection, "escalated", happening, due=happening.due.isoformat(), escalated_at=iso(happening.at))


def overdue(objection: Objection, happening: o.ObjectionOverdue) -> Event:
    """One more working day over."""
    days = {"overdue_days": happening.overdue_days, "as_of": happening.as_of.isoformat()}
    return _of(objection, "overdue", happening, waits_for=happening.waits_for, due=happening.due.isoformat(), **days)


def closed(objection: Objection, happening: o.ObjectionClosed) -> Event:
    """Done with."""
    return _of(objection, "closed", happening, outcome=happening.outcome, closed_at=iso(happening.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    o.Raised: raised,
    o.ObjectionAnswered: answered,
    o.Escalated: escalated,
    o.ObjectionOverdue: overdue,
    o.ObjectionClosed: closed,
}
