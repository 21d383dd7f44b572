"""Domain events of a person-day as the bus knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event
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
