"""Requests and answers of devices' methods; field for field the messages of proto/hallbus/v1/devices.proto."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.paging import MAX_SIZE
from services.devices.domain.commands import KINDS
from services.devices.domain.device import FAMILY_OF, RATING, TERMINAL

_SN = validate.Regexp(r"^[0-9A-Za-z_-]{1,32}\Z", error="1 to 32 letters, digits, - or _")
CHARSETS = ("utf-8", "gb18030", "gb2312")


def _zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("not an IANA time zone, for example Asia/Shanghai")


def _time() -> fields.Field[Any]:
    return fields.AwareDateTime(format="iso", allow_none=True)


def _id(**kwargs: Any) -> fields.Field[Any]:
    return fields.String(validate=validate.Regexp(r"^\S{1,64}\Z", error="1 to 64 characters without spaces"), **kwargs)


class _Paged(Schema):
    page_size = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, MAX_SIZE))
    page_token = fields.String(load_default=None)


class _DeviceRequest(Schema):
    device_sn = fields.String(required=True, validate=_SN)


class RegisterDevice(_DeviceRequest):
    """Say what a device is and where it stands; also for one that has shown up by itself and for one that moves."""

    kind = fields.String(required=True, validate=validate.OneOf([TERMINAL, RATING]))
    family = fields.String(load_default=None, validate=validate.OneOf(sorted(FAMILY_OF.values())))
    hall_id = _id(required=True)
    window_id = _id(load_default=None)
    zone = fields.String(load_default=None, validate=_zone)
    charset = fields.String(load_default=None, validate=validate.OneOf(CHARSETS))
    renew_token = fields.Boolean(load_default=False)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") == RATING and not data.get("window_id"):
            raise ValidationError("a rating device needs the window it stands at", "window_id")
        if data.get("family") and data["family"] != FAMILY_OF.get(data.get("kind", "")):
            raise ValidationError("not a family of this kind", "family")


class ApproveDevice(_DeviceRequest):
    """Let it deliver."""


class DisableDevice(_DeviceRequest):
    """Take it out of service."""


class GetDevice(_DeviceRequest):
    """One device."""


class GetDeviceHealth(_DeviceRequest):
    """What is known of its delivery."""


class ListDevices(_Paged):
    """Devices by serial number."""

    hall_id = _id(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(["pending", "approved", "disabled"]))
    kind = fields.String(load_default=None, validate=validate.OneOf([TERMINAL, RATING]))


class Device(Schema):
    """A device as the register has it."""

    device_sn = fields.String()
    kind = fields.String()
    family = fields.String()
    state = fields.String()
    region = fields.String()
    hall_id = fields.String()
    window_id = fields.String()
    zone = fields.String()
    charset = fields.String()
    registered_at = _time()
    approved_at = _time()
    disabled_at = _time()
    online = fields.Boolean()
    last_seen_at = _time()


class RegisteredDevice(Schema):
    """The device, and its token the one time it is told."""

    device = fields.Nested(Device)
    token = fields.String()


class DevicePage(Schema):
    """One page."""

    devices = fields.List(fields.Nested(Device))
    next_page_token = fields.String()
    total_size = fields.Integer()


class DeviceHealth(Schema):
    """Presence, loss detection, watermark and clock of one device."""

    device_sn = fields.String()
    state = fields.String()
    online = fields.Boolean()
    first_seen_at = _time()
    last_seen_at = _time()
    last_poll_at = _time()
    last_upload_at = _time()
    refused_at = _time()
    stored_count = fields.Integer()
    on_device_count = fields.Integer()
    on_device_at = _time()
    missing_count = fields.Integer()
    gap_since = _time()
    log_cleared_at = _time()
    quarantined_count = fields.Integer()
    open_quarantine_count = fields.Integer()
    clock_held_since = _time()
    reported_through = _time()
    open_command_count = fields.Integer()
    unparsed_upload_count = fields.Integer()
    comm_key_changed_at = _time()
    firmware = fields.String()
    push_version = fields.String()
    users_count = fields.Integer()
    ip_address = fields.String()
    facts = fields.Dict(keys=fields.String(), values=fields.String())


class SendCommand(_DeviceRequest):
    """Ask something of a terminal; see domain.commands."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    starts_at = fields.AwareDateTime(format="iso", load_default=None)
    ends_at = fields.AwareDateTime(format="iso", load_default=None)
    pin = fields.String(load_default=None, validate=validate.Length(1, 24))
    name = fields.String(load_default=None, validate=validate.Length(1, 50))


class GetCommand(Schema):
    """One command."""

    command_id = fields.String(required=True, validate=validate.Regexp(r"^\d{1,16}\Z"))


class Command(Schema):
    """A command and what became of it."""

    command_id = fields.String()
    device_sn = fields.String()
    kind = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    created_at = _time()
    created_by = fields.String()
    offered_at = _time()
    finished_at = _time()
    return_code = fields.Integer()
    result = fields.String()


class ListCommands(_Paged):
    """Commands of a device, newest first."""

    device_sn = fields.String(required=True, validate=_SN)


class CommandPage(Schema):
    """One page."""

    commands = fields.List(fields.Nested(Command))
    next_page_token = fields.String()
    total_size = fields.Integer()


class ListPunches(_Paged):
    """Raw punches of a device in the order of its own clock."""

    device_sn = fields.String(required=True, validate=_SN)
    starts_at = fields.AwareDateTime(format="iso", load_default=None)
    ends_at = fields.AwareDateTime(format="iso", load_default=None)
    pin = fields.String(load_default=None, validate=validate.Length(1, 24))


class Punch(Schema):
    """A punch, verbatim."""

    punch_id = fields.String()
    device_sn = fields.String()
    pin = fields.String()
    local_time = fields.String()
    at = _time()
    status = fields.String()
    verify = fields.String()
    work_code = fields.String()
    received_at = _time()


class PunchPage(Schema):
    """One page."""

    punches = fields.List(fields.Nested(Punch))
    next_page_token = fields.String()
    total_size = fields.Integer()


class ListQuarantine(_Paged):
    """Lines that are no punches, oldest first."""

    device_sn = fields.String(load_default=None, validate=_SN)
    hall_id = _id(load_default=None)
    reason = fields.String(load_default=None)
    with_dismissed = fields.Boolean(load_default=False)


class QuarantinedLine(Schema):
    """A line, its reason and who dealt with it."""

    quarantine_id = fields.String()
    device_sn = fields.String()
    hall_id = fields.String()
    reason = fields.String()
    line = fields.String()
    local_time = fields.String()
    received_at = _time()
    dismissed_at = _time()
    dismissed_by = fields.String()
    note = fields.String()


class QuarantinePage(Schema):
    """One page."""

    lines = fields.List(fields.Nested(QuarantinedLine))
    next_page_token = fields.String()
    total_size = fields.Integer()


class DismissQuarantine(_DeviceRequest):
    """A person has looked at a device's quarantined lines received until `until`; what they meant is said in the note."""

    until = fields.AwareDateTime(format="iso", load_default=None)
    note = fields.String(required=True, validate=validate.Length(1, 500))


class Dismissed(Schema):
    """How many lines that was, and whether rows of impossible time are still open."""

    dismissed_count = fields.Integer()
    open_count = fields.Integer()
