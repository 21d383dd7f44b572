"""Entrypoints of attendance."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, due, rpc
from contracts import REGISTRY
from services.attendance import events, orm, queries, schemas
from services.attendance.config import AttendanceConfig
from services.attendance.usecases import assessing, commands, facts

Request = dict[str, Any]


def _day(request: Request) -> Request:
    return {"day": request.pop("date"), **request}


class AttendanceService:
    """Punches → shifts → day records."""

    name = "attendance"
    config = Configuration(AttendanceConfig)
    db = Database("attendance", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)

    @rpc(request=schemas.DefineShift, response=schemas.Shift, mutating=True)
    def define_shift(self, request: Request) -> Any:
        return commands.define_shift(self.db, **request)

    @rpc(request=schemas.GetShift, response=schemas.Shift)
    def get_shift(self, request: Request) -> Any:
        return queries.get_shift(self.db, on=request.pop("date"), **request)

    @rpc(request=schemas.ListShifts, response=schemas.ShiftPage)
    def list_shifts(self, request: Request) -> Any:
        return queries.list_shifts(self.db, **request)

    @rpc(request=schemas.AssignShift, response=schemas.Roster, mutating=True)
    def assign_shift(self, request: Request) -> Any:
        request["last_date"] = request["last_date"] or request["first_date"]
        return commands.assign_shift(self.db, **request)

    @rpc(request=schemas.GetDay, response=schemas.PersonDay)
    def get_day(self, request: Request) -> Any:
        return queries.get_day(self.db, **_day(request))

    @rpc(request=schemas.ListDays, response=schemas.DayPage)
    def list_days(self, request: Request) -> Any:
        return queries.list_days(self.db, **_day(request))

    @rpc(request=schemas.GetHallDay, response=schemas.HallDay)
    def get_hall_day(self, request: Request) -> Any:
        return queries.get_hall_day(self.db, **_day(request))

    @rpc(request=schemas.ListUnknownPunches, response=schemas.UnknownPunchPage)
    def list_unknown_punches(self, request: Request) -> Any:
        return queries.list_unknown_punches(self.db, **request)

    @consumes("directory.hall.changed", queue="halls")
    def on_hall(self, event: Any) -> None:
        facts.store_hall(self.db, event)

    @consumes("directory.staff.changed", queue="staff")
    def on_staff(self, event: Any) -> None:
        facts.store_stationing(self.db, event)

    @consumes("directory.calendar.changed", queue="calendar")
    def on_calendar(self, event: Any) -> None:
        facts.store_calendar(self.db, event)

    @consumes("devices.device.approved", "devices.device.disabled", queue="terminals")
    def on_terminal(self, event: Any) -> None:
        facts.store_terminal(self.db, event)

    @consumes("devices.device.reported", queue="reports")
    def on_report(self, event: Any) -> None:
        facts.store_report(self.db, event)

    @consumes("devices.punch.recorded", queue="punches", batch=200)
    def on_punches(self, batch: Any) -> None:
        facts.store_punches(self.db, batch)

    @due(every_seconds=2.0)
    def open_days(self) -> int:
        return assessing.open_days(self.db, self.config)

    @due(every_seconds=0.5, batch=50)
    def assess_due(self) -> int:
        return assessing.assess_due(self.db, self.config, limit=50)
