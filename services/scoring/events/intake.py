"""Cases and charges of intake → facts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.events.report import Report, fact, refused


def overdue(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    """One working day over the promise."""
    data = event.data
    key = f"overdue:{data['case_id']}/{data['overdue_days']}"
    day = date.fromisoformat(data["as_of"])
    told = fact(event, fact_id=key, type="CASE_OVERDUE", occurred_on=day, days=data["overdue_days"], channel="deadline", verified=True)
    return Report(key, event.version, (told,))


def notice_missed(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """Silence past the limit of the one-time notice."""
    key = f"notice_missed:{event.data['case_id']}"
    day = event.time.astimezone(zone).date()
    told = fact(event, fact_id=key, type="NO_ONE_TIME_NOTICE", occurred_on=day, channel="deadline", verified=True)
    return Report(key, event.version, (told,))


def supplement_requested(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """A second list names what the first should have named."""
    data = event.data
    if not data["repeated"]:
        return None
    key = f"notice_repeated:{data['case_id']}/{data['round']}"
    at = datetime.fromisoformat(data["requested_at"])
    told = fact(
        event,
        fact_id=key,
        type="NO_ONE_TIME_NOTICE",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel="intake",
        verified=True,
    )
    return Report(key, event.version, (told,))


def fee_violation(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """Charging against the rules; it scores once a second person has found it true."""
    data = event.data
    key = f"fee_violation:{data['violation_id']}"
    if refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    told = fact(
        event,
        fact_id=key,
        type="FEE_VIOLATION",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel="charging",
        verified=event.type == "intake.fee_violation.decided",
    )
    return Report(key, event.version, (told,), recorded_by=data["recorded_by"])
