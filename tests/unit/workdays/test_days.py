"""Reasons, provisional years, overrides, and what is refused."""

import datetime as dt

import pytest

from workdays import BEIJING, Calendar, CalendarError, Coverage, Override, WhyCode, YearNotice

CALENDAR = Calendar()
D = dt.date


@pytest.mark.parametrize(
    ("date", "is_workday", "code", "zh", "en"),
    [
        (D(2026, 11, 23), True, WhyCode.WORKDAY, "工作日", "Working day"),
        (D(2026, 11, 22), False, WhyCode.WEEKEND, "双休日", "Weekend"),
        (D(2026, 10, 1), False, WhyCode.STATUTORY_HOLIDAY, "国庆节放假", "Holiday: National Day"),
        (D(2026, 10, 7), False, WhyCode.HOLIDAY_IN_LIEU, "国庆节调休放假", "Day off in lieu, National Day"),
        (D(2026, 2, 14), True, WhyCode.MAKEUP_WORKDAY, "春节调休上班", "Make-up working day for Spring Festival"),
    ],
)
def test_a_published_day_says_why(date, is_workday, code, zh, en):
    day = CALENDAR.day(date)
    assert (day.date, day.is_workday, day.provisional, day.number) == (date, is_workday, False, None)
    assert (day.why.code, day.why.zh, day.why.en) == (code, zh, en)


def test_every_holiday_name_of_the_library_has_a_chinese_one():
    start = D(2004, 1, 1)
    days = [CALENDAR.day(start + dt.timedelta(days=i)) for i in range(23 * 365)]
    assert not [day for day in days if any(letter.isascii() and letter.isalpha() for letter in day.why.zh)]


REST_2027 = {
    "01-01": WhyCode.STATUTORY_HOLIDAY,
    "02-05": WhyCode.STATUTORY_HOLIDAY,
    "02-08": WhyCode.STATUTORY_HOLIDAY,
    "02-09": WhyCode.SUBSTITUTE_HOLIDAY,
    "02-10": WhyCode.SUBSTITUTE_HOLIDAY,
    "04-05": WhyCode.STATUTORY_HOLIDAY,
    "05-03": WhyCode.SUBSTITUTE_HOLIDAY,
    "05-04": WhyCode.SUBSTITUTE_HOLIDAY,
    "06-09": WhyCode.STATUTORY_HOLIDAY,
    "09-15": WhyCode.STATUTORY_HOLIDAY,
    "10-01": WhyCode.STATUTORY_HOLIDAY,
    "10-04": WhyCode.SUBSTITUTE_HOLIDAY,
    "10-05": WhyCode.SUBSTITUTE_HOLIDAY,
}


def test_2027_is_monday_to_friday_minus_the_statutory_minima_and_marked():
    days = [CALENDAR.day(D(2027, 1, 1) + dt.timedelta(days=i)) for i in range(365)]
    assert all(day.provisional and "未公布" in day.why.zh and "not published" in day.why.en for day in days)
    weekdays_off = {f"{day.date:%m-%d}": day.why.code for day in days if day.date.isoweekday() < 6 and not day.is_workday}
    assert weekdays_off == REST_2027
    assert not [day for day in days if day.date.isoweekday() > 5 and day.is_workday]
    assert CALENDAR.coverage(2027) is Coverage.STATUTORY_MINIMA


def test_later_years_have_fixed_dates_only_and_say_so():
    assert CALENDAR.coverage(2028) is Coverage.FIXED_DATES_ONLY
    days = [CALENDAR.day(D(2028, 1, 1) + dt.timedelta(days=i)) for i in range(366)]
    assert all(day.provisional and "农历节日未计入" in day.why.zh for day in days)
    off = [f"{day.date:%m-%d}" for day in days if day.date.isoweekday() < 6 and not day.is_workday]
    assert off == ["01-03", "05-01", "05-02", "10-02", "10-03", "10-04"]


def test_an_override_wins_over_a_published_past_day():
    """2026 amended after the fact, as the Labour Day of 2019 was: one day off more, one Saturday worked."""
    amended = Calendar(
        [
            Override(D(2026, 5, 6), is_workday=False, reason="劳动节假期延长", notice_no="测试令〔2026〕1号"),
            Override(D(2026, 5, 16), is_workday=True, reason="补班", notice_no="测试令〔2026〕1号"),
        ]
    )
    off, worked = amended.day(D(2026, 5, 6)), amended.day(D(2026, 5, 16))
    assert (off.is_workday, off.provisional, off.why.code) == (False, False, WhyCode.OVERRIDE_REST_DAY)
    assert off.why.zh == "放假：劳动节假期延长（测试令〔2026〕1号）"
    assert "测试令〔2026〕1号" in off.why.en
    assert (worked.is_workday, worked.why.code) == (True, WhyCode.OVERRIDE_WORKDAY)
    assert amended.add_workdays(D(2026, 4, 30), 3).date == D(2026, 5, 9)
    assert CALENDAR.add_workdays(D(2026, 4, 30), 3).date == D(2026, 5, 8), "other calendars are untouched"
    assert amended.count_inclusive(D(2026, 1, 1), D(2026, 12, 31)) == 248


def test_an_override_in_an_unpublished_year_is_firm_and_its_neighbours_are_not():
    calendar = Calendar([Override(D(2027, 1, 4), is_workday=False, reason="元旦调休", notice_no="测试令1号")])
    assert not calendar.day(D(2027, 1, 4)).provisional
    due = calendar.add_workdays(D(2026, 12, 4), 20)
    assert due.date == D(2027, 1, 5)
    assert due.provisional_days == (D(2027, 1, 1), D(2027, 1, 2), D(2027, 1, 3), D(2027, 1, 5))


def test_a_year_notice_makes_the_whole_year_firm():
    """A site that cannot update the library imports the notice: its overrides are the year, nothing is computed."""
    number = "测试办发明电〔2026〕9号"
    overrides = [
        Override(D(2027, 2, 9), is_workday=False, reason="春节调休", notice_no=number),
        Override(D(2027, 2, 20), is_workday=True, reason="春节调休上班", notice_no=number),
    ]
    calendar = Calendar(overrides, [YearNotice(2027, number)])
    assert calendar.coverage(2027) is Coverage.NOTICE
    assert calendar.published_until == D(2027, 12, 31)
    assert calendar.provisional_days(D(2026, 12, 31), D(2027, 12, 31)) == ()
    assert calendar.is_workday(D(2027, 2, 10)), "no substitute is computed beside the notice"
    assert not calendar.is_workday(D(2027, 10, 1)), "a forgotten statutory holiday stays one"
    assert number in calendar.day(D(2027, 10, 1)).why.zh
    assert calendar.is_workday(D(2027, 2, 20))
    assert calendar.day(D(2028, 1, 4)).provisional


def test_a_calendar_is_a_value():
    overrides = [Override(D(2026, 5, day), is_workday=False, reason="r", notice_no="n") for day in (6, 7)]
    one, other = Calendar(overrides), Calendar(reversed(overrides))
    one.day(D(2026, 1, 1))
    assert (one, hash(one), one.version) == (other, hash(other), other.version)
    assert one != CALENDAR
    with pytest.raises(AttributeError):
        one.overrides = ()


def test_the_version_changes_with_anything_that_can_change_an_answer():
    day = Override(D(2027, 5, 6), is_workday=False, reason="r", notice_no="n")
    work = Override(D(2027, 5, 6), is_workday=True, reason="r", notice_no="n")
    renamed = Override(D(2027, 5, 6), is_workday=False, reason="r", notice_no="m")
    calendars = [CALENDAR, Calendar([day]), Calendar([work]), Calendar([renamed]), Calendar([day], [YearNotice(2027, "n")])]
    assert len({calendar.version for calendar in calendars}) == len(calendars)
    assert CALENDAR.version == Calendar().version
    assert CALENDAR.version.startswith("chinesecalendar-")


def test_the_count_is_explained_day_by_day():
    shown = CALENDAR.explain(D(2026, 9, 30), 5)
    assert [(f"{day.date:%m-%d}", day.number) for day in shown] == [
        ("09-30", 0),
        *((f"10-0{i}", None) for i in range(1, 8)),
        ("10-08", 1),
        ("10-09", 2),
        ("10-10", 3),
        ("10-11", None),
        ("10-12", 4),
        ("10-13", 5),
    ]
    assert shown[0].why.code is WhyCode.START_DAY
    assert shown[10].why.code is WhyCode.MAKEUP_WORKDAY
    assert [day.number for day in CALENDAR.explain(D(2026, 10, 1), 0)] == [0]


def refused(call) -> tuple[str, str]:
    with pytest.raises(CalendarError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    assert caught.value.message in str(caught.value)
    return caught.value.reason, caught.value.field


def test_a_date_before_the_calendar_is_refused_by_name():
    with pytest.raises(ValueError, match="2003-12-31"):
        CALENDAR.day(D(2003, 12, 31))
    assert refused(lambda: CALENDAR.add_workdays(D(2003, 12, 31), 1)) == ("DATE_BEFORE_CALENDAR", "start")
    assert refused(lambda: CALENDAR.workdays_between(D(2003, 1, 1), D(2004, 1, 1))) == ("DATE_BEFORE_CALENDAR", "start_exclusive")
    assert refused(lambda: CALENDAR.workdays_between(D(2004, 1, 1), D(2003, 1, 1))) == ("DATE_BEFORE_CALENDAR", "end_inclusive")


def test_a_date_or_count_past_the_calendar_is_refused():
    assert CALENDAR.day(D(2100, 12, 31)).provisional
    assert refused(lambda: CALENDAR.day(D(2101, 1, 1))) == ("DATE_AFTER_CALENDAR", "date")
    assert refused(lambda: CALENDAR.add_workdays(D(2100, 12, 31), 1)) == ("DATE_AFTER_CALENDAR", "n")
    assert refused(lambda: CALENDAR.add_workdays(D(2026, 1, 1), 10**12)) == ("DATE_AFTER_CALENDAR", "n")
    assert refused(lambda: CALENDAR.add_natural_days(D(2026, 1, 1), 10**12)) == ("DATE_AFTER_CALENDAR", "n")


@pytest.mark.parametrize("n", [-1, 1.0, True, "3", None])
def test_a_count_is_a_whole_number_from_zero(n):
    assert refused(lambda: CALENDAR.add_workdays(D(2026, 1, 1), n)) == ("DAYS_NOT_A_COUNT", "n")
    assert refused(lambda: CALENDAR.add_natural_days(D(2026, 1, 1), n)) == ("DAYS_NOT_A_COUNT", "n")
    assert refused(lambda: CALENDAR.explain(D(2026, 1, 1), n)) == ("DAYS_NOT_A_COUNT", "n")


def test_a_moment_is_not_a_date():
    CALENDAR.day(D(2026, 1, 1))
    moment = dt.datetime(2026, 1, 1, tzinfo=BEIJING)
    assert refused(lambda: CALENDAR.day(moment)) == ("DATE_EXPECTED", "date")
    assert refused(lambda: CALENDAR.add_workdays(moment, 1)) == ("DATE_EXPECTED", "start")
    assert refused(lambda: Override(moment, is_workday=True, reason="r", notice_no="n")) == ("DATE_EXPECTED", "override.date")
    assert refused(lambda: CALENDAR.day("2026-01-01")) == ("DATE_EXPECTED", "date")


def test_a_window_is_not_reversed():
    assert refused(lambda: CALENDAR.count_inclusive(D(2026, 1, 2), D(2026, 1, 1))) == ("WINDOW_REVERSED", "last")


def test_bad_overrides_and_notices_are_refused():
    good = Override(D(2026, 1, 5), is_workday=False, reason="r", notice_no="n")
    assert refused(lambda: Calendar([good, good])) == ("OVERRIDE_DUPLICATE", "overrides")
    assert refused(lambda: Calendar([good], [YearNotice(2026, "n")] * 2)) == ("NOTICE_DUPLICATE", "notices")
    assert refused(lambda: Calendar([good], [YearNotice(2027, "n")])) == ("NOTICE_WITHOUT_DAYS", "notices")
    assert refused(lambda: Override(D(2026, 1, 5), is_workday=False, reason=" ", notice_no="n")) == ("TEXT_MISSING", "override.reason")
    assert refused(lambda: Override(D(2026, 1, 5), is_workday=False, reason="r", notice_no="")) == ("TEXT_MISSING", "override.notice_no")
    assert refused(lambda: Override(D(2003, 1, 5), is_workday=False, reason="r", notice_no="n")) == (
        "DATE_BEFORE_CALENDAR",
        "override.date",
    )
    assert refused(lambda: YearNotice(0, "n")) == ("DATE_AFTER_CALENDAR", "notice.year")
    assert refused(lambda: YearNotice(2003, "n")) == ("DATE_BEFORE_CALENDAR", "notice.year")
    assert refused(lambda: YearNotice(2027, "")) == ("TEXT_MISSING", "notice.notice_no")


def test_a_notice_of_a_year_the_library_knows_changes_no_day():
    calendar = Calendar([], [YearNotice(2026, "n")])
    assert calendar.coverage(2026) is Coverage.OFFICIAL
    assert calendar.day(D(2026, 10, 1)) == CALENDAR.day(D(2026, 10, 1))
