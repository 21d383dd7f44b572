"""The one place where a rating comes into being, whichever way it came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from chassis.database import Transaction
from chassis.metrics import counter
from services.evaluation.domain.grades import Grade
from services.evaluation.domain.sessions import BadReview, Rating, RatingSession

ratings_total = counter("hallbus_evaluation_ratings_total", "Ratings taken", ["channel", "grade"])


@dataclass(frozen=True)
class Said:
    """What the citizen said, when and by which channel (device, token)."""

    grade: Grade
    channel: str
    given_at: datetime
    tags: list[str] = field(default_factory=list)
    text: str = ""
    contact: str = ""
    press_id: str | None = None


def record(tx: Transaction, session: RatingSession, said: Said) -> None:
    """Rate the session, whose row the caller has locked. Raises RATING_ALREADY_GIVEN, SESSION_EXPIRED."""
    session.rate(said.grade, channel=said.channel, given_at=said.given_at, now=tx.now)
    place = {
        "session_id": session.session_id,
        "case_id": session.case_id,
        "grade": said.grade.value,
        "unit_id": session.unit_id,
        "window_id": session.window_id,
        "staff_id": session.staff_id,
        "region": session.region,
        "hall_id": session.hall_id,
    }
    rating = Rating(
        **place,
        channel=said.channel,
        tags=said.tags,
        text=said.text,
        contact=said.contact,
        press_id=said.press_id,
        submitted_at=said.given_at,
    )
    tx.add(rating)
    if said.grade.bad:
        tx.add(BadReview(**place, state="opened", opened_at=tx.now))
    ratings_total.labels(channel=said.channel, grade=said.grade.value).inc()
