"""The day a limit starts from: rest days, closing time, time zones."""

import datetime as dt

import pytest

from workdays import BEIJING, Calendar, CalendarError, RestDayRule, StartCause, beijing_date, effective_start

CALENDAR = Calendar()
D = dt.date
CLOSING = dt.time(17, 0)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("received", "closing", "rule", "date", "cause"),
    [
        (at(11, 23, 10), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 11, 23), StartCause.AS_RECEIVED),
        (at(11, 23, 17), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 11, 23), StartCause.AS_RECEIVED),
        (at(11, 23, 17, 1), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 11, 24), StartCause.AFTER_CLOSING),
        (at(11, 23, 23, 59), None, RestDayRule.NEXT_WORKDAY, D(2026, 11, 23), StartCause.AS_RECEIVED),
        (at(11, 20, 18), CLOSING, RestDayRule.STAMP_ON_DAY, D(2026, 11, 23), StartCause.AFTER_CLOSING),
        (at(11, 21, 9), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 11, 23), StartCause.REST_DAY),
        (at(11, 21, 9), CLOSING, RestDayRule.STAMP_ON_DAY, D(2026, 11, 21), StartCause.AS_RECEIVED),
        (at(11, 21, 20), CLOSING, RestDayRule.STAMP_ON_DAY, D(2026, 11, 21), StartCause.AS_RECEIVED),
        (at(10, 1, 9), None, RestDayRule.NEXT_WORKDAY, D(2026, 10, 8), StartCause.REST_DAY),
        (at(2, 14, 9), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 2, 14), StartCause.AS_RECEIVED),
        (at(2, 14, 18), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 2, 24), StartCause.AFTER_CLOSING),
        (at(12, 31, 18, year=2025), CLOSING, RestDayRule.NEXT_WORKDAY, D(2026, 1, 4), StartCause.AFTER_CLOSING),
    ],
)
def test_where_the_limit_starts(received, closing, rule, date, cause):
    start = effective_start(received, CALENDAR, closing, rule)
    assert (start.date, start.cause, start.provisional, start.provisional_days) == (date, cause, False, ())


def test_the_default_is_the_next_working_day():
    assert effective_start(at(10, 1, 9), CALENDAR).date == D(2026, 10, 8)


@pytest.mark.parametrize(
    ("received", "closing", "rule", "days"),
    [
        (at(12, 31, 18), CLOSING, RestDayRule.NEXT_WORKDAY, ["01-01", "01-02", "01-03", "01-04"]),
        (at(1, 4, 9, year=2027), CLOSING, RestDayRule.NEXT_WORKDAY, ["01-04"]),
        (at(1, 4, 9, year=2027), CLOSING, RestDayRule.STAMP_ON_DAY, []),
        (at(1, 4, 18, year=2027), CLOSING, RestDayRule.STAMP_ON_DAY, ["01-04", "01-05"]),
        (at(1, 3, 9, year=2027), None, RestDayRule.NEXT_WORKDAY, ["01-03", "01-04"]),
        (at(1, 3, 9, year=2027), None, RestDayRule.STAMP_ON_DAY, []),
    ],
)
def test_a_start_that_rests_on_unpublished_days_says_which(received, closing, rule, days):
    start = effective_start(received, CALENDAR, closing, rule)
    assert [f"{day:%m-%d}" for day in start.provisional_days] == days
    assert start.provisional is bool(days)


def test_the_day_is_the_one_in_china():
    utc = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
    assert beijing_date(utc) == D(2026, 11, 21)
    assert effective_start(utc, CALENDAR, None, RestDayRule.STAMP_ON_DAY).date == D(2026, 11, 21)
    assert effective_start(dt.datetime(2026, 11, 23, 9, 1, tzinfo=dt.UTC), CALENDAR, CLOSING).cause is StartCause.AFTER_CLOSING


@pytest.mark.parametrize(
    ("received", "closing", "reason", "field"),
    [
        (dt.datetime(2026, 11, 23, 9), None, "TIME_ZONE_MISSING", "received"),  # noqa: DTZ001 - the naive value is what is refused
        (at(11, 23, 9), dt.time(17, tzinfo=BEIJING), "CLOSING_WITH_TIME_ZONE", "closing"),
        (at(1, 1, 0, year=2003), None, "DATE_BEFORE_CALENDAR", "received"),
        (dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC), None, "DATE_AFTER_CALENDAR", "received"),
    ],
)
def test_bad_moments_are_refused(received, closing, reason, field):
    with pytest.raises(CalendarError) as caught:
        effective_start(received, CALENDAR, closing)
    assert (caught.value.reason, caught.value.field) == (reason, field)
