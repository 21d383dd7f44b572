"""The running service: events from the bus, calls over RPC, crashes in the narrow windows."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from chassis.errors import HallbusError
from chassis.migrations import check, downgrade, upgrade
from chassis.testing import eventually
from tests.integration.attendance.conftest import MONDAY, Hall, ShownClock, at

SHIFT = {"hall_id": "h0001", "valid_from": "2026-01-01", "am_start": "08:30", "am_end": "12:00", "pm_start": "14:00", "pm_end": "17:30"}


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """The sandbox clock: a quarter to six on the Monday, running."""
    path = tmp_path / "clock"
    path.write_text(f"{time.time()} {at('17:45').timestamp()}\n")
    return path


def ask(rpc, method, *, mutating=False, **request):
    if mutating:
        request.setdefault("request_id", str(uuid.uuid4()))
    return rpc.call("attendance", method, request, timeout=10)


def send(bus, event):
    bus.publish(
        event.type,
        event.data,
        subject=event.subject,
        version=event.version,
        region=event.region,
        hall_id=event.hall_id,
        event_id=event.id,
        at=event.time,
    )


def defined(rpc):
    try:
        return ask(rpc, "define_shift", mutating=True, **SHIFT)
    except HallbusError as error:
        if error.reason != "HALL_UNKNOWN":
            raise
        return None


def script() -> Hall:
    """Only the event factory of the fixture; the service runs in its own process."""
    return Hall(None, None, ShownClock(at("09:00", "2026-11-01")))


def a_day(hall: Hall) -> list:
    return [
        hall.hall(),
        hall.staff("s0001", "1001"),
        hall.staff("s0002", "1002"),
        hall.approved(),
        hall.punches(("1001", "08:37"), ("1001", "17:31")),
        hall.reported(at("17:44"), punch_count=2),
    ]


def the_result(rpc) -> list[tuple[str, str, int]]:
    days = ask(rpc, "list_days", hall_id="h0001", date=MONDAY)["days"]
    return [(day["staff_id"], day["status"], day.get("revision", 0)) for day in days]


DONE = [("s0001", "abnormal", 1), ("s0002", "abnormal", 1)]


def test_a_day_over_the_bus_ends_in_events_and_answers(run_services, bus, rpc, clock_file):
    run_services("attendance", env={"HALLBUS_CLOCK_FILE": str(clock_file)})
    for event in a_day(script()):
        send(bus, event)
    shift = eventually(lambda: defined(rpc))
    assert (shift["am_start"], shift["closing_minutes"]) == ("08:30", 10)
    eventually(lambda: the_result(rpc) == DONE)
    found = ask(rpc, "get_day", staff_id="s0001", date=MONDAY)
    assert [(m["kind"], m["half"], m["minutes"]) for m in found["marks"]] == [("late", "am", 7)]
    assert [p["at"] for p in found["punches"]] == ["2026-11-23T00:37:00+00:00", "2026-11-23T09:31:00+00:00"]
    assert ask(rpc, "get_hall_day", hall_id="h0001", date=MONDAY)["absent_count"] == 1
    eventually(lambda: len(bus.events("attendance.day.assessed")) == 2)
    assert [e["data"]["minutes"] for e in bus.events("attendance.person.late")] == [7]
    assert len(bus.events("attendance.person.absent")) == 2
    with pytest.raises(HallbusError) as caught:
        ask(rpc, "define_shift", mutating=True, **{**SHIFT, "am_start": "25:00", "pm_end": None})
    assert {violation.field for violation in caught.value.violations} == {"am_start", "pm_end"}


@pytest.mark.parametrize("window", ["consumer.after_handler_before_commit", "consumer.after_commit_before_ack"])
@pytest.mark.parametrize("nth", [1, 3, 5])
def test_a_crash_of_any_consumer_neither_loses_nor_doubles(run_services, bus, rpc, clock_file, window, nth):
    clock = {"HALLBUS_CLOCK_FILE": str(clock_file)}
    running = run_services("attendance", env={**clock, "HALLBUS_FAILPOINT": f"{window}:{nth}"})
    for event in a_day(script()):
        send(bus, event)
    eventually(lambda: running.processes["attendance"].poll() == 137)
    running.start("attendance", env={**clock, "HALLBUS_FAILPOINT": ""})
    eventually(lambda: defined(rpc))
    eventually(lambda: the_result(rpc) == DONE)
    eventually(lambda: len(bus.events("attendance.day.assessed")) == 2)
    assert [e["data"]["revision"] for e in bus.events("attendance.day.assessed")] == [1, 1]


def test_migrations_agree_with_the_tables_and_go_both_ways(database_url, template):
    template.require("attendance")
    assert check(database_url, "attendance") == []
    downgrade(database_url, "attendance", "base")
    upgrade(database_url, ["attendance"])
    assert check(database_url, "attendance") == []
