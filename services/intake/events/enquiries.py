"""Happenings of an enquiry and verdicts on first-asked duty (首问责任) → contract payloads; question, answer and asker stay here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import enquiry_happenings as h
from services.intake.domain import first_asked as f
from services.intake.domain.enquiries import Enquiry


def _of(enquiry: Enquiry, verb: str, happening: h.EnquiryHappening, **data: Any) -> Event:
    names = ("enquiry_id", "enquiry_no", "channel", "item_id", "rule", "own_duty", "first_asked_id")
    common = {**{name: getattr(enquiry, name) for name in names}, **vars(happening.holder), "due": enquiry.due.isoformat()}
    subject = enquiry.enquiry_id
    return Event(f"intake.enquiry.{verb}", subject, happening.version, enquiry.region, enquiry.hall_id, happening.at, {**common, **data})


def registered(enquiry: Enquiry, happening: h.Registered) -> Event:
    """A record was made."""
    return _of(enquiry, "registered", happening, registered_at=iso(enquiry.registered_at))


def routed(enquiry: Enquiry, happening: h.Routed) -> Event:
    """Passed on."""
    to = happening.to
    return _of(enquiry, "routed", happening, to_unit_id=to.unit_id, to_window_id=to.window_id, to_staff_id=to.staff_id)


def taken(enquiry: Enquiry, happening: h.Taken) -> Event:
    """Accepted."""
    return _of(enquiry, "taken", happening, taken_by=happening.taken_by)


def returned(enquiry: Enquiry, happening: h.GivenBack) -> Event:
    """Bounced; the reason stays here."""
    data = {"returned_by": happening.by, "returned_unit_id": happening.unit_id, "bounced": happening.bounced}
    return _of(enquiry, "returned", happening, **data)


def answered(enquiry: Enquiry, happening: h.Answered) -> Event:
    """The asker has his answer."""
    days = {"elapsed_days": happening.elapsed_days, "overdue_days": happening.overdue_days}
    by = {"answered_by": happening.answered_by, "answered_unit_id": happening.unit_id}
    return _of(enquiry, "answered", happening, **by, answered_at=iso(happening.at), **days)


def due_soon(enquiry: Enquiry, happening: h.DueSoon) -> Event:
    """The last day has come."""
    return _of(enquiry, "due_soon", happening)


def overdue(enquiry: Enquiry, happening: h.Overdue) -> Event:
    """One more working day over."""
    return _of(enquiry, "overdue", happening, overdue_days=happening.overdue_days, as_of=happening.as_of.isoformat())


def closed(enquiry: Enquiry, happening: h.Closed) -> Event:
    """Done with."""
    return _of(enquiry, "closed", happening, outcome=happening.outcome, closed_at=iso(happening.at))


def failure_recorded(failure: f.FirstAskedFailure, recorded: f.FailureRecorded) -> Event:
    """Reported, and not judged yet."""
    return _failure(failure, "recorded", recorded)


def failure_decided(failure: f.FirstAskedFailure, decided: f.FailureDecided) -> Event:
    """A second person's verdict."""
    return _failure(failure, "decided", decided, verified=failure.state == "verified", decided_by=failure.decided_by)


def _failure(failure: f.FirstAskedFailure, verb: str, change: f.FailureRecorded | f.FailureDecided, **more: Any) -> Event:
    names = ("failure_id", "kind", "unit_id", "window_id", "staff_id", "enquiry_id", "recorded_by")
    data = {**{name: getattr(failure, name) for name in names}, "occurred_at": iso(failure.occurred_at), **more}
    subject = failure.failure_id
    return Event(f"intake.first_asked_failure.{verb}", subject, change.version, failure.region, failure.hall_id, change.at, data)


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    h.Registered: registered,
    h.Routed: routed,
    h.Taken: taken,
    h.GivenBack: returned,
    h.Answered: answered,
    h.DueSoon: due_soon,
    h.Overdue: overdue,
    h.Closed: closed,
    f.FailureRecorded: failure_recorded,
    f.FailureDecided: failure_decided,
}
