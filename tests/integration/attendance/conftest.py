"""Attendance on a real database, fed as its consumers are fed, with the clock in the test's hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis import clock
from chassis.database import Db
from chassis.events import ReceivedEvent
from chassis.testing import a_received, deliver, make_service, outbox_events
from contracts import REGISTRY
from services.attendance import queries
from services.attendance.config import AttendanceConfig
from services.attendance.service import AttendanceService
from services.attendance.usecases import assessing, commands

BEIJING = ZoneInfo("Asia/Shanghai")
MONDAY = "2026-11-23"
SHIFT = {
    "code": "standard",
    "am_start": time(8, 30),
    "am_end": time(12, 0),
    "pm_start": time(14, 0),
    "pm_end": time(17, 30),
    "grace_minutes": 0,
    "closing_minutes": 10,
}


def at(clock_: str, day: str = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day} {clock_}").replace(tzinfo=BEIJING).astimezone(UTC)


class ShownClock:
    """The process clock, set by the test."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


@dataclass
class Hall:
    """Hall h0001 with its people and terminals."""

    db: Db
    service: Any
    clock: ShownClock
    versions: dict[str, int] = field(default_factory=dict)
    sent: dict[str, set[str]] = field(default_factory=dict)

    def version(self, subject: str) -> int:
        self.versions[subject] = self.versions.get(subject, 0) + 1
        return self.versions[subject]

    def event(
        self, type_: str, data: dict[str, Any], subject: str, *, hall_id: str = "h0001", version: int | None = None, **over: Any
    ) -> ReceivedEvent:
        region = "52.02" if hall_id == "h0001" else "52.02.01"
        number = version or self.version(subject)
        return a_received(
            REGISTRY, type_, data, subject=subject, version=number, region=region, hall_id=hall_id, **{"at": self.clock.at, **over}
        )

    def deliver(self, entry: str, *events: ReceivedEvent) -> frozenset[str]:
        return deliver(self.service, list(events), entry=entry)

    # --- facts

    def hall(self, hall_id: str = "h0001", **over: Any) -> ReceivedEvent:
        data = {
            "hall_id": hall_id, "name": "示例政务服务中心", "level": "city", "region": "52.02" if hall_id == "h0001" else "52.02.01", "zone": "Asia/Shanghai",
            "parent_id": None, "status": "active", "units": [], "windows": [], **over,
        }  # fmt: skip
        return self.event("directory.hall.changed", data, hall_id, hall_id=hall_id)

    def staff(self, staff_id: str, pin: str, hall_id: str = "h0001", **over: Any) -> ReceivedEvent:
        data = {
            "staff_id": staff_id, "name": "王丽", "hall_id": hall_id, "unit_id": "u0001", "window_id": "w0001", "pin": pin, "post": "A",
            "status": "active", "valid_from": "2026-01-01", "valid_to": None, **over,
        }  # fmt: skip
        return self.event("directory.staff.changed", data, staff_id, hall_id=hall_id)

    def approved(self, sn: str = "T1", hall_id: str = "h0001", **over: Any) -> ReceivedEvent:
        data = {"device_sn": sn, "kind": "terminal", "family": "zk_push", "window_id": None}
        return self.event("devices.device.approved", data, sn, hall_id=hall_id, **over)

    def disabled(self, sn: str = "T1") -> ReceivedEvent:
        return self.event("devices.device.disabled", {"device_sn": sn, "kind": "terminal"}, sn)

    def reported(self, through: datetime, sn: str = "T1", hall_id: str = "h0001", **data: Any) -> ReceivedEvent:
        return self.event("devices.device.reported", {"device_sn": sn, "through": through.isoformat(), **data}, sn, hall_id=hall_id)

    def punches(self, *rows: tuple[str, str], sn: str = "T1", hall_id: str = "h0001", day: str = MONDAY) -> ReceivedEvent:
        """One upload of (PIN, clock)."""
        found = []
        for pin, clock_ in rows:
            identity = sha256(f"{sn}|{pin}|{day} {clock_}".encode()).hexdigest()[:32]
            local = f"{day} {clock_}" + ("" if clock_.count(":") == 2 else ":00")
            found.append(
                {"punch_id": identity, "pin": pin, "local_time": local, "at": at(clock_, day).isoformat(), "status": "255", "verify": "15"}
            )
        data = {"device_sn": sn, "received_at": self.clock.at.isoformat(), "punches": found}
        return self.event("devices.punch.recorded", data, f"{sn}/{self.version('uploads')}", hall_id=hall_id, version=1)

    # --- what happens then

    def now(self, clock_: str, day: str = MONDAY) -> None:
        self.clock.at = at(clock_, day)

    def sweep(self) -> None:
        """One pass of every due task, as in a running process."""
        assessing.open_days(self.db, AttendanceConfig())
        assessing.assess_due(self.db, AttendanceConfig(), limit=50)

    def close_of_day(self, day: str = MONDAY, *sns: str) -> None:
        """The terminals report and time passes the final look."""
        self.now("17:41", day)
        for sn in sns or ("T1",):
            self.deliver("on_report", self.reported(at("17:40:30", day), sn))
        self.sweep()
        self.clock.at += timedelta(seconds=31)
        self.sweep()

    def day(self, staff_id: str, day: str = MONDAY) -> dict[str, Any]:
        return queries.get_day(self.db, staff_id=staff_id, day=datetime.fromisoformat(day).date())

    def status(self, staff_id: str, day: str = MONDAY) -> tuple[str, list[tuple[str, str]], int]:
        found = self.day(staff_id, day)
        return found["status"], [(mark["half"], mark["kind"]) for mark in found["marks"]], found.get("revision", 0)

    def said(self, type_: str | None = None) -> list[dict[str, Any]]:
        return [e for e in outbox_events(self.db) if type_ is None or e["type"] == f"hallbus.attendance.{type_}.v1"]


def make_hall(db: Db, shown: ShownClock, people: Sequence[tuple[str, str]] = (("s0001", "1001"), ("s0002", "1002"))) -> Hall:
    """A hall with two people, one terminal and its shift, on a Monday before work."""
    hall = Hall(db, make_service(AttendanceService, db=db, config=AttendanceConfig()), shown)
    hall.deliver("on_hall", hall.hall())
    for staff_id, pin in people:
        hall.deliver("on_staff", hall.staff(staff_id, pin))
    hall.deliver("on_terminal", hall.approved(at=at("09:00", "2026-11-01")))
    commands.define_shift(db, hall_id="h0001", valid_from=date(2026, 1, 1), **SHIFT)
    hall.sweep()
    return hall


@pytest.fixture
def hall(make_db: Callable[[str], Db], monkeypatch: pytest.MonkeyPatch) -> Hall:
    """See make_hall."""
    shown = ShownClock(at("07:30"))
    monkeypatch.setattr(clock, "_clock", shown)
    return make_hall(make_db("attendance"), shown)
