"""Requests and answers of meetings on joint handlings."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_moment,
    an_id,
    many,
    maybe_day,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    words,
)
from services.intake.domain.joint.meetings import ATTENDANCES, MEETING_KINDS, MEETING_STATES


class ScheduleJointMeeting(Schema):
    """A meeting on handlings."""

    hall_id = an_id()
    kind = must_be(*MEETING_KINDS)
    starts_at = maybe_moment()
    place = maybe_words(200)
    reason = maybe_words(1000)
    handling_ids = many(an_id(), at_least=1, at_most=100)
    unit_ids = many(an_id(), at_most=100)
    staff_id = maybe_id()


class PutOnJointAgenda(Schema):
    """More for the agenda."""

    meeting_id = an_id()
    handling_ids = many(an_id(), at_most=100)
    unit_ids = many(an_id(), at_most=100)


class MoveJointMeeting(Schema):
    """Another time or room."""

    meeting_id = an_id()
    starts_at = a_moment()
    place = maybe_words(200, default=None)
    reason = maybe_words(1000)
    staff_id = maybe_id()


class CancelJointMeeting(Schema):
    """It does not take place."""

    meeting_id = an_id()
    reason = maybe_words(1000)
    staff_id = maybe_id()


class JointSeat(Schema):
    """Who was there for a unit."""

    unit_id = an_id()
    status = must_be(*ATTENDANCES)
    staff_id = maybe_id()
    note = maybe_words(200)


class RecordJointAttendance(Schema):
    """Who came."""

    meeting_id = an_id()
    attendance = many(JointSeat, at_least=1, at_most=100)


class JointResolution(Schema):
    """What was resolved on one handling."""

    handling_id = an_id()
    resolution = words(2000)


class RecordJointMinutes(Schema):
    """The minutes."""

    meeting_id = an_id()
    minutes_no = words(100)
    minutes = words(20000)
    resolutions = many(JointResolution, at_least=1, at_most=100)
    staff_id = maybe_id()


class ListJointMeetings(PageRequest):
    """Filters and page."""

    hall_id, handling_id, unit_id = maybe_id(), maybe_id(), maybe_id()
    kind = one_of(*MEETING_KINDS)
    state = one_of(*MEETING_STATES)
    day_from, day_to = maybe_day(), maybe_day()


class JointAgendaPoint(Schema):
    """A point of the agenda."""

    handling_id, case_id, case_no, resolution = fields.String(), fields.String(), fields.String(), fields.String()


class JointMeetingMove(Schema):
    """Where and when it was to be before."""

    at, by, reason, from_at, from_place = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class JointMeeting(Schema):
    """A meeting."""

    meeting_id, region, hall_id, kind = fields.String(), fields.String(), fields.String(), fields.String()
    starts_at = fields.AwareDateTime()
    place, reason, called_by, state = fields.String(), fields.String(), fields.String(), fields.String()
    called_at = fields.AwareDateTime()
    agenda = fields.List(fields.Nested(JointAgendaPoint))
    units = fields.List(fields.String())
    seats = fields.List(fields.Nested(JointSeat))
    moves = fields.List(fields.Nested(JointMeetingMove))
    minutes_no, minutes, minuted_by = fields.String(), fields.String(), fields.String()
    minuted_at = fields.AwareDateTime()
    cancel_reason, cancelled_by = fields.String(), fields.String()
    version = fields.Integer()


class JointMeetingPage(PageResponse):
    """A page of meetings."""

    meetings = fields.List(fields.Nested(JointMeeting))
    next_regular_at = fields.AwareDateTime()
