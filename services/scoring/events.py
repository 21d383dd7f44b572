"""Events of others → reports of facts; ledger lines → events. Pure, one small function each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.domain.facts import Fact

MAPPERS: dict[type, Any] = {}

MARKS = {
    "late": "LATE",
    "early": "EARLY",
    "left_early": "EARLY",
    "absent_half_day": "ABSENT_HALF_DAY",
    "off_post": "OFF_POST",
    "no_sign_in": "NO_SIGN_IN",
}
COMPLAINTS = {
    "attitude": "COMPLAINT_ATTITUDE_VERIFIED",
    "approval": "APPROVAL_PROBLEM_VERIFIED",
    "result": "RESULT_DISSATISFIED_STAFF_FAULT",
}
IMPROVEMENTS = {"promise_to_immediate": "PROMISE_TO_IMMEDIATE", "shorten_promise": "SHORTEN_PROMISE"}


@dataclass(frozen=True)
class Report:
    """What one source says now: the facts of a newer version replace those of an older one, those not named any more are taken back.

    `recorded_by` is the person who said it, if it was one, `recorded_through` the account that a hand-made fact came from.
    """

    source_key: str
    version: int
    facts: tuple[Fact, ...]
    recorded_by: str | None = None
    evidence: str = ""
    recorded_through: str | None = None


def report(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """The facts of an event, or None when it states none (a first one-time notice). `zone` is the hall's."""
    return _REPORTS[event.type](event, zone)


def _day(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    data = event.data
    marks = [mark for mark in data["marks"] if mark["kind"] in MARKS]
    facts = tuple(
        _fact(
            event,
            fact_id=f"attendance:{mark['mark_id']}",
            type=MARKS[mark["kind"]],
            occurred_on=date.fromisoformat(data["date"]),
            occurred_at=_moment(mark.get("at")),
            half=mark["half"],
            minutes=mark["minutes"],
            channel="attendance",
            verified=True,  # a device saw it, and corrections come as revisions
        )
        for mark in marks
    )
    return Report(f"day:{data['staff_id']}/{data['date']}", data["revision"], facts)


def _overdue(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    data = event.data
    key = f"overdue:{data['case_id']}/{data['overdue_days']}"
    day = date.fromisoformat(data["as_of"])
    fact = _fact(event, fact_id=key, type="CASE_OVERDUE", occurred_on=day, days=data["overdue_days"], channel="deadline", verified=True)
    return Report(key, event.version, (fact,))


def _notice_missed(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    key = f"notice_missed:{event.data['case_id']}"
    day = event.time.astimezone(zone).date()
    fact = _fact(event, fact_id=key, type="NO_ONE_TIME_NOTICE", occurred_on=day, channel="deadline", verified=True)
    return Report(key, event.version, (fact,))


def _supplement_requested(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    data = event.data
    if not data["repeated"]:
        return None
    key = f"notice_repeated:{data['case_id']}/{data['round']}"
    at = datetime.fromisoformat(data["requested_at"])
    fact = _fact(
        event,
        fact_id=key,
        type="NO_ONE_TIME_NOTICE",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel="intake",
        verified=True,
    )
    return Report(key, event.version, (fact,))


def _finding(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    data = event.data
    key = f"finding:{data['finding_id']}"
    if event.type == "supervision.finding.rejected":
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["found_at"])
    fact = _fact(
        event,
        fact_id=key,
        type=data["kind"],
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        minutes=data.get("minutes"),
        channel="inspection",
        verified=event.type == "supervision.finding.verified",
    )
    return Report(key, event.version, (fact,), recorded_by=data["inspector_id"])


def _improvement(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    data = event.data
    key = f"improvement:{data['improvement_id']}"
    if _refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["detected_at"])
    fact = _fact(
        event,
        fact_id=key,
        type=IMPROVEMENTS.get(data["kind"], "OPTIMISE"),
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        matter_id=f"{data['item_id']}/{data['item_version']}",
        channel="improvement",
        verified=event.type == "directory.improvement.decided",
    )
    return Report(key, event.version, (fact,), recorded_by=data["published_by"])


def _fee_violation(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    data = event.data
    key = f"fee_violation:{data['violation_id']}"
    if _refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    fact = _fact(
        event,
        fact_id=key,
        type="FEE_VIOLATION",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel="charging",
        verified=event.type == "intake.fee_violation.decided",
    )
    return Report(key, event.version, (fact,), recorded_by=data["recorded_by"])


def _refused(event: ReceivedEvent) -> bool:
    """Whether a second person has looked and found it not true."""
    return event.type.endswith(".decided") and not event.data["verified"]


def _complaint(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    data = event.data
    key = f"complaint:{data['complaint_id']}"
    if not data["true"]:
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    fact = _fact(
        event,
        fact_id=key,
        type=COMPLAINTS.get(data["category"], "COMPLAINT_OTHER_VERIFIED"),
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        serious=data["serious"],
        unlawful=data["unlawful"],
        # The verifier named the person in a verdict of "true"; without a name nobody's fault was established.
        staff_fault=True if data.get("staff_id") else None,
        matter_id=data["complaint_id"],
        channel="complaint",
        verified=True,
    )
    return Report(key, event.version, (fact,), recorded_by=data["verified_by"])


def _fact(event: ReceivedEvent, **values: Any) -> Fact:
    data = event.data
    return Fact(
        region=event.region,
        hall_id=event.hall_id,
        person_id=data.get("staff_id"),
        window_id=data.get("window_id"),
        unit_id=data.get("unit_id"),
        case_id=data.get("case_id"),
        **values,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_REPORTS: dict[str, Callable[[ReceivedEvent, ZoneInfo], Report | None]] = {
    "attendance.day.assessed": _day,
    "intake.case.overdue": _overdue,
    "intake.case.notice_missed": _notice_missed,
    "intake.case.supplement_requested": _supplement_requested,
    "supervision.finding.recorded": _finding,
    "supervision.finding.verified": _finding,
    "supervision.finding.rejected": _finding,
    "evaluation.complaint.verified": _complaint,
    "directory.item.improved": _improvement,
    "intake.fee_violation.recorded": _fee_violation,
    "intake.fee_violation.decided": _fee_violation,
    "directory.improvement.decided": _improvement,
}
FACT_EVENTS = tuple(_REPORTS)
