"""Happenings → contract payloads: door-to-door visits (上门服务). Names, phones, addresses and texts have no way through here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import visits as v
from services.intake.domain.visits import Visit


def _of_visit(visit: Visit, verb: str, happening: v.VisitHappening, **data: Any) -> Event:
    common = {"visit_id": visit.visit_id, "item_ids": list(visit.item_ids), "ground": visit.ground, "due": visit.due.isoformat()}
    return Event(f"intake.visit.{verb}", visit.visit_id, happening.version, visit.region, visit.hall_id, happening.at, {**common, **data})


def _plan(visit: Visit) -> dict[str, Any]:
    hours = {name: None if (moment := getattr(visit, name)) is None else iso(moment) for name in ("starts_at", "ends_at")}
    return {**hours, "staff_ids": list(visit.staff_ids), "outing_id": visit.outing_id}


def visit_requested(visit: Visit, happening: v.VisitRequested) -> Event:
    """Somebody cannot come."""
    return _of_visit(visit, "requested", happening, channel=visit.channel)


def visit_dispatched(visit: Visit, happening: v.VisitDispatched) -> Event:
    """Who goes, from when to when."""
    return _of_visit(visit, "dispatched", happening, **_plan(visit), removed_staff_ids=list(happening.removed_staff_ids))


def visit_visited(visit: Visit, happening: v.VisitVisited) -> Event:
    """They were there."""
    assert visit.visited_at is not None
    came = {"result": visit.result, "visited_at": iso(visit.visited_at), "visited_by": visit.visited_by}
    return _of_visit(visit, "visited", happening, **_plan(visit), **came)


def visit_handed_in(visit: Visit, happening: v.VisitHandedIn) -> Event:
    """The papers are in the hall."""
    return _of_visit(visit, "handed_in", happening, case_id=happening.case_id, handed_in_at=iso(happening.at))


def visit_closed(visit: Visit, happening: v.VisitClosed) -> Event:
    """Nothing is left to do."""
    return _of_visit(visit, "closed", happening, result=visit.result, closed_at=iso(happening.at))


def visit_overdue(visit: Visit, happening: v.VisitOverdue) -> Event:
    """One more working day without anybody dispatched."""
    return _of_visit(visit, "overdue", happening, overdue_days=happening.overdue_days, as_of=happening.as_of.isoformat())


def visit_declined(visit: Visit, happening: v.VisitDeclined) -> Event:
    """The hall does not go."""
    return _of_visit(visit, "declined", happening, declined_at=iso(happening.at))


def visit_cancelled(visit: Visit, happening: v.VisitCancelled) -> Event:
    """Nobody need go."""
    return _of_visit(visit, "cancelled", happening, **_plan(visit), cancelled_at=iso(happening.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    v.VisitRequested: visit_requested,
    v.VisitDispatched: visit_dispatched,
    v.VisitVisited: visit_visited,
    v.VisitHandedIn: visit_handed_in,
    v.VisitClosed: visit_closed,
    v.VisitOverdue: visit_overdue,
    v.VisitDeclined: visit_declined,
    v.VisitCancelled: visit_cancelled,
}
