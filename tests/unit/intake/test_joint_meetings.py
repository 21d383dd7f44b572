"""Meetings, on-site inspections and conduct: what may be written down when, and by whom it may be judged."""

import datetime as dt

import pytest

from services.intake.domain.errors import Refused
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.conduct import ConductDecided, JointConduct
from services.intake.domain.joint.inspections import JointInspection, Outcome, latest_day
from services.intake.domain.joint.meetings import JointMeeting, Point, Seat
from tests.unit.intake.cases import day, on, told

AT = on("2026-11-26", 14).at
POINT = Point("j1", "c1", "n1", ("u1", "u2"))


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def a_meeting(kind="regular", reason="", points=(POINT,), now=None, at=AT) -> JointMeeting:
    meeting = JointMeeting("m1", "52.02", "h1", kind, at, "三楼", reason, "s1", on("2026-11-23").at)
    return meeting.schedule(points, ["u5"], now=now or on("2026-11-23"))


def seats(*units, status="present"):
    return [Seat(unit, status, "s9" if status == "present" else None) for unit in units]


def test_a_meeting_lies_ahead_has_an_agenda_and_ad_hoc_a_reason():
    assert a_meeting().units == ["u1", "u2", "u5"]
    refused("MEETING_REASON_REQUIRED", a_meeting, "ad_hoc", " ")
    refused("AGENDA_EMPTY", a_meeting, points=())
    refused("MEETING_TIME_PAST", a_meeting, now=on("2026-11-26", 14))


def test_units_named_since_are_called_by_adding_theirs_again():
    meeting = a_meeting()
    refused("AGENDA_UNCHANGED", meeting.put_on_agenda, [POINT], ["u5"], now=on("2026-11-24"))
    meeting.put_on_agenda([Point("j1", "c1", "n1", ("u1", "u2", "u3"))], [], now=on("2026-11-24"))
    assert (meeting.units, len(meeting.agenda)) == (["u1", "u2", "u5", "u3"], 1)


def test_a_meeting_is_moved_with_a_reason_and_says_from_where():
    meeting = a_meeting()
    later = AT + dt.timedelta(days=1)
    refused("REASON_REQUIRED", meeting.move, later, place=None, reason="", by="s1", now=on("2026-11-24"))
    refused("MEETING_UNMOVED", meeting.move, AT, place=None, reason="x", by="s1", now=on("2026-11-24"))
    refused("MEETING_TIME_PAST", meeting.move, AT, place="二楼", reason="x", by="s1", now=on("2026-11-27"))
    meeting.move(later, place="二楼", reason="停电", by="s1", now=on("2026-11-24"))
    assert (meeting.starts_at, meeting.place, meeting.moves[0]["from_place"]) == (later, "二楼", "三楼")
    assert told(meeting, h.MeetingMoved)[0].before == AT


def test_who_came_is_known_of_every_unit_that_was_called_once_it_has_begun():
    meeting, now = a_meeting(), on("2026-11-26", 15)
    refused("MEETING_NOT_BEGUN", meeting.attend, seats("u1", "u2", "u5"), now=on("2026-11-26", 13))
    refused("ATTENDANCE_INCOMPLETE", meeting.attend, seats("u1", "u2"), now=now)
    refused("ATTENDANCE_TWICE", meeting.attend, seats("u1", "u2", "u5", "u1"), now=now)
    refused("ATTENDANT_REQUIRED", meeting.attend, [*seats("u1", "u2"), Seat("u5", "present")], now=now)
    refused("NOBODY_PRESENT", meeting.attend, seats("u1", "u2", "u5", status="absent"), now=now)
    refused("MEETING_NOT_HELD", meeting.minute, "1", "x", {"j1": "x"}, by="s1", now=now)
    meeting.attend([*seats("u1", "u2", "u7"), Seat("u5", "excused", note="请假")], now=now)
    meeting.attend(seats("u1", "u2", "u5"), now=now)
    assert (meeting.state, len(told(meeting, h.MeetingHeld)), len(meeting.seats)) == ("held", 1, 3)
    refused("MEETING_NOT_PLANNED", meeting.cancel, "x", by="s1", now=now)
    refused("MEETING_NOT_PLANNED", meeting.put_on_agenda, [], ["u8"], now=now)


def test_minutes_have_a_resolution_for_each_point_and_close_the_meeting():
    meeting, now = a_meeting(), on("2026-11-26", 15)
    meeting.attend(seats("u1", "u2", "u5"), now=now)
    refused("RESOLUTION_MISSING", meeting.minute, "1", "x", {}, by="s1", now=now)
    refused("NOT_ON_AGENDA", meeting.minute, "1", "x", {"j1": "x", "j9": "x"}, by="s1", now=now)
    meeting.minute("纪要1号", "x", {"j1": "原则同意"}, by="s1", now=now)
    assert (meeting.state, meeting.agenda[0]["resolution"]) == ("minuted", "原则同意")
    refused("MEETING_CLOSED", meeting.attend, seats("u1", "u2", "u5"), now=now)
    refused("MEETING_CLOSED", meeting.minute, "2", "x", {"j1": "x"}, by="s1", now=now)
    assert [e.version for e in meeting.pending_events] == [1, 2, 3]


def test_a_cancelled_meeting_is_not_held():
    meeting = a_meeting()
    refused("REASON_REQUIRED", meeting.cancel, " ", by="s1", now=on("2026-11-24"))
    meeting.cancel("停电", by="s1", now=on("2026-11-24"))
    refused("MEETING_CLOSED", meeting.attend, seats("u1", "u2", "u5"), now=on("2026-11-26", 15))


def an_inspection(planned="2026-11-25", latest="2026-11-30") -> JointInspection:
    made = JointInspection(
        "k1",
        "j1",
        "c1",
        "n1",
        "52.02",
        "h1",
        "sealed",
        day(planned),
        ["u2", "u3"],
        "s1",
        on("2026-11-23").at,
        latest=latest and day(latest),
    )
    return made.plan(on("2026-11-23"))


def found(done="2026-11-25", who=("u2", "u3")) -> Outcome:
    return Outcome(tuple(seats(*who)), "场地平整", "passed", "同意", day(done))


def test_an_inspection_lies_inside_the_limits_that_run():
    refused("INSPECTION_DAY_PAST", an_inspection, "2026-11-22")
    refused("INSPECTION_AFTER_LIMIT", an_inspection, "2026-12-01")
    assert an_inspection("2026-12-01", None).latest is None
    assert latest_day(day("2026-11-30"), None, day("2026-11-27")) == day("2026-11-27")
    assert latest_day(None, None) is None
    made = an_inspection()
    refused("INSPECTION_UNMOVED", made.move, day("2026-11-25"), "x", latest=None, by="s1", now=on("2026-11-24"))
    refused("INSPECTION_AFTER_LIMIT", made.move, day("2026-12-02"), "雨", latest=day("2026-12-01"), by="s1", now=on("2026-11-24"))
    made = an_inspection()
    made.move(day("2026-11-26"), "雨", latest=day("2026-12-01"), by="s1", now=on("2026-11-24"))
    assert (made.planned_on, made.moves[0]["from_on"]) == (day("2026-11-26"), "2026-11-25")


@pytest.mark.parametrize(("latest", "in_time"), [("2026-11-30", True), ("2026-11-24", False), (None, True)])
def test_what_was_done_too_late_is_recorded_as_that(latest, in_time):
    made = an_inspection()
    refused("PARTICIPANTS_INCOMPLETE", made.record, found(who=("u2",)), by="s1", latest=None, now=on("2026-11-25"))
    refused("INSPECTION_DAY_WRONG", made.record, found("2026-11-26"), by="s1", latest=None, now=on("2026-11-25"))
    refused("INSPECTION_DAY_WRONG", made.record, found("2026-11-22"), by="s1", latest=None, now=on("2026-11-25"))
    made.record(found(), by="s1", latest=latest and day(latest), now=on("2026-11-25"))
    assert (made.state, made.in_time, made.result) == ("done", in_time, "passed")
    refused("INSPECTION_NOT_PLANNED", made.cancel, "x", on("2026-11-25"))


def a_conduct(kind="obstruct", **over) -> JointConduct:
    given = {
        "conduct_id": "d1", "kind": kind, "region": "52.02", "hall_id": "h1", "handling_id": "j1", "case_id": "c1", "unit_id": "u2", "window_id": None,
        "staff_id": "s2", "occurred_at": on("2026-11-23", 9).at, "recorded_at": on("2026-11-23").at, "recorded_by": "s8", "recorded_identity": "s8",
        "evidence": "x",
    }  # fmt: skip
    made = JointConduct(**{**given, **over})
    made.record()
    return made


def test_an_obstruction_names_a_person_and_support_a_unit():
    refused("SUBJECT_MISSING", a_conduct, staff_id=None)
    refused("OCCURRED_IN_FUTURE", a_conduct, occurred_at=on("2026-11-24").at)
    assert a_conduct("support", staff_id=None).version == 1


def test_a_second_person_decides_and_a_rejection_is_final():
    conduct = a_conduct(recorded_by="s7")
    for same in ("s7", "s8", "s2"):
        refused("SAME_PERSON", conduct.decide, true=True, by=same, note="x", at=on("2026-11-24").at)
    conduct.decide(true=True, by="s9", note="x", at=on("2026-11-24").at)
    refused("CONDUCT_DECIDED", conduct.decide, true=True, by="s9", note="x", at=on("2026-11-24").at)
    conduct.decide(true=False, by="s9", note="x", at=on("2026-11-25").at)
    refused("CONDUCT_DECIDED", conduct.decide, true=True, by="s9", note="x", at=on("2026-11-26").at)
    assert [e.version for e in told(conduct, ConductDecided)] == [2, 3]
