"""Domain events of a person-day as the bus knows them; payloads of directory and devices → rows of the local copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from chassis.events import Event, ReceivedEvent
from services.attendance.domain import person_day as p
from services.attendance.domain.day import ABSENT, EARLY, LATE
from services.attendance.domain.person_day import PersonDay

_TYPE_OF = {LATE: "attendance.person.late", EARLY: "attendance.person.left_early", ABSENT: "attendance.person.absent"}


def _event(day: PersonDay, type_: str, said: p.PersonDayEvent, **data: Any) -> Event:
    who = {"staff_id": day.staff_id, "unit_id": day.unit_id, "window_id": day.window_id, "date": day.day.isoformat()}
    subject = f"{day.staff_id}/{day.day.isoformat()}"
    return Event(type_, subject, said.version, day.region, day.hall_id, said.at, {**who, **data, "revision": day.revision})


def assessed(day: PersonDay, said: p.DayAssessed) -> Event:
    return _event(day, "attendance.day.assessed", said, status=day.status, marks=day.marks, punch_count=day.punch_count)


def mark_given(day: PersonDay, said: p.MarkGiven) -> Event:
    kind, minutes = said.mark["kind"], {} if said.mark["kind"] == ABSENT else {"minutes": said.mark["minutes"]}
    return _event(day, _TYPE_OF[kind], said, half=said.mark["half"], **minutes)


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {p.DayAssessed: assessed, p.MarkGiven: mark_given}


def hall_row(event: ReceivedEvent) -> dict[str, Any]:
    """A hall's present state."""
    return {name: event.data[name] for name in ("hall_id", "region", "zone", "status")} | {"version": event.version}


def stationing_row(event: ReceivedEvent) -> dict[str, Any]:
    """One period of a person's stationing (派驻); one that ended without a last day ended on the day it was said."""
    data = event.data
    names = ("staff_id", "name", "hall_id", "unit_id", "window_id", "pin", "status")
    ends = date.fromisoformat(data["valid_to"]) if data.get("valid_to") else event.time.date() if data["status"] == "ended" else None
    period = {"valid_from": date.fromisoformat(data["valid_from"]), "valid_to": ends}
    return {**{name: data.get(name) for name in names}, **period, "region": event.region, "version": event.version}


def calendar_row(event: ReceivedEvent) -> dict[str, Any]:
    """The city's overrides (调休) as a whole."""
    data = event.data
    return {"id": 1, "revision": data["revision"], "overrides": data["overrides"], "notices": data.get("notices") or []}


def terminal_row(event: ReceivedEvent) -> dict[str, Any] | None:
    """A terminal that days wait for, or wait for no more; None for other devices and for those that stand in no hall."""
    if event.data["kind"] != "terminal" or event.hall_id is None:
        return None
    state = "approved" if event.type == "devices.device.approved" else "disabled"
    place = {"device_sn": event.data["device_sn"], "hall_id": event.hall_id, "region": event.region}
    return {**place, "state": state, "approved_at": event.time, "version": event.version}


def report_row(event: ReceivedEvent) -> dict[str, Any]:
    """How far a terminal has delivered, and how many punches that is."""
    through = datetime.fromisoformat(event.data["through"])
    return {"device_sn": event.data["device_sn"], "through": through, "expected_count": event.data.get("punch_count")}


def punch_rows(event: ReceivedEvent) -> list[tuple[Any, ...]]:
    """(id, device, hall, region, pin, at, day, status, verify) of each punch; it belongs to the hall where its terminal stood when it delivered."""
    if event.hall_id is None:
        return []
    place = (event.data["device_sn"], event.hall_id, event.region)
    return [(p["punch_id"], *place, p["pin"], p["at"], p["local_time"][:10], p["status"], p["verify"]) for p in event.data["punches"]]
