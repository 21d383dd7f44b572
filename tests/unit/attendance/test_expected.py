"""Schedule × rest day × holiday: who is expected on which date, and under which shift."""

from __future__ import annotations

from datetime import date, time

import pytest

from services.attendance.domain.expected import DatedShift, RosterEntry, expectation, in_force
from services.attendance.domain.shift import Shift
from workdays import Calendar, Override

STANDARD = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30))
WINTER = Shift(time(9, 0), time(12, 0), time(13, 30), time(17, 0))
LATE = Shift(time(10, 0), time(12, 0), time(14, 0), time(19, 0))
SHIFTS = [
    DatedShift("standard", date(2026, 1, 1), STANDARD),
    DatedShift("late", date(2026, 1, 1), LATE),
    DatedShift("standard", date(2026, 12, 1), WINTER),
]
OFFICIAL = Calendar()
AMENDED = Calendar(
    [
        Override(date(2026, 11, 24), False, "市庆放假", "示府办〔2026〕9号"),
        Override(date(2026, 11, 28), True, "调休上班", "示府办〔2026〕9号"),
    ]
)

MONDAY, TUESDAY, SATURDAY, NATIONAL_DAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 28), date(2026, 10, 1)
MAKE_UP_SATURDAY = date(2026, 2, 14)  # worked for the Spring Festival of 2026


@pytest.mark.parametrize(
    ("day", "roster", "calendar", "shift", "reason"),
    [
        (MONDAY, None, OFFICIAL, STANDARD, None),
        (SATURDAY, None, OFFICIAL, None, "REST_DAY"),
        (NATIONAL_DAY, None, OFFICIAL, None, "REST_DAY"),
        (MAKE_UP_SATURDAY, None, OFFICIAL, STANDARD, None),
        (TUESDAY, None, AMENDED, None, "REST_DAY"),
        (SATURDAY, None, AMENDED, STANDARD, None),
        (MONDAY, RosterEntry(None), OFFICIAL, None, "ROSTERED_OFF"),
        (SATURDAY, RosterEntry(None), OFFICIAL, None, "ROSTERED_OFF"),
        (NATIONAL_DAY, RosterEntry(None), OFFICIAL, None, "ROSTERED_OFF"),
        (MONDAY, RosterEntry("late"), OFFICIAL, LATE, None),
        (SATURDAY, RosterEntry("standard"), OFFICIAL, STANDARD, None),
        (NATIONAL_DAY, RosterEntry("late"), OFFICIAL, LATE, None),
        (TUESDAY, RosterEntry("standard"), AMENDED, STANDARD, None),
        (date(2026, 12, 1), None, OFFICIAL, WINTER, None),
        (date(2026, 11, 30), None, OFFICIAL, STANDARD, None),
        (date(2025, 12, 31), None, OFFICIAL, None, "NO_SHIFT"),
        (MONDAY, RosterEntry("night"), OFFICIAL, None, "NO_SHIFT"),
    ],
)
def test_who_is_expected_follows_roster_then_calendar(day, roster, calendar, shift, reason):
    found = expectation(day, roster, SHIFTS, calendar)
    assert (found.shift, found.reason) == (shift, reason)


def test_the_shift_in_force_is_the_latest_that_has_begun_whatever_the_order_of_rows():
    assert in_force(date(2026, 12, 24), list(reversed(SHIFTS))) == {"standard": WINTER, "late": LATE}
    assert in_force(date(2025, 1, 1), SHIFTS) == {}
