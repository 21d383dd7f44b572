"""The calls: shifts, rosters, lists, scope."""

from __future__ import annotations

from datetime import date, time

import pytest

from chassis import context
from chassis.caller import Caller
from chassis.errors import FailedPrecondition, NotFound, PermissionDenied
from services.attendance import queries
from services.attendance.domain.errors import ShiftError
from services.attendance.usecases import commands
from tests.integration.attendance.conftest import MONDAY, SHIFT, at

DAY = date.fromisoformat(MONDAY)
ELSEWHERE = Caller("a7", None, ("hall:h0009", "region:52.02.03"))


def as_caller(caller: Caller):
    return context.use(context.Context(caller=caller))


def define(hall, **over):
    return commands.define_shift(hall.db, **{"hall_id": "h0001", "valid_from": date(2026, 11, 23), **SHIFT, **over})


def test_a_changed_shift_changes_results(hall):
    """Peer lesson 22: a setting that is accepted is also used."""
    hall.deliver("on_punches", hall.punches(("1001", "08:37"), ("1001", "17:31"), ("1002", "08:20"), ("1002", "17:31")))
    hall.close_of_day()
    assert hall.status("s0001") == ("abnormal", [("am", "late")], 1)
    stored = define(hall, grace_minutes=10)
    assert (stored["grace_minutes"], stored["am_start"]) == (10, time(8, 30))
    assert queries.get_shift(hall.db, hall_id="h0001", code=None, on=DAY)["grace_minutes"] == 10
    assert queries.get_shift(hall.db, hall_id="h0001", code=None, on=date(2026, 11, 22))["grace_minutes"] == 0
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 2)
    again = define(hall, am_start=time(8, 0), grace_minutes=10)
    assert again["shift_id"] == stored["shift_id"]
    hall.sweep()
    assert hall.status("s0001") == ("abnormal", [("am", "late")], 3)
    assert hall.day("s0001")["marks"][0]["minutes"] == 37


def test_a_shift_needs_a_known_hall_and_sensible_times(hall):
    with pytest.raises(FailedPrecondition, match="HALL_UNKNOWN"):
        define(hall, hall_id="h0099")
    with pytest.raises(ShiftError, match="am_start"):
        define(hall, am_end=time(8, 0))
    with pytest.raises(NotFound, match="SHIFT_NOT_FOUND"):
        queries.get_shift(hall.db, hall_id="h0001", code="night", on=None)


def test_a_roster_puts_people_under_another_shift_on_duty_or_off(hall):
    define(hall, code="late", am_start=time(10, 0), valid_from=date(2026, 1, 1))
    assign = {"code": None, "day_off": False, "note": "值班"}
    commands.assign_shift(hall.db, staff_id="s0001", first_date=DAY, last_date=DAY, **{**assign, "code": "late"})
    commands.assign_shift(hall.db, staff_id="s0002", first_date=DAY, last_date=DAY, **{**assign, "day_off": True})
    saturday = date(2026, 11, 28)
    commands.assign_shift(hall.db, staff_id="s0001", first_date=saturday, last_date=saturday, **assign)
    hall.deliver("on_punches", hall.punches(("1001", "09:50"), ("1001", "17:31")))
    hall.close_of_day()
    assert hall.status("s0001") == ("normal", [], 1)
    assert (hall.day("s0002")["status"], hall.day("s0002")["reasons"]) == ("not_expected", ["ROSTERED_OFF"])
    hall.now("07:00", "2026-11-28")
    hall.sweep()
    hall.deliver("on_punches", hall.punches(("1001", "08:40"), ("1001", "17:31"), day="2026-11-28"))
    hall.close_of_day("2026-11-28")
    assert hall.status("s0001", "2026-11-28") == ("abnormal", [("am", "late")], 1)
    assert hall.status("s0002", "2026-11-28") == ("not_expected", [], 0)


def test_a_roster_is_refused_with_a_reason(hall):
    over = {"code": None, "day_off": False, "note": ""}
    with pytest.raises(NotFound, match="STAFF_NOT_FOUND"):
        commands.assign_shift(hall.db, staff_id="s0099", first_date=DAY, last_date=DAY, **over)
    with pytest.raises(FailedPrecondition, match="NOT_STATIONED"):
        commands.assign_shift(hall.db, staff_id="s0001", first_date=date(2025, 12, 31), last_date=date(2026, 1, 5), **over)
    with pytest.raises(NotFound, match="SHIFT_NOT_FOUND"):
        commands.assign_shift(hall.db, staff_id="s0001", first_date=DAY, last_date=DAY, **{**over, "code": "night"})


def test_the_lists_of_a_hall_page_filter_and_count(hall):
    for number in range(3, 8):
        hall.deliver("on_staff", hall.staff(f"s{number:04}", f"10{number:02}"))
    hall.deliver("on_punches", hall.punches(("1001", "08:37"), ("1001", "17:00"), ("1002", "08:20"), ("1002", "17:31")))
    hall.close_of_day()
    found, token = [], None
    while True:
        page = queries.list_days(hall.db, hall_id="h0001", day=DAY, status=None, page_size=3, page_token=token)
        assert page["total_size"] == 7
        found += [row["staff_id"] for row in page["days"]]
        token = page.get("next_page_token")
        if not token:
            break
    assert found == [f"s{number:04}" for number in range(1, 8)]
    normal = queries.list_days(hall.db, hall_id="h0001", day=DAY, status="normal", page_size=None, page_token=None)
    assert [row["staff_id"] for row in normal["days"]] == ["s0002"]
    summary = queries.get_hall_day(hall.db, hall_id="h0001", day=DAY)
    counts = {name: value for name, value in summary.items() if name.endswith("_count")}
    assert counts == {
        "expected_count": 7, "normal_count": 1, "abnormal_count": 6, "pending_count": 0, "late_count": 1, "early_count": 1, "absent_count": 5,
    }  # fmt: skip
    assert summary["terminals"] == [{"device_sn": "T1", "through": at("17:40:30"), "missing_count": 0}]


def test_a_person_day_shows_its_punches_and_where_they_were_made(hall):
    hall.deliver("on_punches", hall.punches(("1001", "17:31"), ("1001", "08:20")))
    found = hall.day("s0001")
    assert [(p["at"], p["device_sn"]) for p in found["punches"]] == [(at("08:20"), "T1"), (at("17:31"), "T1")]
    assert (found["status"], found["reasons"]) == ("pending", ["SHIFT_RUNNING", "TERMINAL_BEHIND:T1"])
    with pytest.raises(NotFound, match="STAFF_NOT_FOUND"):
        hall.day("s0099")


def test_without_a_shift_a_day_says_so(hall):
    with hall.db.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM attendance.shifts")
    assert (hall.day("s0001")["status"], hall.day("s0001")["reasons"]) == ("pending", ["NO_SHIFT"])


def test_every_call_keeps_to_the_callers_halls(hall):
    hall.deliver("on_punches", hall.punches(("7777", "08:20")))
    no_page = {"page_size": None, "page_token": None}
    with as_caller(ELSEWHERE):
        assert queries.list_shifts(hall.db, hall_id=None, **no_page)["total_size"] == 0
        assert queries.list_unknown_punches(hall.db, hall_id=None, first_date=None, last_date=None, **no_page)["total_size"] == 0
        for refused in (
            lambda: hall.day("s0001"),
            lambda: queries.list_days(hall.db, hall_id="h0001", day=DAY, status=None, **no_page),
            lambda: queries.get_hall_day(hall.db, hall_id="h0001", day=DAY),
            lambda: queries.get_shift(hall.db, hall_id="h0001", code=None, on=DAY),
            lambda: define(hall),
            lambda: commands.assign_shift(hall.db, staff_id="s0001", first_date=DAY, last_date=DAY, code=None, day_off=True, note=""),
        ):
            with pytest.raises(PermissionDenied, match="OUT_OF_SCOPE"):
                refused()
    for scope in ("hall:h0001", "region:52.02"):
        with as_caller(Caller("a1", None, (scope,))):
            assert queries.list_unknown_punches(hall.db, hall_id=None, first_date=None, last_date=None, **no_page)["total_size"] == 1
            assert hall.day("s0001")["staff_id"] == "s0001"
