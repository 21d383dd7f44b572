"""Laws that hold for every calendar, held against a plain loop over single days."""

import datetime as dt
import time

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from workdays import BEIJING, Calendar, Override, RestDayRule, beijing_date, effective_start

D = dt.date
ONE_DAY = dt.timedelta(days=1)

dates = st.dates(D(2004, 1, 1), D(2032, 12, 31))
published = st.dates(D(2004, 1, 1), D(2026, 6, 30))
counts = st.integers(0, 300)
override_lists = st.lists(
    st.builds(
        Override, date=st.dates(D(2025, 6, 1), D(2027, 12, 31)), is_workday=st.booleans(), reason=st.just("r"), notice_no=st.just("n")
    ),
    unique_by=lambda override: override.date,
    max_size=40,
)
calendars = st.one_of(st.just(Calendar()), st.builds(Calendar, override_lists))


def law(*strategies):
    """`given` without a time limit per example: the first example of a year builds its table, on any machine under any load."""
    return lambda test: settings(deadline=None)(given(*strategies)(test))


def plain_add(calendar: Calendar, start: dt.date, n: int) -> dt.date:
    while n:
        start += ONE_DAY
        n -= calendar.day(start).is_workday
    return start


@law(published)
def test_a_day_is_what_the_library_says(date):
    assert Calendar().is_workday(date) == chinese_calendar.is_workday(date)


@law(override_lists, dates)
def test_overrides_decide_their_own_days_and_no_other(overrides, date):
    calendar = Calendar(overrides)
    stated = {override.date: override.is_workday for override in overrides}
    assert calendar.is_workday(date) == stated.get(date, Calendar().is_workday(date))
    assert all(calendar.is_workday(day) == is_workday for day, is_workday in stated.items())


@law(calendars, dates, counts)
def test_adding_agrees_with_a_plain_loop(calendar, start, n):
    assert calendar.add_workdays(start, n).date == plain_add(calendar, start, n)


@law(calendars, dates, st.integers(0, 900))
def test_counting_agrees_with_a_plain_loop(calendar, start, span):
    end = start + dt.timedelta(days=span)
    plain = sum(calendar.day(start + dt.timedelta(days=i)).is_workday for i in range(1, span + 1))
    assert calendar.workdays_between(start, end) == plain
    assert calendar.workdays_between(end, start) == -plain
    assert calendar.count_inclusive(start, end) == plain + calendar.is_workday(start)


@law(calendars, dates, counts)
def test_adding_then_counting_is_the_identity(calendar, start, n):
    assert calendar.workdays_between(start, calendar.add_workdays(start, n).date) == n


@law(calendars, dates, counts, counts)
def test_adding_twice_is_adding_the_sum(calendar, start, first, second):
    between = calendar.add_workdays(start, first).date
    assert calendar.add_workdays(between, second).date == calendar.add_workdays(start, first + second).date


@law(calendars, dates, dates, dates)
def test_counts_add_up_in_any_order(calendar, a, b, c):
    assert calendar.workdays_between(a, b) + calendar.workdays_between(b, c) == calendar.workdays_between(a, c)


@law(calendars, dates, counts)
def test_more_days_end_later(calendar, start, n):
    assert calendar.add_workdays(start, n).date < calendar.add_workdays(start, n + 1).date


@law(calendars, dates, dates, counts)
def test_a_later_start_never_ends_earlier(calendar, one, other, n):
    early, late = sorted((one, other))
    assert calendar.add_workdays(early, n).date <= calendar.add_workdays(late, n).date
    assert calendar.add_natural_days(early, n).date <= calendar.add_natural_days(late, n).date


@law(calendars, dates)
def test_the_next_working_day_is_one_and_none_lies_between(calendar, date):
    following = calendar.next_workday(date)
    assert following > date
    assert calendar.is_workday(following)
    assert calendar.workdays_between(date, following) == 1


@law(calendars, dates, counts)
def test_natural_days_end_on_a_working_day_and_move_only_over_rest_days(calendar, start, n):
    due = calendar.add_natural_days(start, n).date
    last = start + dt.timedelta(days=n)
    while not calendar.is_workday(last):
        last += ONE_DAY
    assert due == last


@law(calendars, dates, st.integers(1, 300))
def test_a_due_date_names_exactly_the_unpublished_days_it_rests_on(calendar, start, n):
    due = calendar.add_workdays(start, n)
    span = [start + dt.timedelta(days=i) for i in range(1, (due.date - start).days + 1)]
    assert due.provisional_days == tuple(day for day in span if calendar.day(day).provisional)
    assert due.provisional == bool(due.provisional_days)


@law(calendars, dates, st.integers(0, 60))
def test_the_explanation_sums_to_n(calendar, start, n):
    shown = calendar.explain(start, n)
    assert [day.number for day in shown if day.number is not None] == list(range(n + 1))
    assert [day.date for day in shown] == [start + dt.timedelta(days=i) for i in range(len(shown))]
    assert shown[-1].date == calendar.add_workdays(start, n).date
    assert all((day.number is not None) == day.is_workday for day in shown[1:])


@law(dates, st.times(), st.integers(-12, 14), st.sampled_from(RestDayRule))
def test_the_start_does_not_depend_on_the_time_of_day_or_the_zone_it_is_written_in(date, clock, hours, rule):
    calendar = Calendar()
    moment = dt.datetime.combine(date, clock, tzinfo=BEIJING)
    elsewhere = moment.astimezone(dt.timezone(dt.timedelta(hours=hours)))
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=BEIJING)
    assert beijing_date(elsewhere) == date
    assert effective_start(elsewhere, calendar, None, rule) == effective_start(midnight, calendar, None, rule)


@law(override_lists)
def test_the_version_ignores_the_order_of_the_overrides(overrides):
    assert Calendar(overrides).version == Calendar(reversed(overrides)).version


def test_a_million_due_dates_are_look_ups():
    calendar = Calendar()
    start = D(2026, 2, 10)
    began = time.perf_counter()
    for _ in range(1_000_000):
        calendar.add_workdays(start, 20)
    assert time.perf_counter() - began < 15, "about a second on an idle core; a day-by-day walk takes ten times that"
