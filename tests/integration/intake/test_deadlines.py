"""Due days through the whole service: the published vectors, rest days, the Spring Festival, an unknown year."""

import datetime as dt

import pytest


def with_days(intake, days, *, version=2, **over):
    intake.tell(
        "directory.item.published",
        {
            "item_id": "i0001", "item_version": version, "name": "x", "unit_id": "u11", "status": "in_hall", "time_class": "promised",
            "legal_days": max(days, 20), "promised_days": days, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 1,
            "materials": [], **over,
        },
        version=version,
    )  # fmt: skip


VECTORS = [
    ("2026-02-13", 1, "2026-02-14"), ("2026-02-14", 1, "2026-02-24"), ("2026-02-10", 20, "2026-03-16"), ("2026-02-24", 5, "2026-03-02"),
    ("2026-04-30", 3, "2026-05-08"), ("2026-05-06", 5, "2026-05-12"), ("2026-09-18", 1, "2026-09-20"), ("2026-09-30", 5, "2026-10-13"),
    ("2026-09-21", 20, "2026-10-26"), ("2025-12-31", 1, "2026-01-04"), ("2026-11-23", 22, "2026-12-23"),
]  # fmt: skip


def test_the_published_vectors_hold_through_the_service(intake):
    for number, (accepted_on, days, due) in enumerate(VECTORS, start=2):
        with_days(intake, days, version=number)
        intake.clock.at(f"{accepted_on} 15:00")
        case = intake.accepted(materials=[])
        assert (case["promised_due"], case["provisional"]) == (due, False), accepted_on
        deadline = intake("explain_deadline", case_id=case["case_id"])
        counted = [day for day in deadline["promised"]["counted"] if day["number"] is not None]
        assert [day["number"] for day in counted] == list(range(days + 1))
        assert counted[-1]["date"] == due


def test_a_rest_day_receipt_counts_by_its_channel(intake):
    with_days(intake, 1)
    intake.clock.at("2026-10-01 10:00")
    assert intake.accepted(materials=[], channel="online")["promised_due"] == "2026-10-09"
    duty = intake.accepted(materials=[], channel="appointment")
    assert duty["promised_due"] == "2026-10-08"
    shown = intake("explain_deadline", case_id=duty["case_id"])
    assert (shown["start"], shown["rest_day_rule"]) == ("2026-10-01", "stamp_on_day")


def test_the_spring_festival_is_crossed_day_by_day(intake):
    with_days(intake, 2)
    intake.clock.at("2026-02-13 10:00")
    case = intake.accepted(materials=[])
    days = intake("explain_deadline", case_id=case["case_id"])["promised"]["counted"]
    assert case["promised_due"] == "2026-02-24"
    assert [(d["date"], d["why"]) for d in days[:2]] == [("2026-02-13", "start_day"), ("2026-02-14", "makeup_workday")]
    assert {d["why"] for d in days[2:-1]} <= {"statutory_holiday", "holiday_in_lieu", "weekend"}
    assert sum(d["number"] is None for d in days) == 9
    assert days[-1]["why_zh"] == "工作日"


def test_an_unknown_year_is_provisional_and_says_so(intake):
    with_days(intake, 20)
    intake.clock.at("2026-12-04 10:00")
    case = intake.accepted(materials=[])
    assert (case["promised_due"], case["provisional"]) == ("2027-01-04", True)
    shown = intake("explain_deadline", case_id=case["case_id"])
    assert shown["provisional_days"][0] == "2027-01-01"
    assert shown["promised"]["counted"][-1]["provisional"] is True
    assert intake.events("accepted")[0]["data"]["provisional"] is True


def test_natural_days_roll_off_rest_days(intake):
    with_days(intake, 7, day_kind="natural")
    intake.clock.at("2026-09-26 10:00")  # a Saturday and a holiday: starts on 2026-09-28
    case = intake.accepted(materials=[])
    assert case["promised_due"] == "2026-10-08"  # 7 days end on 2026-10-05, inside the National Day holiday
    counted = intake("explain_deadline", case_id=case["case_id"])["promised"]["counted"]
    assert [d["number"] for d in counted] == [0, 1, 2, 3, 4, 5, 6, 7, None, None, None]


def test_an_override_of_the_city_counts_and_is_named(intake):
    intake.tell(
        "directory.calendar.changed",
        {"revision": 1, "overrides": [{"date": "2026-11-24", "is_workday": False, "reason": "暴雪停工", "notice_no": "市政办〔2026〕9号"}]},
        subject="calendar", hall_id=None,
    )  # fmt: skip
    case = intake.accepted()
    assert case["promised_due"] == "2026-12-01"
    shown = intake("explain_deadline", case_id=case["case_id"])
    assert (shown["calendar_revision"], shown["promised"]["counted"][1]["why"]) == (1, "override_rest_day")


def test_a_stored_calculation_does_not_move_with_the_calendar(intake):
    case = intake.accepted()
    before = intake("explain_deadline", case_id=case["case_id"])
    intake.tell(
        "directory.calendar.changed",
        {"revision": 1, "overrides": [{"date": "2026-11-24", "is_workday": False, "reason": "暴雪停工", "notice_no": "市政办〔2026〕9号"}]},
        subject="calendar", hall_id=None,
    )  # fmt: skip
    after = intake("explain_deadline", case_id=case["case_id"])
    assert after["promised"] == before["promised"]
    assert dt.date.fromisoformat(after["start"]) == dt.date(2026, 11, 23)


def test_before_acceptance_there_is_no_deadline(intake):
    case_id = intake.receipt()["case_id"]
    with pytest.raises(Exception, match="CASE_NOT_ACCEPTED"):
        intake("explain_deadline", case_id=case_id)
