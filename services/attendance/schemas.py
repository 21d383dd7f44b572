"""Requests and answers of attendance's methods; field for field the messages of proto/hallbus/v1/attendance.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import PageRequest, PageResponse, a_day, an_id, flag, maybe_day, maybe_id, maybe_moment, maybe_words, one_of
from services.attendance.domain.expected import STANDARD

_CODE = validate.Regexp(r"^[a-z0-9_-]{1,32}\Z", error="1 to 32 lower-case letters, digits, - or _")


def _clock(**kwargs: Any) -> fields.Field[Any]:
    return fields.Time(format="%H:%M", error_messages={"invalid": "HH:MM, for example 08:30"}, **kwargs)


class DefineShift(Schema):
    """A hall's shift from a date on."""

    hall_id = an_id()
    code = fields.String(load_default=STANDARD, validate=_CODE)
    valid_from = a_day()
    am_start = _clock(required=True)
    am_end = _clock(required=True)
    pm_start = _clock(required=True)
    pm_end = _clock(required=True)
    grace_minutes = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 60))
    closing_minutes = fields.Integer(load_default=10, strict=True, validate=validate.Range(0, 240))


class Shift(Schema):
    """A shift as it is in force."""

    shift_id = fields.String()
    hall_id = fields.String()
    code = fields.String()
    valid_from = fields.Date()
    am_start = _clock()
    am_end = _clock()
    pm_start = _clock()
    pm_end = _clock()
    grace_minutes = fields.Integer()
    closing_minutes = fields.Integer()
    defined_at = maybe_moment()
    defined_by = fields.String()


class GetShift(Schema):
    """The shift of a hall on a date."""

    hall_id = an_id()
    code = fields.String(load_default=None, validate=_CODE)
    date = maybe_day()


class ListShifts(PageRequest):
    """Shifts by hall, code and date."""

    hall_id = maybe_id()


class ShiftPage(PageResponse):
    """One page."""

    shifts = fields.List(fields.Nested(Shift))


class AssignShift(Schema):
    """Roster one person for some days."""

    staff_id = an_id()
    first_date = a_day()
    last_date = maybe_day()
    code = fields.String(load_default=None, validate=_CODE)
    day_off = flag()
    note = maybe_words(200)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("last_date") and data.get("first_date") and data["last_date"] < data["first_date"]:
            raise ValidationError("before first_date", "last_date")
        if data.get("day_off") and data.get("code"):
            raise ValidationError("a day off has no shift", "code")


class Roster(Schema):
    """What was rostered."""

    staff_id = fields.String()
    first_date = fields.Date()
    last_date = fields.Date()
    code = fields.String()
    day_off = fields.Boolean()
    day_count = fields.Integer()


class Mark(Schema):
    """One finding about a half-day."""

    mark_id = fields.String()
    kind = fields.String()
    half = fields.String()
    minutes = fields.Integer()
    at = fields.String()


class AttendancePunch(Schema):
    """A punch of the person."""

    punch_id = fields.String()
    device_sn = fields.String()
    at = maybe_moment()
    status = fields.String()
    verify = fields.String()


class GetDay(Schema):
    """One person-day."""

    staff_id = an_id()
    date = a_day()


class PersonDay(Schema):
    """Pending, normal, abnormal or not_expected, with the reasons."""

    staff_id = fields.String()
    name = fields.String()
    hall_id = fields.String()
    unit_id = fields.String()
    window_id = fields.String()
    date = fields.Date()
    status = fields.String()
    reasons = fields.List(fields.String())
    marks = fields.List(fields.Nested(Mark))
    punch_count = fields.Integer()
    revision = fields.Integer()
    assessed_at = maybe_moment()
    punches = fields.List(fields.Nested(AttendancePunch))


class ListDays(PageRequest):
    """Every person of a hall on a date."""

    hall_id = an_id()
    date = a_day()
    status = one_of("pending", "normal", "abnormal", "not_expected")


class DayPage(PageResponse):
    """One page."""

    days = fields.List(fields.Nested(PersonDay))


class GetHallDay(Schema):
    """A hall's date at a glance."""

    hall_id = an_id()
    date = a_day()


class WaitedTerminal(Schema):
    """A terminal of the hall and how far it has reported."""

    device_sn = fields.String()
    through = maybe_moment()
    missing_count = fields.Integer()


class HallDay(Schema):
    """Counts of people; late, early and absent count people with at least one such mark."""

    hall_id = fields.String()
    date = fields.Date()
    is_workday = fields.Boolean()
    expected_count = fields.Integer()
    normal_count = fields.Integer()
    abnormal_count = fields.Integer()
    pending_count = fields.Integer()
    late_count = fields.Integer()
    early_count = fields.Integer()
    absent_count = fields.Integer()
    terminals = fields.List(fields.Nested(WaitedTerminal))


class ListUnknownPunches(PageRequest):
    """Punches that belong to nobody, newest first."""

    hall_id = maybe_id()
    first_date = maybe_day()
    last_date = maybe_day()


class UnknownPunch(AttendancePunch):
    """A punch whose PIN nobody of the hall has."""

    hall_id = fields.String()
    pin = fields.String()
    date = fields.Date()


class UnknownPunchPage(PageResponse):
    """One page."""

    punches = fields.List(fields.Nested(UnknownPunch))
