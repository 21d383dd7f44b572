"""Happenings of a case → contract payloads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import happenings as h
from services.intake.domain.case import Case
from services.intake.domain.receipts import RefusedReceipt


def _of(case: Case, verb: str, happening: h.Happening, **data: Any) -> Event:
    common = {
        "case_id": case.case_id, "case_no": case.case_no, "item_id": case.item_id, "item_version": case.item_version,
        "unit_id": case.unit_id, "window_id": case.window_id, "staff_id": case.staff_id,
    }  # fmt: skip
    return Event(f"intake.case.{verb}", case.case_id, happening.version, case.region, case.hall_id, happening.at, {**common, **data})


def day(date: dt.date | None) -> str | None:
    """A day as it travels."""
    return None if date is None else date.isoformat()


def registered(case: Case, happening: h.Registered) -> Event:
    """The receipt."""
    return _of(case, "registered", happening, channel=case.channel, received_at=iso(case.received_at), missing=list(happening.missing))


def supplement_requested(case: Case, happening: h.SupplementRequested) -> Event:
    """The one-time notice."""
    data = {"round": happening.round, "missing": list(happening.missing), "repeated": happening.repeated}
    return _of(case, "supplement_requested", happening, requested_at=iso(happening.at), **data)


def supplement_submitted(case: Case, happening: h.SupplementSubmitted) -> Event:
    """What came in and what is still out."""
    data = {"handed": list(happening.handed), "missing": list(happening.missing), "complete": not happening.missing}
    return _of(case, "supplement_submitted", happening, submitted_at=iso(happening.at), **data)


def notice_missed(case: Case, happening: h.NoticeMissed) -> Event:
    """Silence past the limit."""
    data = {"working_days": happening.working_days, "notified": happening.notified}
    return _of(case, "notice_missed", happening, received_at=iso(case.received_at), **data)


def accepted(case: Case, happening: h.Accepted) -> Event:
    """Acceptance with its due days."""
    deadline = case.calculation()
    return _of(
        case, "accepted", happening, accepted_at=iso(happening.accepted_at), deemed=happening.deemed, time_class=case.time_class,
        routing=case.routing, kind=case.kind, legal_due=day(deadline.legal.due), promised_due=day(deadline.promised.due),
        promised_days=deadline.promised.days, legal_days=deadline.legal.days, day_kind=deadline.promised.day_kind, provisional=deadline.provisional,
    )  # fmt: skip


def returned(case: Case, happening: h.Returned) -> Event:
    """Refusal; the written reason stays here."""
    return _of(case, "returned", happening, returned_at=iso(happening.at), reason_code=happening.reason_code.upper())


def stage_completed(case: Case, happening: h.StageCompleted) -> Event:
    """One of the five stages."""
    names = ("stage", "handler_id", "over_days", "off_hall")
    data = {**{name: getattr(happening, name) for name in names}, "key_stage": happening.key, "limit_days": happening.limit_days}
    return _of(case, "stage_completed", happening, started_at=iso(happening.started_at), completed_at=iso(happening.at), **data)


def stage_overdue(case: Case, happening: h.StageOverdue) -> Event:
    """A stage over its own limit."""
    days = {"limit_days": happening.limit_days, "due": happening.due.isoformat(), "as_of": happening.as_of.isoformat()}
    return _of(case, "stage_overdue", happening, stage=happening.stage, **days)


def notice_served(case: Case, happening: h.NoticeServed) -> Event:
    """A notice reached the applicant."""
    return _of(case, "notice_served", happening, round=happening.round, how=happening.how, served_at=iso(happening.served_at))


def supplement_expired(case: Case, happening: h.SupplementExpired) -> Event:
    """The time to supply is over."""
    data = {"round": happening.round, "missing": list(happening.missing), "supply_by": happening.supply_by.isoformat()}
    return _of(case, "supplement_expired", happening, **data)


def reclassified(case: Case, happening: h.Reclassified) -> Event:
    """Another class; the reason stays here."""
    before, after = happening.before, happening.after
    return _of(
        case, "reclassified", happening, reclassified_at=iso(happening.at), by_staff_id=happening.by, green_channel=happening.green_channel,
        time_class=after["time_class"], routing=after["routing"], kind=after["kind"],
        previous_time_class=before["time_class"], previous_routing=before["routing"], previous_kind=before["kind"],
    )  # fmt: skip


def transferred(case: Case, happening: h.Transferred) -> Event:
    """Another first responsible person; the reason stays here."""
    data = {"from_staff_id": happening.from_staff_id, "to_staff_id": happening.to_staff_id}
    return _of(case, "transferred", happening, transferred_at=iso(happening.at), **data)


def courier_received(case: Case, happening: h.CourierReceived) -> Event:
    """The courier's receipt came back."""
    return _of(case, "courier_received", happening, received_at=iso(happening.received_at))


def due_soon(case: Case, happening: h.DueSoon) -> Event:
    """A warning before the due day."""
    data = {"level": happening.level, "due": happening.due.isoformat(), "remaining_days": happening.remaining_days}
    return _of(case, "due_soon", happening, **data)


def overdue(case: Case, happening: h.Overdue) -> Event:
    """One more working day over."""
    return _of(
        case, "overdue", happening, due=happening.due.isoformat(), overdue_days=happening.overdue_days, level=happening.level,
        as_of=happening.as_of.isoformat(),
    )  # fmt: skip


def decided(case: Case, happening: h.Decided) -> Event:
    """The decision."""
    data = {"outcome": happening.outcome, "elapsed_days": happening.elapsed_days, "overdue_days": happening.overdue_days}
    return _of(case, "decided", happening, decided_at=iso(happening.at), **data)


def delivered(case: Case, happening: h.Delivered) -> Event:
    """The handing over; who collected stays here."""
    data = {"method": happening.method, "off_window": happening.off_window, "by_agent": happening.agent}
    return _of(case, "delivered", happening, delivered_at=iso(happening.at), **data)


def suspended(case: Case, happening: h.Suspended) -> Event:
    """A special procedure began; why stays here."""
    return _of(
        case, "suspended", happening, procedure=happening.procedure, started_on=day(happening.started_on), limit_days=happening.limit_days,
        limit_due=day(happening.limit_due), remaining_days=happening.remaining_days, promised_due=day(case.promised_due),
        provisional=case.provisional, suspended_by=happening.by, notice_no=happening.notice_no,
    )  # fmt: skip


def resumed(case: Case, happening: h.Resumed) -> Event:
    """It ended; its result stays here."""
    return _of(
        case, "resumed", happening, procedure=happening.procedure, started_on=day(happening.started_on), ended_on=day(happening.ended_on),
        overrun_days=happening.overrun_days, resumed_by=happening.by,
    )  # fmt: skip


def suspension_overrun(case: Case, happening: h.SuspensionOverrun) -> Event:
    """It takes longer than was written to the applicant."""
    return _of(
        case, "suspension_overrun", happening, number=happening.number, procedure=happening.procedure, level=happening.level,
        limit_due=day(happening.limit_due), overrun_days=happening.overrun_days, as_of=day(happening.as_of),
    )  # fmt: skip


def extended(case: Case, happening: h.Extended) -> Event:
    """The one extension; why stays here."""
    data = {name: getattr(happening, name) for name in ("days", "approver_id", "requested_by", "notice_no")}
    return _of(case, "extended", happening, **data)


def deadline_moved(case: Case, happening: h.DeadlineMoved) -> Event:
    """New due days."""
    return _of(
        case, "deadline_moved", happening, cause=happening.cause, actor=happening.actor, notice_nos=list(happening.notice_nos),
        promised_before=day(happening.promised_before), promised_due=day(happening.promised_due), legal_before=day(happening.legal_before),
        legal_due=day(happening.legal_due), provisional=happening.provisional, calendar_revision=happening.calendar_revision,
    )  # fmt: skip


def overdue_withdrawn(case: Case, happening: h.OverdueWithdrawn) -> Event:
    """Days over that are none."""
    return _of(case, "overdue_withdrawn", happening, cause=happening.cause, facts=_told(happening.facts))


def breach_judged(case: Case, happening: h.BreachJudged) -> Event:
    """Fault of staff or not; reason and basis stay here."""
    data = {name: getattr(happening, name) for name in ("number", "breach", "staff_fault", "decided_by")}
    return _of(case, "breach_judged", happening, **data, facts=_told(happening.facts))


def _told(facts: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [{name: fact[name] for name in ("version", "overdue_days", "as_of")} for fact in facts]


def receipt_refused(refused: RefusedReceipt) -> Event:
    """An attempt to receive what nobody may receive any more; the attempt is a subject of its own, since there is no case."""
    data = {**asdict(refused), "attempted_at": iso(refused.attempted_at)}
    del data["region"]
    return Event("intake.receipt.refused", refused.attempt_id, 1, refused.region, refused.hall_id, refused.attempted_at, data)


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    h.Registered: registered,
    h.SupplementRequested: supplement_requested,
    h.SupplementSubmitted: supplement_submitted,
    h.NoticeMissed: notice_missed,
    h.Accepted: accepted,
    h.Returned: returned,
    h.StageCompleted: stage_completed,
    h.StageOverdue: stage_overdue,
    h.NoticeServed: notice_served,
    h.SupplementExpired: supplement_expired,
    h.Reclassified: reclassified,
    h.Transferred: transferred,
    h.CourierReceived: courier_received,
    h.DueSoon: due_soon,
    h.Overdue: overdue,
    h.Decided: decided,
    h.Delivered: delivered,
    h.Suspended: suspended,
    h.Resumed: resumed,
    h.SuspensionOverrun: suspension_overrun,
    h.Extended: extended,
    h.DeadlineMoved: deadline_moved,
    h.OverdueWithdrawn: overdue_withdrawn,
    h.BreachJudged: breach_judged,
}
