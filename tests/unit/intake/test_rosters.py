"""The roster: which day suits which kind, slots that tile the hours, and what bookings protect."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workdays
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rosters import (
    EXTENDED,
    HOLIDAY,
    KINDS,
    ORDINARY,
    RosterChanged,
    RosterEntry,
    RosterMisfitFound,
    RosterPublished,
    Taken,
    Terms,
    check_bookings,
)
from services.intake.domain.rules import Book
from tests.unit.intake.cases import BEIJING, day, on, told


def an_entry(date="2026-11-24", kind=ORDINARY, **over) -> RosterEntry:
    given_ = {
        "entry_id": "e1", "region": "52.02", "hall_id": "h1", "window_id": "w1", "day": day(date), "kind": kind, "starts": dt.time(9),
        "ends": dt.time(10), "slot_minutes": 30, "capacity": 2, "staff_ids": ["s1"], "published_by": "s9", "published_at": on("2026-09-20").at,
        "calendar_edition": 0,
    }  # fmt: skip
    return RosterEntry(**{**given_, **over})


def terms(**over) -> Terms:
    return Terms(**{**vars(an_entry().terms()), **over})


def turned(date: str, *, workday: bool, revision: int = 1) -> Book:
    """The calendar in which that day is the other way round."""
    return Book(workdays.Calendar([workdays.Override(day(date), workday, "调整", "国办发〔2026〕9号")]), revision)


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason
    return caught.value


@given(date=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), kind=st.sampled_from(KINDS))
def test_a_holiday_entry_lies_on_rest_days_and_every_other_on_working_days(date, kind):
    now = on("2025-12-30")
    entry = an_entry(date.isoformat(), kind)
    if now.calendar.is_workday(date) == (kind != HOLIDAY):
        assert told(entry.publish(now), RosterPublished)[0].version == 1
    else:
        refused("DAY_IS_WORKDAY" if kind == HOLIDAY else "DAY_IS_REST_DAY", entry.publish, now)
        assert entry.pending_events == []


def test_a_make_up_saturday_is_refused_for_a_holiday_with_its_reason():
    error = refused("DAY_IS_WORKDAY", an_entry("2026-10-10", HOLIDAY).publish, on("2026-09-25"))
    assert error.metadata == {"day": "2026-10-10", "why": "makeup_workday"}
    an_entry("2026-10-10", EXTENDED).publish(on("2026-09-25"))


@given(first=st.integers(0, 1300), length=st.integers(1, 20), minutes=st.integers(5, 100))
def test_slots_tile_the_hours(first, length, minutes):
    last = first + length * minutes
    if last >= 24 * 60:
        return
    entry = an_entry(starts=dt.time(first // 60, first % 60), ends=dt.time(last // 60, last % 60), slot_minutes=minutes)
    entry.terms().check()
    slots = entry.slots
    assert len(slots) == length
    assert all(end - start == dt.timedelta(minutes=minutes) for start, end in slots)
    assert all(before[1] == after[0] for before, after in pairwise(slots))
    assert (slots[0][0].time(), slots[-1][1].time(), slots[0][0].tzinfo) == (entry.starts, entry.ends, workdays.BEIJING)


@pytest.mark.parametrize(
    ("over", "reason", "field"),
    [
        ({"ends": dt.time(9)}, "ROSTER_HOURS_INVALID", "ends"),
        ({"ends": dt.time(8)}, "ROSTER_HOURS_INVALID", "ends"),
        ({"slot_minutes": 4}, "SLOT_MINUTES_INVALID", "slot_minutes"),
        ({"slot_minutes": 481}, "SLOT_MINUTES_INVALID", "slot_minutes"),
        ({"slot_minutes": 45}, "SLOTS_UNEVEN", "slot_minutes"),
        ({"capacity": 0}, "CAPACITY_INVALID", "capacity"),
        ({"kind": HOLIDAY, "staff_ids": ()}, "DUTY_STAFF_REQUIRED", "staff_ids"),
        ({"kind": EXTENDED, "staff_ids": ()}, "DUTY_STAFF_REQUIRED", "staff_ids"),
    ],
)
def test_terms_that_cannot_be(over, reason, field):
    with pytest.raises(Invalid) as caught:
        terms(**over).check()
    assert (caught.value.reason, caught.value.metadata["field"]) == (reason, field)


def test_ordinary_hours_need_nobody_named():
    terms(staff_ids=()).check()


@pytest.mark.parametrize(
    ("date", "now", "reason"), [("2026-11-23", on("2026-11-23"), "DAY_PAST"), ("2028-01-04", on("2026-11-23"), "DAY_TOO_FAR")]
)
def test_a_day_that_has_begun_or_is_years_away_takes_no_roster(date, now, reason):
    refused(reason, an_entry(date).publish, now)


def test_a_change_says_what_changed_and_who_is_off_duty():
    entry = an_entry().publish(on("2026-11-20"))
    assert entry.change(terms(staff_ids=("s2", "s3"), capacity=3), on("2026-11-23")) == ("capacity", "staff_ids")
    (change,) = told(entry, RosterChanged)
    assert (change.version, change.changed, change.removed_staff_ids) == (2, ("capacity", "staff_ids"), ("s1",))
    assert entry.change(entry.terms(), on("2026-11-23")) == ()
    assert entry.version == 2


def test_after_its_end_nothing_changes():
    entry = an_entry().publish(on("2026-11-20"))
    refused("ROSTER_OVER", entry.change, terms(capacity=3), on("2026-11-24"))
    refused("ROSTER_OVER", entry.withdraw, "x", "s9", on("2026-11-24", 12))
    entry = an_entry().publish(on("2026-11-20"))
    entry.withdraw("停电", "s9", on("2026-11-23"))
    refused("ROSTER_WITHDRAWN", entry.withdraw, "x", "s9", on("2026-11-23"))


def test_a_calendar_that_turns_and_turns_back_is_told_each_time_once():
    entry = an_entry().publish(on("2026-11-20"))
    turning, back = turned("2026-11-24", workday=False), turned("2026-11-24", workday=True, revision=2)
    for book in (turning, turning, back, back):
        entry.recheck(on("2026-11-23", book=book))
    assert [type(event) for event in entry.pending_events] == [RosterPublished, RosterMisfitFound, RosterChanged]
    assert told(entry, RosterMisfitFound)[0].why == "override_rest_day"
    assert (entry.misfit, entry.calendar_edition) == (None, back.edition)


def test_another_kind_ends_the_misfit_and_must_itself_suit_the_day():
    entry = an_entry(kind=EXTENDED).publish(on("2026-11-20"))
    now = on("2026-11-23", book=turned("2026-11-24", workday=False))
    entry.recheck(now)
    assert entry.misfit == "override_rest_day"
    entry.change(terms(kind=EXTENDED, capacity=5), now)
    assert entry.misfit == "override_rest_day"
    entry.change(terms(kind=HOLIDAY), now)
    assert entry.misfit is None


taken_slots = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=6, unique_by=lambda slot: slot[0])


@given(taken=taken_slots, start=st.integers(0, 4), count=st.integers(1, 4), capacity=st.integers(1, 4))
def test_terms_hold_exactly_when_everybody_who_is_booked_keeps_his_place(taken, start, count, capacity):
    """Slots of half an hour from 09:00; each booked one is either inside the new hours with room for its bookings, or the terms are refused."""
    nine = dt.datetime(2026, 11, 24, 9, tzinfo=BEIJING)
    half = dt.timedelta(minutes=30)
    rows = [Taken(nine + number * half, nine + (number + 1) * half, booked) for number, booked in taken]
    first = (nine + start * half).time()
    last = (nine + (start + count) * half).time()
    entry = an_entry(starts=first, ends=last, capacity=capacity)
    fits = all(booked == 0 or (start <= number < start + count and booked <= capacity) for number, booked in taken)
    if fits:
        check_bookings(entry, rows)
    else:
        refused("ROSTER_HAS_BOOKINGS", check_bookings, entry, rows)
