"""Domain events → contract payloads, where texts, names and contacts have no way through; what others say → rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.clock import iso
from chassis.events import Event, ReceivedEvent
from services.evaluation.domain.complaints import Complaint, ComplaintFiled, ComplaintVerified
from services.evaluation.domain.sessions import BadReviewOpened, RatingSession, RatingSubmitted


def _session(session: RatingSession) -> dict[str, Any]:
    return {
        "session_id": session.session_id,
        "case_id": session.case_id,
        "unit_id": session.unit_id,
        "window_id": session.window_id,
        "staff_id": session.staff_id,
    }


def rating_submitted(session: RatingSession, fact: RatingSubmitted) -> Event:
    """evaluation.rating.submitted"""
    data = {**_session(session), "grade": fact.grade.value, "channel": fact.channel, "submitted_at": iso(fact.at)}
    return Event("evaluation.rating.submitted", session.session_id, fact.version, session.region, session.hall_id, fact.at, data)


def bad_review_opened(session: RatingSession, fact: BadReviewOpened) -> Event:
    """evaluation.bad_review.opened"""
    data = {**_session(session), "grade": fact.grade.value, "opened_at": iso(fact.at)}
    return Event("evaluation.bad_review.opened", session.session_id, fact.version, session.region, session.hall_id, fact.at, data)


def _complaint(complaint: Complaint) -> dict[str, Any]:
    return {
        "complaint_id": complaint.complaint_id,
        "category": complaint.category,
        "unit_id": complaint.unit_id,
        "window_id": complaint.window_id,
        "staff_id": complaint.staff_id,
    }


def complaint_filed(complaint: Complaint, fact: ComplaintFiled) -> Event:
    """evaluation.complaint.filed"""
    data = {
        **_complaint(complaint),
        "case_id": complaint.case_id,
        "anonymous": complaint.anonymous,
        "filed_at": iso(complaint.filed_at),
    }
    return Event(
        "evaluation.complaint.filed", complaint.complaint_id, fact.version, complaint.region, complaint.hall_id, complaint.filed_at, data
    )


def complaint_verified(complaint: Complaint, fact: ComplaintVerified) -> Event:
    """evaluation.complaint.verified"""
    verdict = fact.verdict
    data = {
        **_complaint(complaint),
        "true": verdict.true,
        "serious": verdict.serious,
        "unlawful": verdict.unlawful,
        "occurred_at": iso(complaint.occurred_at),
        "verified_at": iso(verdict.at),
        "verified_by": verdict.by,
        "round": verdict.round,
    }
    return Event(
        "evaluation.complaint.verified", complaint.complaint_id, fact.version, complaint.region, complaint.hall_id, verdict.at, data
    )


MAPPERS: dict[type, Any] = {
    RatingSubmitted: rating_submitted,
    BadReviewOpened: bad_review_opened,
    ComplaintFiled: complaint_filed,
    ComplaintVerified: complaint_verified,
}


def session_values(event: ReceivedEvent) -> dict[str, Any]:
    """The rating session of a decided case."""
    names = ("case_id", "case_no", "item_id", "unit_id", "window_id", "staff_id")
    place = {"region": event.region, "hall_id": event.hall_id or ""}
    return {**{name: event.data[name] for name in names}, **place, "decided_at": datetime.fromisoformat(event.data["decided_at"])}


def press_values(event: ReceivedEvent) -> dict[str, Any]:
    """A key press on a rating device."""
    plain = {name: event.data[name] for name in ("device_id", "press_id", "window_id", "key")}
    place = {"region": event.region, "hall_id": event.hall_id or ""}
    return {**plain, **place, "pressed_at": datetime.fromisoformat(event.data["pressed_at"])}
