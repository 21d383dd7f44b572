"""Person-days of attendance → facts."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report, fact, moment

MARKS = {
    "late": "LATE",
    "early": "EARLY",
    "left_early": "EARLY",
    "absent_half_day": "ABSENT_HALF_DAY",
    "off_post": "OFF_POST",
    "no_sign_in": "NO_SIGN_IN",
}


def day(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    """A person-day: a newer revision replaces the older one, and a day without marks takes everything back."""
    data = event.data
    marks = [mark for mark in data["marks"] if mark["kind"] in MARKS]
    facts = tuple(
        fact(
            event,
            fact_id=f"attendance:{mark['mark_id']}",
            type=MARKS[mark["kind"]],
            occurred_on=date.fromisoformat(data["date"]),
            occurred_at=moment(mark.get("at")),
            half=mark["half"],
            minutes=mark["minutes"],
            channel="attendance",
            verified=True,  # a device saw it, and corrections come as revisions
        )
        for mark in marks
    )
    return Report(f"day:{data['staff_id']}/{data['date']}", data["revision"], facts)
