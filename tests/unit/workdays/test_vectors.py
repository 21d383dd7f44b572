"""The published figures and due dates: State Council schedules 2024-2026 and the deadline vectors of the domain catalogue."""

import datetime as dt
import itertools

import chinese_calendar
import pytest
from chinese_calendar import constants

from workdays import BEIJING, Calendar, Coverage, RestDayRule, WhyCode, effective_start
from workdays.bounds import FIRST_DATE

CALENDAR = Calendar()
D = dt.date

MAKEUPS = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}

REST_2026 = [
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
]

DUE = [
    ("2026-02-13", 1, "2026-02-14", "2026-02-16"),
    ("2026-02-14", 1, "2026-02-24", "2026-02-16"),
    ("2026-02-10", 20, "2026-03-16", "2026-03-10"),
    ("2026-02-24", 5, "2026-03-02", "2026-03-03"),
    ("2026-04-30", 3, "2026-05-08", "2026-05-05"),
    ("2026-05-06", 5, "2026-05-12", "2026-05-13"),
    ("2026-09-18", 1, "2026-09-20", "2026-09-21"),
    ("2026-09-30", 5, "2026-10-13", "2026-10-07"),
    ("2026-09-21", 20, "2026-10-26", "2026-10-19"),
    ("2026-10-01", 1, "2026-10-08", "2026-10-02"),
    ("2025-12-31", 1, "2026-01-04", "2026-01-01"),
    ("2026-11-23", 22, "2026-12-23", "2026-12-23"),
]


def year(number: int) -> list[dt.date]:
    days = (D(number + 1, 1, 1) - D(number, 1, 1)).days
    return [D(number, 1, 1) + dt.timedelta(days=i) for i in range(days)]


def weekday_count(start: dt.date, n: int) -> dt.date:
    while n:
        start += dt.timedelta(days=1)
        n -= start.isoweekday() < 6
    return start


@pytest.mark.parametrize(("accepted", "n", "due", "naive"), DUE)
def test_due_date_counts_from_the_next_working_day(accepted, n, due, naive):
    start = D.fromisoformat(accepted)
    assert CALENDAR.add_workdays(start, n).date == D.fromisoformat(due)
    assert not CALENDAR.add_workdays(start, n).provisional
    assert weekday_count(start, n) == D.fromisoformat(naive)


def test_due_date_beyond_the_published_years_is_provisional():
    due = CALENDAR.add_workdays(D(2026, 12, 4), 20)
    assert due.date == D(2027, 1, 4)
    assert due.provisional
    assert due.provisional_days == (D(2027, 1, 1), D(2027, 1, 2), D(2027, 1, 3), D(2027, 1, 4))


@pytest.mark.parametrize(("rule", "due"), [(RestDayRule.STAMP_ON_DAY, D(2026, 10, 8)), (RestDayRule.NEXT_WORKDAY, D(2026, 10, 9))])
def test_both_conventions_for_a_receipt_on_national_day(rule, due):
    received = dt.datetime(2026, 10, 1, 10, 30, tzinfo=BEIJING)
    start = effective_start(received, CALENDAR, None, rule)
    assert CALENDAR.add_workdays(start.date, 1).date == due


def test_the_22_working_day_window_includes_both_ends():
    first = D(2026, 11, 2)
    assert CALENDAR.count_inclusive(first, D(2026, 12, 1)) == 22
    assert CALENDAR.count_inclusive(first, D(2026, 12, 2)) == 23


@pytest.mark.parametrize("number", MAKEUPS)
def test_makeup_days_are_working_days_and_no_other_weekend_is(number):
    worked = [day for day in year(number) if day.isoweekday() > 5 and CALENDAR.is_workday(day)]
    assert [f"{day:%m-%d}" for day in worked] == MAKEUPS[number]
    assert {CALENDAR.day(day).why.code for day in worked} == {WhyCode.MAKEUP_WORKDAY}


def test_the_2026_schedule_is_the_official_one():
    holidays = {D.fromisoformat(f"2026-{first}") + dt.timedelta(days=i) for first, last in REST_2026 for i in range(_span(first, last))}
    makeups = {D.fromisoformat(f"2026-{day}") for day in MAKEUPS[2026]}
    for day in year(2026):
        expected = day in makeups or (day.isoweekday() < 6 and day not in holidays)
        assert CALENDAR.is_workday(day) is expected, day


def _span(first: str, last: str) -> int:
    return (D.fromisoformat(f"2026-{last}") - D.fromisoformat(f"2026-{first}")).days + 1


@pytest.mark.parametrize(("number", "total"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(number, total):
    assert CALENDAR.count_inclusive(D(number, 1, 1), D(number, 12, 31)) == total


def test_working_days_of_each_month_of_2026():
    ends = [D(2025, 12, 31), *(D(2026, month + 1, 1) - dt.timedelta(days=1) for month in range(1, 12)), D(2026, 12, 31)]
    counts = [CALENDAR.workdays_between(a, b) for a, b in itertools.pairwise(ends)]
    assert counts == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_the_librarys_own_counting_is_off_by_one_on_a_rest_day():
    """Why there is a count of our own: should this fail one day, the trap is gone."""
    holiday = D(2026, 10, 1)
    assert chinese_calendar.find_workday(1, holiday) == D(2026, 10, 9)
    assert CALENDAR.next_workday(holiday) == D(2026, 10, 8)


def test_the_mid_year_amendments_of_2019_and_2020_are_in():
    assert not CALENDAR.is_workday(D(2019, 5, 2))
    assert CALENDAR.is_workday(D(2019, 4, 28))
    assert CALENDAR.is_workday(D(2019, 5, 5))
    assert not CALENDAR.is_workday(D(2020, 1, 31))
    assert not CALENDAR.is_workday(D(2020, 2, 1))


def test_the_range_is_the_librarys():
    assert min(constants.holidays).year == FIRST_DATE.year
    assert all(CALENDAR.coverage(number) is Coverage.OFFICIAL for number in range(2004, 2027))
    assert CALENDAR.published_until == D(max(constants.holidays).year, 12, 31)


def test_natural_days_that_end_on_a_rest_day_move_to_the_next_working_day():
    assert CALENDAR.add_natural_days(D(2026, 9, 24), 7).date == D(2026, 10, 8)
    assert CALENDAR.add_natural_days(D(2026, 2, 7), 7).date == D(2026, 2, 14), "a make-up Saturday is not a rest day"
    assert CALENDAR.add_natural_days(D(2026, 11, 20), 1).date == D(2026, 11, 23)
    assert CALENDAR.add_natural_days(D(2026, 11, 20), 0).date == D(2026, 11, 20)
    assert CALENDAR.add_natural_days(D(2026, 12, 26), 7).provisional_days == (D(2027, 1, 2), D(2027, 1, 3), D(2027, 1, 4))


def test_done_on_the_day_of_acceptance_is_no_day_elapsed():
    assert CALENDAR.workdays_between(D(2026, 11, 23), D(2026, 11, 23)) == 0


def test_days_overdue_and_days_left_are_one_count():
    due = D(2026, 9, 30)
    assert CALENDAR.workdays_between(due, D(2026, 10, 7)) == 0, "no working day passed in the holiday week"
    assert CALENDAR.workdays_between(due, D(2026, 10, 10)) == 3
    assert CALENDAR.workdays_between(due, D(2026, 9, 18)) == -8
    assert CALENDAR.workdays_between(D(2026, 1, 5), D(2024, 12, 31)) == -(248 + 2)
