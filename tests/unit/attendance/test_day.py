"""The day function: pairing rule, grace, noon break, and what must never change a result."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain.day import ABNORMAL, NORMAL, judge
from services.attendance.domain.errors import ShiftError
from services.attendance.domain.shift import Shift

BEIJING = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
SHIFT = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30))
DAY = SHIFT.on(MONDAY, BEIJING)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BEIJING)


def findings(*clocks: str, shift: Shift = SHIFT) -> list[tuple[str, str, int]]:
    result = judge(shift.on(MONDAY, BEIJING), [at(clock) for clock in clocks])
    return [(f.half, f.kind, f.minutes) for f in result.findings]


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        (("08:20", "12:01", "13:55", "17:31"), []),
        (("08:20", "17:31"), []),
        (("08:30:59", "17:30:01"), []),
        (("08:31", "17:30"), [("am", "late", 1)]),
        (("08:37", "12:00", "14:00", "17:30"), [("am", "late", 7)]),
        (("08:20", "17:29:59"), [("pm", "early", 1)]),
        (("08:20", "17:10"), [("pm", "early", 20)]),
        (("08:20", "11:57", "14:00", "17:30"), [("am", "early", 3)]),
        (("08:20", "12:00", "14:12", "17:30"), [("pm", "late", 12)]),
        (("08:20", "12:00", "17:30"), []),
        # An odd number of punches leaves the noon side open: here somebody went out on an errand and came back.
        (("08:20", "09:30", "10:00", "17:30"), []),
        (("08:20", "15:00", "15:30", "17:30"), []),
        ((), [("am", "absent_half_day", 0), ("pm", "absent_half_day", 0)]),
        (("08:20",), [("pm", "absent_half_day", 0)]),
        (("08:20", "12:00"), [("pm", "absent_half_day", 0)]),
        (("08:20", "11:00"), [("am", "early", 60), ("pm", "absent_half_day", 0)]),
        (("13:50", "17:30"), [("am", "absent_half_day", 0)]),
        (("17:30",), [("am", "absent_half_day", 0)]),
        (("14:05", "17:00"), [("am", "absent_half_day", 0), ("pm", "late", 5), ("pm", "early", 30)]),
        # 13:00 is the middle of the noon break.
        (("08:20", "12:59:59", "13:00", "17:30"), []),
        # Outside the day's windows.
        (("05:29:59", "23:30"), [("am", "absent_half_day", 0), ("pm", "absent_half_day", 0)]),
        (("05:30", "23:29:59"), []),
    ],
)
def test_a_day_is_judged_by_the_pairing_rule(clocks, expected):
    assert findings(*clocks) == expected


@pytest.mark.parametrize(
    ("grace", "clocks", "expected"),
    [
        (0, ("08:31", "17:30"), [("am", "late", 1)]),
        (5, ("08:35", "17:25"), []),
        (5, ("08:36", "17:24"), [("am", "late", 6), ("pm", "early", 6)]),
    ],
)
def test_grace_forgives_whole_minutes_and_counts_from_the_start_once_exceeded(grace, clocks, expected):
    shift = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30), grace_minutes=grace)
    assert findings(*clocks, shift=shift) == expected


def test_two_methods_within_a_minute_are_one_punch_in_the_persons_favour():
    result = judge(DAY, [at("08:29:50"), at("08:30:40"), at("17:29:30"), at("17:30:05")])
    assert result.status == NORMAL
    assert result.punch_count == 2


def test_the_finding_names_the_punch_it_rests_on():
    late, early = judge(DAY, [at("08:37:12"), at("17:00:30")]).findings
    assert (late.at, early.at) == (at("08:37:12"), at("17:00:30"))
    assert judge(DAY, []).findings[0].at is None


def test_the_november_example_of_the_field():
    """domain 5.6: late on the 3rd, 9th and 17th, absent in the afternoon of the 24th."""
    kinds = []
    for day, clocks in {
        3: ("08:40", "17:40"),
        9: ("08:35", "17:31"),
        17: ("08:31", "18:00"),
        20: ("08:20", "17:31"),
        24: ("08:10", "12:02"),
    }.items():
        date_ = date(2026, 11, day)
        result = judge(SHIFT.on(date_, BEIJING), [at(clock, date_) for clock in clocks])
        kinds.append([(f.half, f.kind) for f in result.findings])
    assert kinds == [[("am", "late")], [("am", "late")], [("am", "late")], [], [("pm", "absent_half_day")]]


_moments = st.lists(st.integers(0, 86_399).map(lambda s: datetime.combine(MONDAY, time(), BEIJING) + timedelta(seconds=s)), max_size=12)


@given(_moments, st.randoms())
def test_the_order_of_punches_changes_nothing(punches, random):
    shuffled = list(punches)
    random.shuffle(shuffled)
    assert judge(DAY, shuffled) == judge(DAY, punches)


@given(_moments, st.data())
def test_a_duplicate_punch_changes_nothing(punches, data):
    again = [*punches, *data.draw(st.lists(st.sampled_from(punches), max_size=5))] if punches else punches
    assert judge(DAY, again) == judge(DAY, punches)


@given(_moments)
def test_punches_of_other_days_change_nothing(punches):
    others = [punch + timedelta(days=days) for punch in punches for days in (-2, 2)]
    assert judge(DAY, [*punches, *others]) == judge(DAY, punches)


@given(_moments)
def test_an_arrival_before_the_start_and_a_departure_after_the_end_leave_no_late_morning_and_no_early_evening(punches):
    result = judge(DAY, [*punches, at("08:00"), at("18:30")])
    kinds = {(f.half, f.kind) for f in result.findings}
    early_birds = [p for p in punches if p < at("08:00")]
    assert ("am", "late") not in kinds or not early_birds
    assert ("pm", "early") not in kinds
    assert not {("am", "absent_half_day"), ("pm", "absent_half_day")} & kinds


@given(_moments)
def test_a_result_is_abnormal_exactly_when_it_has_findings(punches):
    result = judge(DAY, punches)
    assert (result.status == ABNORMAL) == bool(result.findings)
    assert all(f.minutes > 0 for f in result.findings if f.kind != "absent_half_day")
    assert len({(f.half, f.kind) for f in result.findings}) == len(result.findings)


@pytest.mark.parametrize(
    ("times", "grace", "closing", "reason"),
    [
        (("08:30", "08:30", "14:00", "17:30"), 0, 10, "SHIFT_TIMES_ORDER"),
        (("08:30", "12:00", "11:59", "17:30"), 0, 10, "SHIFT_TIMES_ORDER"),
        (("08:30", "12:00", "14:00", "13:00"), 0, 10, "SHIFT_TIMES_ORDER"),
        (("08:30", "12:00", "14:00", "17:30"), 61, 10, "SHIFT_GRACE"),
        (("08:30", "12:00", "14:00", "17:30"), 0, -1, "SHIFT_CLOSING"),
    ],
)
def test_a_shift_no_day_can_follow_is_refused_with_its_reason(times, grace, closing, reason):
    with pytest.raises(ShiftError) as caught:
        Shift(*map(time.fromisoformat, times), grace_minutes=grace, closing_minutes=closing)
    assert caught.value.reason == reason


def test_a_shift_in_another_zone_is_judged_by_its_own_clock():
    urumqi = SHIFT.on(MONDAY, ZoneInfo("Asia/Urumqi"))
    punches = [
        datetime.combine(MONDAY, time(8, 20), ZoneInfo("Asia/Urumqi")),
        datetime.combine(MONDAY, time(17, 31), ZoneInfo("Asia/Urumqi")),
    ]
    assert judge(urumqi, punches).status == NORMAL
    assert judge(DAY, punches).status == ABNORMAL
