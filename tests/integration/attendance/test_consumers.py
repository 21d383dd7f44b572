"""Every consumer under duplicates and reordering; judging and storing at the same time."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from services.attendance.config import AttendanceConfig
from services.attendance.usecases import assessing
from tests.integration.attendance.conftest import MONDAY, at


def rows(hall, table: str, order: str) -> list[dict]:
    with hall.db.read() as tx:
        return [dict(row) for row in tx.connection.exec_driver_sql(f"SELECT * FROM attendance.{table} ORDER BY {order}").mappings()]


def snapshot(hall) -> dict[str, list[dict]]:
    tables = {
        "halls": "hall_id",
        "stationings": "staff_id, valid_from",
        "calendars": "id",
        "terminals": "device_sn",
        "deliveries": "device_sn",
        "punches": "punch_id",
    }
    return {table: rows(hall, table, order) for table, order in tables.items()}


def an_event(hall, entry: str):
    override = {"date": "2026-11-24", "is_workday": False, "reason": "市庆", "notice_no": "1号"}
    return {
        "on_hall": lambda: hall.hall("h0003"),
        "on_staff": lambda: hall.staff("s0003", "1003"),
        "on_calendar": lambda: hall.event("directory.calendar.changed", {"revision": 1, "overrides": [override]}, "calendar"),
        "on_terminal": lambda: hall.approved("T5"),
        "on_report": lambda: hall.reported(at("09:00"), "T5"),
        "on_punches": lambda: hall.punches(("1001", "08:20"), ("1002", "08:21")),
    }[entry]()


@pytest.mark.parametrize("entry", ["on_hall", "on_staff", "on_calendar", "on_terminal", "on_report", "on_punches"])
def test_a_duplicate_reaches_no_handler_and_changes_nothing(hall, entry):
    event = an_event(hall, entry)
    assert hall.deliver(entry, event) == {event.id}
    before = snapshot(hall)
    assert hall.deliver(entry, event) == frozenset()
    assert hall.deliver(entry, event, event) == frozenset()
    assert snapshot(hall) == before


def test_older_versions_of_a_subject_change_nothing(hall):
    old_hall, new_hall = hall.hall(zone="Asia/Urumqi"), hall.hall(zone="Asia/Shanghai", status="closed")
    hall.deliver("on_hall", new_hall)
    hall.deliver("on_hall", old_hall)
    assert [(row["zone"], row["status"]) for row in rows(hall, "halls", "hall_id")] == [("Asia/Shanghai", "closed")]

    old_staff, new_staff = hall.staff("s0001", "5555"), hall.staff("s0001", "6666")
    hall.deliver("on_staff", new_staff)
    hall.deliver("on_staff", old_staff)
    assert [row["pin"] for row in rows(hall, "stationings", "staff_id")] == ["6666", "1002"]

    old, new = hall.approved("T1", at=at("09:00")), hall.disabled("T1")
    hall.deliver("on_terminal", new)
    hall.deliver("on_terminal", old)
    assert [row["state"] for row in rows(hall, "terminals", "device_sn")] == ["disabled"]

    hall.deliver("on_report", hall.reported(at("12:00")))
    hall.deliver("on_report", hall.reported(at("11:00")))
    assert [row["through"] for row in rows(hall, "deliveries", "device_sn")] == [at("12:00")]

    def calendar(revision: int, *overrides: dict):
        data = {"revision": revision, "overrides": list(overrides)}
        return hall.event("directory.calendar.changed", data, "calendar", version=revision)

    hall.deliver("on_calendar", calendar(3))
    hall.deliver("on_calendar", calendar(2, {"date": MONDAY, "is_workday": False, "reason": "x", "notice_no": "y"}))
    assert [(row["revision"], row["overrides"]) for row in rows(hall, "calendars", "id")] == [(3, [])]


def test_periods_of_one_person_may_arrive_in_any_order(hall):
    first = hall.staff("s0009", "1009", valid_from="2026-01-01", valid_to="2026-06-30")
    second = hall.staff("s0009", "1009", "h0002", valid_from="2026-07-01", valid_to="2026-11-20")
    third = hall.staff("s0009", "1009", valid_from="2026-11-21")
    hall.deliver("on_staff", third)
    hall.deliver("on_staff", first)
    hall.deliver("on_staff", second)
    from services.attendance.basis import stationed

    with hall.db.read() as tx:
        found = {
            (day, hall_id): "s0009" in [p.staff_id for p in stationed(tx, hall_id, date.fromisoformat(day))]
            for day in ("2026-06-30", "2026-07-01", "2026-11-20", MONDAY)
            for hall_id in ("h0001", "h0002")
        }
    assert [key for key, here in found.items() if here] == [
        ("2026-06-30", "h0001"),
        ("2026-07-01", "h0002"),
        ("2026-11-20", "h0002"),
        (MONDAY, "h0001"),
    ]


def test_punches_before_the_news_of_hall_person_and_terminal_count_all_the_same(make_db, monkeypatch):
    from chassis import clock
    from chassis.testing import make_service
    from services.attendance.service import AttendanceService
    from services.attendance.usecases import commands
    from tests.integration.attendance.conftest import SHIFT, Hall, ShownClock

    shown = ShownClock(at("17:45"))
    monkeypatch.setattr(clock, "_clock", shown)
    db = make_db("attendance")
    hall = Hall(db, make_service(AttendanceService, db=db, config=AttendanceConfig()), shown)
    hall.deliver("on_punches", hall.punches(("1001", "08:37"), ("1001", "17:31")))
    hall.sweep()
    hall.deliver("on_report", hall.reported(at("17:44")))
    hall.sweep()
    hall.deliver("on_terminal", hall.approved(at=at("09:00", "2026-11-01")))
    hall.deliver("on_staff", hall.staff("s0001", "1001"))
    hall.deliver("on_hall", hall.hall())
    commands.define_shift(db, hall_id="h0001", valid_from=date(2026, 1, 1), **SHIFT)
    hall.clock.at += timedelta(seconds=31)
    hall.sweep()
    assert hall.status("s0001") == ("abnormal", [("am", "late")], 1)


def test_a_batch_stores_hundreds_of_uploads_in_one_statement(hall):
    pins = [f"{2000 + number}" for number in range(400)]
    events = [hall.punches((pin, "08:20"), (pin, "08:20:30")) for pin in pins]
    assert len(hall.deliver("on_punches", *events)) == 400
    assert len(rows(hall, "punches", "punch_id")) == 800
    assert [row["arrived_count"] for row in rows(hall, "deliveries", "device_sn")] == [800]


def test_a_punch_stored_while_the_day_is_being_judged_is_never_lost(hall):
    """The judgement holds the day's row; the punch waits for it and makes the day due again."""
    hall.now("17:41")
    hall.deliver("on_report", hall.reported(at("17:40:30")))
    started, finish = threading.Event(), threading.Event()
    original = assessing._assess

    def slow(tx, row, config):
        outcome = original(tx, row, config)
        started.set()
        assert finish.wait(10)
        return outcome

    assessing._assess = slow
    try:
        judge = threading.Thread(target=assessing.assess_due, args=(hall.db, AttendanceConfig()), kwargs={"limit": 1})
        judge.start()
        assert started.wait(10)
        store = threading.Thread(target=hall.deliver, args=("on_punches", hall.punches(("1001", "08:20"), ("1001", "17:31"))))
        store.start()
        finish.set()
        judge.join(10)
        store.join(10)
    finally:
        assessing._assess = original
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 2)


def test_two_processes_judge_each_day_once(hall):
    for number in range(3, 9):
        hall.deliver("on_staff", hall.staff(f"s{number:04}", f"10{number:02}"))
    hall.now("09:00", "2026-11-27")
    hall.deliver("on_report", hall.reported(hall.clock.at))
    assessing.open_days(hall.db, AttendanceConfig())
    with hall.db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE attendance.hall_days SET due_at = now() - interval '1 year'")
    workers = [threading.Thread(target=assessing.assess_due, args=(hall.db, AttendanceConfig()), kwargs={"limit": 10}) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    subjects = [e["subject"] for e in hall.said("day.assessed")]
    assert len(subjects) == len(set(subjects)) == 8 * 4
