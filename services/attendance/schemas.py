"""Requests and answers of attendance's methods; field for field the messages of proto/hallbus/v1/attendance.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.paging import MAX_SIZE
from services.attendance.domain.expected import STANDARD

_CODE = validate.Regexp(r"^[a-z0-9_-]{1,32}\Z", error="1 to 32 lower-case letters, digits, - or _")


def _id(**kwargs: Any) -> fields.Field[Any]:
    return fields.String(validate=validate.Regexp(r"^\S{1,64}\Z", error="1 to 64 characters without spaces"), **kwargs)


def _clock(**kwargs: Any) -> fields.Field[Any]:
    return fields.Time(format="%H:%M", error_messages={"invalid": "HH:MM, for example 08:30"}, **kwargs)


def _time() -> fields.Field[Any]:
    return fields.AwareDateTime(format="iso", allow_none=True)


class _Paged(Schema):
    page_size = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, MAX_SIZE))
    page_token = fields.String(load_default=None)


class DefineShift(Schema):
    """A hall's shift from a date on."""

    hall_id = _id(required=True)
    code = fields.String(load_default=STANDARD, validate=_CODE)
    valid_from = fields.Date(required=True)
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
    defined_at = _time()
    defined_by = fields.String()


class GetShift(Schema):
    """The shift of a hall on a date."""

    hall_id = _id(required=True)
    code = fields.String(load_default=None, validate=_CODE)
    date = fields.Date(load_default=None)


class ListShifts(_Paged):
    """Shifts by hall, code and date."""

    hall_id = _id(load_default=None)


class ShiftPage(Schema):
    """One page."""

    shifts = fields.List(fields.Nested(Shift))
    next_page_token = fields.String()
    total_size = fields.Integer()


class AssignShift(Schema):
    """Roster one person for some days."""

    staff_id = _id(required=True)
    first_date = fields.Date(required=True)
    last_date = fields.Date(load_default=None)
    code = fields.String(load_default=None, validate=_CODE)
    day_off = fields.Boolean(load_default=False)
    note = fields.String(load_default="", validate=validate.Length(max=200))

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
    at = _time()
    status = fields.String()
    verify = fields.String()


class GetDay(Schema):
    """One person-day."""

    staff_id = _id(required=True)
    date = fields.Date(required=True)


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
    assessed_at = _time()
    punches = fields.List(fields.Nested(AttendancePunch))


class ListDays(_Paged):
    """Every person of a hall on a date."""

    hall_id = _id(required=True)
    date = fields.Date(required=True)
    status = fields.String(load_default=None, validate=validate.OneOf(["pending", "normal", "abnormal", "not_expected"]))


class DayPage(Schema):
    """One page."""

    days = fields.List(fields.Nested(PersonDay))
    next_page_token = fields.String()
    total_size = fields.Integer()


class GetHallDay(Schema):
    """A hall's date at a glance."""

    hall_id = _id(required=True)
    date = fields.Date(required=True)


class WaitedTerminal(Schema):
    """A terminal of the hall and how far it has reported."""

    device_sn = fields.String()
    through = _time()
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


class ListUnknownPunches(_Paged):
    """Punches that belong to nobody, newest first."""

    hall_id = _id(load_default=None)
    first_date = fields.Date(load_default=None)
    last_date = fields.Date(load_default=None)


class UnknownPunch(AttendancePunch):
    """A punch whose PIN nobody of the hall has."""

    hall_id = fields.String()
    pin = fields.String()
    date = fields.Date()


class UnknownPunchPage(Schema):
    """One page."""

    punches = fields.List(fields.Nested(UnknownPunch))
    next_page_token = fields.String()
    total_size = fields.Integer()
