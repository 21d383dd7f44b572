"""Revisions: a later result replaces the earlier one, the same result says nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from contracts import REGISTRY
from services.attendance.domain.day import judge
from services.attendance.domain.person_day import PersonDay
from services.attendance.domain.shift import Shift
from services.attendance.events import MAPPERS

NOW = datetime(2026, 11, 23, 9, 45, tzinfo=UTC)
DAY = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30)).on(date(2026, 11, 23), ZoneInfo("Asia/Shanghai"))


def a_person_day() -> PersonDay:
    return PersonDay("s0001", date(2026, 11, 23), "h0001", "52.02", "u0001", "w0001")


def said(day: PersonDay) -> list[tuple[str, int, dict]]:
    events = [MAPPERS[type(event)](day, event) for event in day.pending_events]
    day.pending_events.clear()
    for event in events:
        REGISTRY.get(event.type).validate(event.data)
        assert event.subject == "s0001/2026-11-23"
    return [(event.type.removeprefix("attendance."), event.version, event.data) for event in events]


def moment(clock: str) -> datetime:
    return datetime.combine(date(2026, 11, 23), time.fromisoformat(clock), ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def test_the_first_result_is_revision_one_with_one_event_per_mark():
    day = a_person_day()
    assert day.assess(judge(DAY, [moment("08:37"), moment("12:00")]), NOW)
    events = said(day)
    assert [(kind, version) for kind, version, _ in events] == [("day.assessed", 1), ("person.late", 2), ("person.absent", 3)]
    whole = events[0][2]
    assert (whole["status"], whole["revision"], whole["punch_count"]) == ("abnormal", 1, 2)
    assert [mark["mark_id"] for mark in whole["marks"]] == ["s0001/2026-11-23/am/late", "s0001/2026-11-23/pm/absent_half_day"]
    assert (events[1][2]["half"], events[1][2]["minutes"]) == ("am", 7)


def test_the_same_result_again_says_nothing():
    day = a_person_day()
    day.assess(judge(DAY, []), NOW)
    said(day)
    assert not day.assess(judge(DAY, []), NOW)
    assert day.pending_events == []
    assert day.revision == 1


def test_late_punches_make_a_new_revision_that_tells_only_new_marks_apart():
    day = a_person_day()
    day.assess(judge(DAY, [moment("08:37")]), NOW)
    said(day)
    assert day.assess(judge(DAY, [moment("08:37"), moment("17:00")]), NOW)
    events = said(day)
    assert [(kind, version) for kind, version, _ in events] == [("day.assessed", 4), ("person.left_early", 5)]
    assert events[0][2]["revision"] == 2
    assert [mark["kind"] for mark in events[0][2]["marks"]] == ["late", "early"]


@pytest.mark.parametrize("clocks", [("08:20", "17:31"), ("08:20", "12:00", "14:00", "17:31")])
def test_an_absence_is_taken_back_by_a_normal_revision(clocks):
    day = a_person_day()
    day.assess(judge(DAY, []), NOW)
    said(day)
    day.assess(judge(DAY, map(moment, clocks)), NOW)
    ((kind, version, data),) = said(day)
    assert (kind, version, data["status"], data["marks"], data["revision"]) == ("day.assessed", 4, "normal", [], 2)
