"""Happenings → contract payloads: the agency register (代办事项登记表) and the hand-overs of the comprehensive window (综合窗口移交)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import agency_happenings as a
from services.intake.domain import handovers as h
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.handovers import HandOver
from services.intake.domain.own_limits import DayOver


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _over(day: DayOver) -> dict[str, Any]:
    return {"overdue_days": day.overdue_days, "as_of": day.as_of.isoformat()}


def _of_matter(matter: AgencyMatter, verb: str, happening: a.AgencyHappening, **data: Any) -> Event:
    names = ("matter_id", "case_id", "case_no", "item_id", "unit_id", "window_id", "agent_id", "upper_department")
    common = {name: getattr(matter, name) for name in names}
    return Event(
        f"intake.agency.{verb}", matter.matter_id, happening.version, matter.region, matter.hall_id, happening.at, {**common, **data}
    )


def registered(matter: AgencyMatter, happening: a.MatterRegistered) -> Event:
    """A new entry, with its limit."""
    limit = {"limit_days": matter.limit_days, "day_kind": matter.day_kind, "due": _day(matter.due)}
    return _of_matter(matter, "registered", happening, registered_at=iso(happening.at), **limit)


def assigned(matter: AgencyMatter, happening: a.AgentAssigned) -> Event:
    """An agent; the reason stays here."""
    days = {"due": _day(matter.due), "promised_on": _day(matter.promised_on)}
    return _of_matter(matter, "assigned", happening, from_agent_id=happening.from_agent_id, by=happening.by, **days)


def due_soon(matter: AgencyMatter, happening: a.MatterDueSoon) -> Event:
    """A reminder of either limit."""
    data = {"limit_kind": happening.limit_kind, "due": happening.due.isoformat(), "remaining_days": happening.remaining_days}
    return _of_matter(matter, "due_soon", happening, **data)


def submitted(matter: AgencyMatter, happening: a.MatterSubmitted) -> Event:
    """The papers are with the upper level."""
    data = {"round": happening.round, "upper_due": _day(happening.upper_due), "overdue_days": happening.overdue_days}
    return _of_matter(matter, "submitted", happening, submitted_at=iso(happening.at), **data)


def upper_due_moved(matter: AgencyMatter, happening: a.UpperDueMoved) -> Event:
    """The upper level's day; why stays here."""
    days = {"upper_due_before": _day(happening.before), "upper_due": happening.upper_due.isoformat()}
    return _of_matter(matter, "upper_due_moved", happening, **days)


def overdue(matter: AgencyMatter, happening: a.MatterOverdue) -> Event:
    """One more working day over the hall's limit."""
    return _of_matter(matter, "overdue", happening, due=happening.due.isoformat(), **_over(happening.day))


def upper_overdue(matter: AgencyMatter, happening: a.UpperOverdue) -> Event:
    """One more working day over the upper level's own day."""
    return _of_matter(matter, "upper_overdue", happening, due=happening.due.isoformat(), **_over(happening.day))


def overdue_withdrawn(matter: AgencyMatter, happening: a.AgencyOverdueWithdrawn) -> Event:
    """Days over that are none."""
    days = [_over(day) for day in happening.days]
    return _of_matter(matter, "overdue_withdrawn", happening, limit_kind=happening.limit_kind, days=days)


def returned(matter: AgencyMatter, happening: a.MatterReturned) -> Event:
    """The upper level's answer; its text stays here."""
    data = {"round": happening.round, "upper_result": happening.upper_result, "upper_overdue_days": happening.overdue_days}
    return _of_matter(matter, "returned", happening, returned_at=iso(happening.at), **data)


def notified(matter: AgencyMatter, happening: a.ResultNotified) -> Event:
    """The applicant knows."""
    return _of_matter(matter, "notified", happening, notified_at=iso(happening.at), how=happening.how, minutes=happening.minutes)


def collected(matter: AgencyMatter, happening: a.PapersCollected) -> Event:
    """The papers were handed over."""
    return _of_matter(matter, "collected", happening, collected_at=iso(happening.at))


def ended(matter: AgencyMatter, happening: a.MatterEnded) -> Event:
    """Carried no further; the reason's text stays here."""
    data = {"reason_code": happening.reason_code, "from_state": happening.from_state}
    return _of_matter(matter, "ended", happening, ended_at=iso(happening.at), **data)


def _of_handover(handover: HandOver, verb: str, happening: h.HandOverHappening, **data: Any) -> Event:
    common = {name: getattr(handover, name) for name in ("handover_id", "case_id", "case_no", "item_id", "window_id", "unit_id")}
    type_ = f"intake.handover.{verb}"
    return Event(type_, handover.handover_id, happening.version, handover.region, handover.hall_id, happening.at, {**common, **data})


def made(handover: HandOver, happening: h.HandedOver) -> Event:
    """The hand-over; its note stays here."""
    limit = {"limit_days": handover.limit_days, "due": _day(handover.due)}
    return _of_handover(handover, "made", happening, handed_by=handover.handed_by, handed_at=iso(happening.at), **limit)


def acknowledged(handover: HandOver, happening: h.HandOverAcknowledged) -> Event:
    """The unit has it."""
    return _of_handover(handover, "acknowledged", happening, acknowledged_by=happening.by, acknowledged_at=iso(happening.at))


def urged(handover: HandOver, happening: h.HandOverUrged) -> Event:
    """The window asked; its note stays here."""
    data = {"urging_count": happening.urgings, "due": _day(handover.due)}
    return _of_handover(handover, "urged", happening, by=happening.by, urged_at=iso(happening.at), **data)


def handover_overdue(handover: HandOver, happening: h.HandOverOverdue) -> Event:
    """One more working day over, the unit's."""
    return _of_handover(handover, "overdue", happening, due=_day(handover.due), **_over(happening.day))


def handover_overdue_withdrawn(handover: HandOver, happening: h.HandOverOverdueWithdrawn) -> Event:
    """Days over that are none."""
    return _of_handover(handover, "overdue_withdrawn", happening, days=[_over(day) for day in happening.days])


def fed_back(handover: HandOver, happening: h.HandOverFedBack) -> Event:
    """The unit's answer; its text stays here."""
    data = {"outcome": happening.outcome, "overdue_days": happening.overdue_days, "by_decision": happening.by_decision}
    return _of_handover(handover, "fed_back", happening, fed_back_by=happening.by, fed_back_at=iso(happening.at), **data)


def withdrawn(handover: HandOver, happening: h.HandOverWithdrawn) -> Event:
    """No answer is needed any more."""
    return _of_handover(handover, "withdrawn", happening, withdrawn_at=iso(happening.at))


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    a.MatterRegistered: registered,
    a.AgentAssigned: assigned,
    a.MatterDueSoon: due_soon,
    a.MatterSubmitted: submitted,
    a.UpperDueMoved: upper_due_moved,
    a.MatterOverdue: overdue,
    a.UpperOverdue: upper_overdue,
    a.AgencyOverdueWithdrawn: overdue_withdrawn,
    a.MatterReturned: returned,
    a.ResultNotified: notified,
    a.PapersCollected: collected,
    a.MatterEnded: ended,
    h.HandedOver: made,
    h.HandOverAcknowledged: acknowledged,
    h.HandOverUrged: urged,
    h.HandOverOverdue: handover_overdue,
    h.HandOverOverdueWithdrawn: handover_overdue_withdrawn,
    h.HandOverFedBack: fed_back,
    h.HandOverWithdrawn: withdrawn,
}
