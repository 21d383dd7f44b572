"""Happenings → contract payloads: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain.joint import conduct as c
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.inspections import JointInspection
from services.intake.domain.joint.meetings import JointMeeting
from services.intake.events.cases import day


def _of(handling: JointHandling, verb: str, happening: h.JointHappening, **data: Any) -> Event:
    common = {name: getattr(handling, name) for name in ("handling_id", "case_id", "case_no", "item_id")}
    type_, subject = f"intake.joint.{verb}", handling.handling_id
    return Event(type_, subject, happening.version, handling.region, handling.hall_id, happening.at, {**common, **data})


def _of_lead(handling: JointHandling, verb: str, happening: h.JointHappening, **data: Any) -> Event:
    lead = {"lead_unit_id": handling.lead_unit_id, "lead_window_id": handling.lead_window_id}
    return _of(handling, verb, happening, **lead, **data)


def _of_member(handling: JointHandling, verb: str, happening: Any, **data: Any) -> Event:
    member = handling.member(happening.unit_id)
    who = {"unit_id": member.unit_id, "unit_hall_id": member.hall_id, "handler_id": member.person_id}
    return _of(handling, verb, happening, **who, **data)


def opened(handling: JointHandling, happening: h.Opened) -> Event:
    """The case is joint."""
    return _of_lead(handling, "opened", happening, cause=happening.cause, needed=handling.needed)


def moved_on(handling: JointHandling, happening: h.MovedOn) -> Event:
    """Another step."""
    return _of_lead(handling, "moved_on", happening, before=happening.before, state=happening.state)


def opinion_requested(handling: JointHandling, happening: h.OpinionRequested) -> Event:
    """A member was asked; the question stays here."""
    return _of_member(handling, "opinion_requested", happening, limit_days=happening.limit_days, due=day(happening.due))


def opinion_given(handling: JointHandling, happening: h.OpinionGiven) -> Event:
    """A member's opinion; its text stays here."""
    names = ("outcome", "given_by", "revision", "overdue_days")
    data = {name: getattr(happening, name) for name in names}
    return _of_member(handling, "opinion_given", happening, given_at=iso(happening.at), **data)


def member_overdue(handling: JointHandling, happening: h.MemberOverdue) -> Event:
    """One more working day over, the member's."""
    days = {"overdue_days": happening.overdue_days, "as_of": day(happening.as_of)}
    return _of_member(handling, "member_overdue", happening, due=day(happening.due), **days)


def member_due_moved(handling: JointHandling, happening: h.MemberDueMoved) -> Event:
    """Another last day."""
    days = {"before": day(happening.before), "due": day(happening.due)}
    return _of_member(handling, "member_due_moved", happening, cause=happening.cause, **days)


def limit_overdue(handling: JointHandling, happening: h.LimitOverdue) -> Event:
    """One more working day over the limit for the whole."""
    days = {"due": day(happening.due), "overdue_days": happening.overdue_days, "as_of": day(happening.as_of)}
    return _of_lead(handling, "limit_overdue", happening, number=happening.number, **days)


def overdue_withdrawn(handling: JointHandling, happening: h.OverdueWithdrawn) -> Event:
    """Days over that are none."""
    facts = [{name: fact[name] for name in ("version", "overdue_days", "as_of")} for fact in happening.facts]
    return _of(handling, "overdue_withdrawn", happening, unit_id=happening.unit_id, cause=happening.cause, facts=facts)


def centre_decided(handling: JointHandling, happening: h.CentreDecided) -> Event:
    """A decision of the centre; why stays here."""
    data = {name: happening.entry[name] for name in ("number", "kind", "unit_id", "days", "meeting_id")}
    return _of_lead(handling, "centre_decided", happening, **data, decided_by=happening.entry["by"], decided_at=iso(happening.at))


def closed(handling: JointHandling, happening: h.Closed) -> Event:
    """The end."""
    late = [member.unit_id for member in handling.members if member.overdue_days]
    data = {"limit_overdue_days": handling.limit_overdue_days, "overdue_units": late, "released": list(happening.released)}
    return _of_lead(handling, "closed", happening, state=happening.state, closed_at=iso(happening.at), **data)


def _of_meeting(meeting: JointMeeting, verb: str, happening: h.MeetingHappening, **data: Any) -> Event:
    common = {
        "meeting_id": meeting.meeting_id, "meeting_kind": meeting.kind, "starts_at": iso(meeting.starts_at), "place": meeting.place,
        "case_nos": [point["case_no"] for point in meeting.agenda], "handling_ids": [point["handling_id"] for point in meeting.agenda],
        "unit_ids": list(meeting.units),
    }  # fmt: skip
    type_ = f"intake.joint_meeting.{verb}"
    return Event(type_, meeting.meeting_id, happening.version, meeting.region, meeting.hall_id, happening.at, {**common, **data})


def _meeting(verb: str) -> Callable[[Any, Any], Event]:
    return lambda meeting, happening: _of_meeting(meeting, verb, happening)


def meeting_moved(meeting: JointMeeting, happening: h.MeetingMoved) -> Event:
    """Another time or place; why stays here."""
    return _of_meeting(meeting, "moved", happening, previous_starts_at=iso(happening.before))


def meeting_held(meeting: JointMeeting, happening: h.MeetingHeld) -> Event:
    """Who came, by unit; persons stay here."""
    seats = [{"unit_id": seat["unit_id"], "status": seat["status"]} for seat in meeting.seats]
    return _of_meeting(meeting, "held", happening, attendance=seats)


def meeting_minuted(meeting: JointMeeting, happening: h.MeetingMinuted) -> Event:
    """The minutes, by number."""
    return _of_meeting(meeting, "minuted", happening, minutes_no=meeting.minutes_no)


def _of_inspection(inspection: JointInspection, verb: str, happening: h.JointHappening, **data: Any) -> Event:
    names = ("inspection_id", "handling_id", "case_id", "case_no")
    common = {name: getattr(inspection, name) for name in names}
    days = {"planned_on": day(inspection.planned_on), "unit_ids": list(inspection.units)}
    type_, subject = f"intake.joint_inspection.{verb}", inspection.inspection_id
    return Event(type_, subject, happening.version, inspection.region, inspection.hall_id, happening.at, {**common, **days, **data})


def _inspection(verb: str) -> Callable[[Any, Any], Event]:
    return lambda inspection, happening: _of_inspection(inspection, verb, happening)


def inspection_moved(inspection: JointInspection, happening: h.InspectionMoved) -> Event:
    """Another day; why stays here."""
    return _of_inspection(inspection, "moved", happening, previous_on=day(happening.before))


def inspection_done(inspection: JointInspection, happening: h.InspectionDone) -> Event:
    """The result; findings and decision stay here."""
    data = {"done_on": day(inspection.done_on), "result": inspection.result, "in_time": inspection.in_time}
    return _of_inspection(inspection, "done", happening, **data)


def conduct_recorded(conduct: c.JointConduct, recorded: c.ConductRecorded) -> Event:
    """Seen, and not judged yet."""
    return _conduct(conduct, "recorded", recorded)


def conduct_decided(conduct: c.JointConduct, decided: c.ConductDecided) -> Event:
    """A second person's verdict."""
    return _conduct(conduct, "decided", decided, verified=conduct.state == "verified", decided_by=conduct.decided_by)


def _conduct(conduct: c.JointConduct, verb: str, change: c.ConductRecorded | c.ConductDecided, **more: Any) -> Event:
    names = ("conduct_id", "kind", "handling_id", "case_id", "unit_id", "window_id", "staff_id", "recorded_by")
    data = {**{name: getattr(conduct, name) for name in names}, "occurred_at": iso(conduct.occurred_at), **more}
    return Event(f"intake.joint_conduct.{verb}", conduct.conduct_id, change.version, conduct.region, conduct.hall_id, change.at, data)


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    h.Opened: opened,
    h.MovedOn: moved_on,
    h.OpinionRequested: opinion_requested,
    h.OpinionGiven: opinion_given,
    h.MemberOverdue: member_overdue,
    h.MemberDueMoved: member_due_moved,
    h.LimitOverdue: limit_overdue,
    h.OverdueWithdrawn: overdue_withdrawn,
    h.CentreDecided: centre_decided,
    h.Closed: closed,
    h.MeetingScheduled: _meeting("scheduled"),
    h.AgendaChanged: _meeting("agenda_changed"),
    h.MeetingMoved: meeting_moved,
    h.MeetingCancelled: _meeting("cancelled"),
    h.MeetingHeld: meeting_held,
    h.MeetingMinuted: meeting_minuted,
    h.InspectionPlanned: _inspection("planned"),
    h.InspectionMoved: inspection_moved,
    h.InspectionDone: inspection_done,
    h.InspectionCancelled: _inspection("cancelled"),
    c.ConductRecorded: conduct_recorded,
    c.ConductDecided: conduct_decided,
}
