"""Requests and answers of devices' methods; field for field the messages of proto/hallbus/v1/devices.proto."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import PageRequest, PageResponse, an_id, flag, maybe_id, maybe_moment, must_be, one_of, words
from services.devices.domain.commands import KINDS
from services.devices.domain.device import FAMILY_OF, RATING, TERMINAL

_SN = validate.Regexp(r"^[0-9A-Za-z_-]{1,32}\Z", error="1 to 32 letters, digits, - or _")
CHARSETS = ("utf-8", "gb18030", "gb2312")


def _zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("not an IANA time zone, for example Asia/Shanghai")


class _DeviceRequest(Schema):
    device_sn = fields.String(required=True, validate=_SN)


class RegisterDevice(_DeviceRequest):
    """Say what a device is and where it stands; also for one that has shown up by itself and for one that moves."""

    kind = must_be(TERMINAL, RATING)
    family = one_of(*sorted(FAMILY_OF.values()))
    hall_id = an_id()
    window_id = maybe_id()
    zone = fields.String(load_default=None, validate=_zone)
    charset = one_of(*CHARSETS)
    renew_token = flag()

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


class ListDevices(PageRequest):
    """Devices by serial number."""

    hall_id = maybe_id()
    state = one_of("pending", "approved", "disabled")
    kind = one_of(TERMINAL, RATING)


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
    registered_at = maybe_moment()
    approved_at = maybe_moment()
    disabled_at = maybe_moment()
    online = fields.Boolean()
    last_seen_at = maybe_moment()


class RegisteredDevice(Schema):
    """The device, and its token the one time it is told."""

    device = fields.Nested(Device)
    token = fields.String()


class DevicePage(PageResponse):
    """One page."""

    devices = fields.List(fields.Nested(Device))


class DeviceHealth(Schema):
    """Presence, loss detection, watermark and clock of one device."""

    device_sn = fields.String()
    state = fields.String()
    online = fields.Boolean()
    first_seen_at = maybe_moment()
    last_seen_at = maybe_moment()
    last_poll_at = maybe_moment()
    last_upload_at = maybe_moment()
    refused_at = maybe_moment()
    stored_count = fields.Integer()
    on_device_count = fields.Integer()
    on_device_at = maybe_moment()
    missing_count = fields.Integer()
    gap_since = maybe_moment()
    log_cleared_at = maybe_moment()
    quarantined_count = fields.Integer()
    open_quarantine_count = fields.Integer()
    clock_held_since = maybe_moment()
    reported_through = maybe_moment()
    open_command_count = fields.Integer()
    unparsed_upload_count = fields.Integer()
    comm_key_changed_at = maybe_moment()
    firmware = fields.String()
    push_version = fields.String()
    users_count = fields.Integer()
    ip_address = fields.String()
    facts = fields.Dict(keys=fields.String(), values=fields.String())


class SendCommand(_DeviceRequest):
    """Ask something of a terminal; see domain.commands."""

    kind = must_be(*KINDS)
    starts_at = maybe_moment()
    ends_at = maybe_moment()
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
    created_at = maybe_moment()
    created_by = fields.String()
    offered_at = maybe_moment()
    finished_at = maybe_moment()
    return_code = fields.Integer()
    result = fields.String()


class ListCommands(PageRequest):
    """Commands of a device, newest first."""

    device_sn = fields.String(required=True, validate=_SN)


class CommandPage(PageResponse):
    """One page."""

    commands = fields.List(fields.Nested(Command))


class ListPunches(PageRequest):
    """Raw punches of a device in the order of its own clock."""

    device_sn = fields.String(required=True, validate=_SN)
    starts_at = maybe_moment()
    ends_at = maybe_moment()
    pin = fields.String(load_default=None, validate=validate.Length(1, 24))


class Punch(Schema):
    """A punch, verbatim."""

    punch_id = fields.String()
    device_sn = fields.String()
    pin = fields.String()
    local_time = fields.String()
    at = maybe_moment()
    status = fields.String()
    verify = fields.String()
    work_code = fields.String()
    received_at = maybe_moment()


class PunchPage(PageResponse):
    """One page."""

    punches = fields.List(fields.Nested(Punch))


class ListQuarantine(PageRequest):
    """Lines that are no punches, oldest first."""

    device_sn = fields.String(load_default=None, validate=_SN)
    hall_id = maybe_id()
    reason = fields.String(load_default=None)
    with_dismissed = flag()


class QuarantinedLine(Schema):
    """A line, its reason and who dealt with it."""

    quarantine_id = fields.String()
    device_sn = fields.String()
    hall_id = fields.String()
    reason = fields.String()
    line = fields.String()
    local_time = fields.String()
    received_at = maybe_moment()
    dismissed_at = maybe_moment()
    dismissed_by = fields.String()
    note = fields.String()


class QuarantinePage(PageResponse):
    """One page."""

    lines = fields.List(fields.Nested(QuarantinedLine))


class DismissQuarantine(_DeviceRequest):
    """A person has looked at a device's quarantined lines received until `until`; what they meant is said in the note."""

    until = maybe_moment()
    note = words(500)


class Dismissed(Schema):
    """How many lines that was, and whether rows of impossible time are still open."""

    dismissed_count = fields.Integer()
    open_count = fields.Integer()
