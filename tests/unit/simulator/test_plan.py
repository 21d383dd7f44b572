"""The plan's expectations were written by hand; here the rules of the field say the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import workdays
from services.attendance.domain.day import judge
from services.attendance.domain.shift import Shift
from services.intake.domain.rules import Rules
from simulator import city as cities
from simulator.plan import cases, expectation, inspection, people
from simulator.timeline import DAY, ZONE, at

CITY = cities.read(Path(__file__).parents[3] / "data/sample_city")
SHIFT = Shift(dt.time(8, 30), dt.time(12), dt.time(13, 30), dt.time(17, 30)).on(DAY, ZONE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_punches_give_exactly_the_planned_marks(seed):
    """Late, early and absent by attendance's own day function, for every one of the sixty."""
    punches = people.punches(CITY, Random(seed))
    wrong_clock = {at(wrong) for _, wrong, _ in people.TWICE}
    given = set()
    for row in CITY.staff:
        mine = [punch.moment for punch in punches if punch.pin == row["pin"] and punch.moment not in wrong_clock]
        given |= {people.Mark(row["staff_id"], mark.kind, mark.half, mark.minutes) for mark in judge(SHIFT, mine).findings}

    assert given == people.marks()


def test_punches_under_the_wrong_clock_are_those_of_the_two_who_punch_again():
    punches = people.punches(CITY, Random(1))

    early = [punch for punch in punches if punch.hall_id == people.CLOCK_HALL and punch.moment < people.CLOCK_SET_AT]

    assert len(early) == len(people.TWICE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_overdue_day_follows_from_the_calendar(seed):
    calendar = workdays.Calendar()
    for script in cases.scripts(CITY, Random(seed)):
        if not script.accepted:
            assert script.overdue == 0
            continue
        accepted = next((step.at for step in script.steps if step.what == "accept"), script.steps[0].at)
        item = CITY.items[script.item_id]
        budget = int(item["promised_days"])
        add = calendar.add_natural_days if item["day_kind"] == "natural" else calendar.add_workdays
        due = accepted.date() if item["time_class"] == "immediate" else add(accepted.date(), budget).date

        assert script.overdue == max(0, calendar.workdays_between(due, DAY)), script.key


def test_a_case_without_a_word_is_accepted_by_law_on_the_day_that_is_played():
    calendar = workdays.Calendar()
    deemed = [script for script in cases.scripts(CITY, Random(1)) if script.deemed]

    assert len(deemed) == 1
    received = deemed[0].steps[0].at.date()
    assert calendar.workdays_between(received, DAY) == Rules().notice_days + 1


def test_steps_of_a_window_never_put_another_decision_between_a_decision_and_its_key_press():
    """A key press speaks about the window's last decision."""
    for steps in cases.by_window(cases.scripts(CITY, Random(1))).values():
        decided = None
        for script, step in steps:
            if step.what == "decide":
                decided = script.key
            elif step.what == "rate_by_device":
                assert decided == script.key


def test_score_lines_rest_on_what_is_planned():
    """Counts of late, early, absent and overdue in the expected sheets against people and cases."""
    window_of = {row["staff_id"]: row.get("window_id") for row in CITY.staff}
    lines = Counter(code for sheet in expectation.XZK_WINDOWS.values() for code, _ in sheet)
    at_windows = [mark for mark in people.marks() if window_of[mark.staff_id]]
    scripts = cases.scripts(CITY, Random(1))

    assert lines["XZK-5D-10"] == sum(mark.kind in (people.LATE, people.EARLY) for mark in at_windows)
    assert lines["XZK-5D-11"] == sum(mark.kind == people.ABSENT for mark in at_windows)
    assert lines["XZK-5C-3"] == sum(script.overdue for script in scripts if not script.excused_at)
    assert lines["XZK-5C-2b"] == sum(script.deemed + script.repeated_notice for script in scripts)
    for window, sheet in expectation.XZK_WINDOWS.items():
        overdue = sum(script.overdue for script in scripts if script.window_id == window and not script.excused_at)
        assert sum(code == "XZK-5C-3" for code, _ in sheet) == overdue, window
    excused = {script.window_id: script.overdue for script in scripts if script.excused_at}
    assert {window: len(reversed_) for window, reversed_ in expectation.REVERSED.items()} == excused
    persons = Counter(code for sheet in expectation.MJ_PERSONS.values() for code, _ in sheet)
    away = sum(finding.kind == "OFF_POST" and finding.verdict == inspection.TRUE for finding in inspection.FINDINGS)
    assert persons["MJ-20-7a"] == sum(mark.kind in (people.LATE, people.EARLY) for mark in people.marks()) + away
    assert persons["MJ-20-7b"] == sum(mark.kind == people.ABSENT for mark in people.marks())


def test_the_same_seed_plays_the_same_day():
    assert cases.scripts(CITY, Random(7)) == cases.scripts(CITY, Random(7))
    assert people.punches(CITY, Random(7)) == people.punches(CITY, Random(7))
