"""A day from punches to its record: the watermark, late backlogs, revisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.integration.attendance.conftest import MONDAY, at

ABSENT_ALL = [("am", "absent_half_day"), ("pm", "absent_half_day")]


def test_a_normal_day_is_settled_at_the_end_of_the_shift_and_an_absence_later(hall):
    hall.deliver("on_punches", hall.punches(("1001", "08:20"), ("1001", "17:31")))
    hall.now("17:32")
    hall.deliver("on_report", hall.reported(at("17:31:30")))
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 1)
    assert hall.day("s0002")["reasons"] == ["DEPARTURE_OPEN", "TERMINAL_BEHIND:T1"]
    hall.close_of_day()
    assert hall.status("s0002") == ("abnormal", ABSENT_ALL, 1)
    assert [(e["subject"], e["version"]) for e in hall.said("day.assessed")] == [("s0001/2026-11-23", 1), ("s0002/2026-11-23", 1)]
    assert [e["data"]["half"] for e in hall.said("person.absent")] == ["am", "pm"]


def test_nobody_is_absent_while_a_terminal_of_the_hall_is_off_line(hall):
    """Peer lesson 18: one terminal is off line from the morning on and sends its backlog in the evening."""
    hall.deliver("on_terminal", hall.approved("T2", at=at("09:00", "2026-11-01")))
    hall.deliver("on_report", hall.reported(at("07:50"), "T2"))
    hall.deliver("on_punches", hall.punches(("1001", "08:20"), ("1001", "17:31")))
    hall.close_of_day(MONDAY, "T1")
    for _ in range(5):
        hall.clock.at += timedelta(hours=1)
        hall.sweep()
    assert hall.day("s0002")["status"] == "pending"
    assert hall.day("s0002")["reasons"] == ["TERMINAL_BEHIND:T2"]
    assert hall.said() == []
    hall.deliver("on_punches", hall.punches(("1002", "08:40"), ("1002", "17:35"), sn="T2"))
    hall.deliver("on_report", hall.reported(hall.clock.at, "T2"))
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 1)
    assert hall.status("s0002") == ("abnormal", [("am", "late")], 1)
    assert hall.said("person.absent") == []


def test_a_watermark_that_overtakes_its_punches_on_the_bus_judges_nobody(hall):
    hall.deliver("on_punches", hall.punches(("1001", "08:20")))
    hall.now("17:45")
    late = hall.punches(("1001", "17:31"), ("1002", "08:21"), ("1002", "17:33"))
    hall.deliver("on_report", hall.reported(at("17:44"), punch_count=4))
    hall.sweep()
    assert hall.day("s0002")["reasons"] == ["TERMINAL_BEHIND:T1"]
    hall.deliver("on_punches", late)
    hall.clock.at += timedelta(seconds=31)
    hall.sweep()
    assert hall.status("s0001") == hall.status("s0002") == ("normal", [], 1)
    assert [e["data"]["revision"] for e in hall.said("day.assessed")] == [1, 1]


def test_a_backlog_after_the_judgement_makes_revision_two(hall):
    hall.close_of_day()
    assert hall.status("s0001") == ("abnormal", ABSENT_ALL, 1)
    hall.now("09:00", "2026-11-24")
    hall.deliver("on_punches", hall.punches(("1001", "08:20"), ("1001", "17:31")))
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 2)
    assert hall.status("s0002") == ("abnormal", ABSENT_ALL, 1)
    last = hall.said("day.assessed")[-1]
    assert (last["subject"], last["version"], last["data"]["revision"], last["data"]["marks"]) == ("s0001/2026-11-23", 4, 2, [])


def test_the_whole_log_sent_three_times_changes_nothing(hall):
    """Peer lesson 17."""
    rows = [("1001", "08:37"), ("1001", "17:31"), ("1002", "08:20"), ("1002", "17:00")]
    hall.deliver("on_punches", hall.punches(*rows))
    hall.close_of_day()
    before = (hall.status("s0001"), hall.status("s0002"), hall.said())
    for _ in range(3):
        hall.deliver("on_punches", hall.punches(*rows))
        hall.clock.at += timedelta(minutes=5)
        hall.sweep()
    assert (hall.status("s0001"), hall.status("s0002"), hall.said()) == before
    assert before[0] == ("abnormal", [("am", "late")], 1)


def test_versions_of_a_person_day_are_dense(hall):
    hall.deliver("on_punches", hall.punches(("1001", "08:37")))
    hall.close_of_day()
    hall.deliver("on_punches", hall.punches(("1001", "17:00")))
    hall.sweep()
    versions = [e["version"] for e in hall.said() if e["subject"] == "s0001/2026-11-23"]
    assert versions == list(range(1, len(versions) + 1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-28", ("not_expected", [], 0)),  # Saturday
        ("2026-10-01", ("not_expected", [], 0)),  # National Day
    ],
)
def test_a_rest_day_makes_nobody_absent(hall, day, expected):
    """Peer lesson 19."""
    hall.now("07:00", day)
    hall.sweep()
    hall.deliver("on_report", hall.reported(at("20:00", day)))
    hall.now("20:01", day)
    hall.sweep()
    assert hall.status("s0001", day) == expected
    assert [e for e in hall.said() if e["subject"].endswith(day)] == []


def test_a_calendar_change_takes_back_what_was_said_of_a_day_that_became_a_rest_day(hall):
    hall.close_of_day()
    assert hall.status("s0001")[1] == ABSENT_ALL
    override = {"date": MONDAY, "is_workday": False, "reason": "市庆放假", "notice_no": "示府办〔2026〕9号"}
    hall.deliver("on_calendar", hall.event("directory.calendar.changed", {"revision": 1, "overrides": [override]}, "calendar"))
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 2)
    assert hall.day("s0001")["reasons"] == ["REST_DAY"]


def test_days_missed_while_nobody_ran_are_judged_afterwards(hall):
    hall.now("09:00", "2026-11-26")
    hall.deliver("on_report", hall.reported(hall.clock.at))
    hall.sweep()
    hall.sweep()
    assert {day: hall.status("s0001", day)[0] for day in (MONDAY, "2026-11-24", "2026-11-25", "2026-11-26")} == {
        MONDAY: "abnormal", "2026-11-24": "abnormal", "2026-11-25": "abnormal", "2026-11-26": "pending",
    }  # fmt: skip


def test_days_before_the_first_terminal_was_approved_are_never_judged(hall):
    hall.deliver("on_punches", hall.punches(("1001", "08:20"), day="2026-10-15"))
    hall.now("20:00")
    hall.deliver("on_report", hall.reported(hall.clock.at))
    hall.sweep()
    found = hall.day("s0002", "2026-10-15")
    assert (found["status"], found["reasons"]) == ("pending", ["NO_TERMINAL"])


def test_a_disabled_terminal_is_not_waited_for(hall):
    hall.deliver("on_terminal", hall.approved("T2", at=at("09:00", "2026-11-01")))
    hall.close_of_day(MONDAY, "T1")
    assert hall.day("s0001")["reasons"] == ["TERMINAL_BEHIND:T2"]
    hall.deliver("on_terminal", hall.disabled("T2"))
    hall.sweep()
    assert hall.status("s0001") == ("abnormal", ABSENT_ALL, 1)


def test_the_same_pin_in_two_halls_is_two_people(hall):
    hall.deliver("on_hall", hall.hall("h0002"))
    hall.deliver("on_staff", hall.staff("s0011", "1001", "h0002"))
    hall.deliver("on_terminal", hall.approved("T9", "h0002", at=at("09:00", "2026-11-01")))
    from services.attendance.usecases import commands
    from tests.integration.attendance.conftest import SHIFT

    commands.define_shift(hall.db, hall_id="h0002", valid_from=date(2026, 1, 1), **SHIFT)
    hall.sweep()
    hall.deliver(
        "on_punches",
        hall.punches(("1001", "08:20"), ("1001", "17:31")),
        hall.punches(("1001", "08:50"), ("1001", "17:31"), sn="T9", hall_id="h0002"),
    )
    hall.now("17:45")
    hall.deliver("on_report", hall.reported(at("17:44")), hall.reported(at("17:44"), "T9", "h0002"))
    hall.sweep()
    assert hall.status("s0001") == ("normal", [], 1)
    assert hall.status("s0011") == ("abnormal", [("am", "late")], 1)


def test_unknown_pins_are_kept_listed_and_count_once_their_owner_is_known(hall):
    from services.attendance import queries

    hall.deliver("on_punches", hall.punches(("7777", "08:20"), ("7777", "17:31"), ("1001", "08:20")))

    def unknown() -> dict:
        return queries.list_unknown_punches(hall.db, hall_id=None, first_date=None, last_date=None, page_size=1, page_token=None)

    first = unknown()
    assert (first["total_size"], [p["pin"] for p in first["punches"]]) == (2, ["7777"])
    second = queries.list_unknown_punches(
        hall.db, hall_id="h0001", first_date=None, last_date=None, page_size=1, page_token=first["next_page_token"]
    )
    assert {first["punches"][0]["at"], second["punches"][0]["at"]} == {at("08:20"), at("17:31")}
    hall.close_of_day()
    hall.deliver("on_staff", hall.staff("s0003", "7777"))
    hall.sweep()
    assert unknown()["total_size"] == 0
    assert hall.status("s0003") == ("normal", [], 1)


def test_a_transfer_moves_a_person_between_halls_on_its_day(hall):
    hall.deliver("on_hall", hall.hall("h0002"))
    hall.deliver("on_staff", hall.staff("s0002", "1002", "h0002", valid_from="2026-11-24"))
    hall.close_of_day()
    assert hall.status("s0002") == ("abnormal", ABSENT_ALL, 1)
    assert hall.day("s0002", "2026-11-24")["hall_id"] == "h0002"


def test_an_ended_stationing_takes_back_the_days_after_its_end(hall):
    hall.close_of_day()
    hall.deliver("on_staff", hall.staff("s0002", "1002", status="ended", valid_to="2026-11-20"))
    hall.sweep()
    from services.attendance import queries

    days = queries.list_days(hall.db, hall_id="h0001", day=date(2026, 11, 23), status=None, page_size=None, page_token=None)["days"]
    assert [(row["staff_id"], row["status"], row["revision"]) for row in days] == [("s0001", "abnormal", 1), ("s0002", "normal", 2)]
