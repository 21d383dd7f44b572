"""Events of devices: what the hardware said, verbatim and deduplicated."""

from marshmallow import Schema

from contracts.fields import Code, Count, Id, Many, Number, Text, Time
from contracts.registry import REGISTRY, Payload


class PunchV1(Schema):
    """One punch (打卡). `local_time` is the terminal's own clock without zone, `at` the same moment in UTC by the device's zone."""

    punch_id = Id()  # the same punch has the same id, however often it is uploaded
    pin = Text(24)
    local_time = Text(19)  # as the terminal wrote it
    at = Time()
    status = Text(8)  # in/out state as the terminal sent it
    verify = Text(8)  # way of verification as the terminal sent it


@REGISTRY.event("devices.punch.recorded", audience="internal", examples=[
    {"device_sn": "BOCK200961014", "received_at": "2026-11-23T00:31:00+00:00",
     "punches": [{"punch_id": "9f3c6a0b5d1e4c77", "pin": "1001", "local_time": "2026-11-23 08:30:58", "at": "2026-11-23T00:30:58+00:00", "status": "255", "verify": "15"}]},
    {"device_sn": "BOCK200961014", "received_at": "2026-11-23T04:01:00+00:00", "punches": []},
])  # fmt: skip
class PunchRecordedV1(Payload):
    """The punches of one upload that were not known before."""

    device_sn = Id()
    received_at = Time()
    punches = Many(PunchV1)  # those not known before; none when the upload held only repeats


@REGISTRY.event("devices.rating.pressed", audience="internal", examples=[
    {"device_id": "RATE-0001", "press_id": "p-1", "window_id": "w0001", "key": 1, "pressed_at": "2026-11-23T02:00:00+00:00"},
    {"device_id": "RATE-0001", "press_id": "p-2", "window_id": "w0001", "key": 5, "pressed_at": "2026-11-23T02:10:00+00:00"},
])  # fmt: skip
class RatingPressedV1(Payload):
    """A key on a rating device (评价器): 1 very satisfied … 5 very dissatisfied."""

    device_id = Id()  # the rating device
    press_id = Id()  # the device's own id of the press, for deduplication
    window_id = Id()
    key = Count()  # 1 … 5
    pressed_at = Time()  # when the key was pressed


@REGISTRY.event("devices.device.approved", audience="public", examples=[
    {"device_sn": "BOCK200961014", "kind": "terminal", "family": "zk_push", "window_id": None},
    {"device_sn": "RATE-0001", "kind": "rating", "family": "http_keys", "window_id": "w0001"},
])  # fmt: skip
class DeviceApprovedV1(Payload):
    """A device may now deliver for its hall (hall in the envelope)."""

    device_sn = Id()
    kind = Code()  # terminal | rating
    family = Code()  # protocol family that its driver speaks, e.g. zk_push, http_keys
    window_id = Id(required=False, allow_none=True)


@REGISTRY.event("devices.device.online", audience="public", examples=[
    {"device_sn": "BOCK200961014", "at": "2026-11-23T00:20:00+00:00"},
    {"device_sn": "A39N203960051", "at": "2026-11-23T04:00:00+00:00"},
])  # fmt: skip
class DeviceOnlineV1(Payload):
    """First contact after silence."""

    device_sn = Id()
    at = Time()


@REGISTRY.event("devices.device.offline", audience="public", examples=[
    {"device_sn": "BOCK200961014", "last_seen_at": "2026-11-23T00:20:00+00:00"},
    {"device_sn": "A39N203960051", "last_seen_at": "2026-11-22T10:00:00+00:00"},
])  # fmt: skip
class DeviceOfflineV1(Payload):
    """Not heard of for max(3 × poll delay, 90 s)."""

    device_sn = Id()
    last_seen_at = Time()  # last contact


@REGISTRY.event("devices.device.clock_skewed", audience="public", examples=[
    {"device_sn": "A39N203960051", "skew_seconds": 7200, "quarantined": 3, "at": "2026-11-23T01:00:00+00:00"},
    {"device_sn": "A39N203960051", "skew_seconds": -840000000, "quarantined": 1, "at": "2026-11-23T01:00:00+00:00"},
])  # fmt: skip
class DeviceClockSkewedV1(Payload):
    """Rows with impossible times were quarantined; positive = the device is ahead."""

    device_sn = Id()
    skew_seconds = Number()  # device's clock minus ours, in seconds
    quarantined = Count()  # rows set aside
    at = Time()


@REGISTRY.event("devices.device.reported", audience="internal", examples=[
    {"device_sn": "BOCK200961014", "through": "2026-11-23T09:40:00+00:00", "punch_count": 283},
    {"device_sn": "A39N203960051", "through": "2026-11-23T04:05:00+00:00"},
])  # fmt: skip
class DeviceReportedV1(Payload):
    """Everything that the terminal knew up to `through` has arrived: the watermark before which nobody may be called absent."""

    device_sn = Id()
    through = Time()  # everything up to this moment has arrived
    punch_count = Count(required=False)  # distinct punches told of this device by then: a reader that holds fewer has not read them all yet


@REGISTRY.event("devices.device.disabled", audience="public", examples=[
    {"device_sn": "BOCK200961014", "kind": "terminal"},
    {"device_sn": "RATE-0001", "kind": "rating"},
])  # fmt: skip
class DeviceDisabledV1(Payload):
    """A device was taken out of service: nothing of it is taken any more, and nobody waits for it."""

    device_sn = Id()
    kind = Code()  # terminal | rating


@REGISTRY.event("devices.device.gap_found", audience="public", examples=[
    {"device_sn": "BOCK200961014", "on_device": 283, "stored": 280, "at": "2026-11-23T09:40:00+00:00"},
    {"device_sn": "A39N203960051", "on_device": 10, "stored": 0, "at": "2026-11-23T04:05:00+00:00"},
])  # fmt: skip
class DeviceGapFoundV1(Payload):
    """The terminal holds more punches than ever arrived, and sends none: ask it for them (SendCommand query_punches)."""

    device_sn = Id()
    on_device = Count()  # punches in the terminal's own count
    stored = Count()  # punches of it that are here
    at = Time()


@REGISTRY.event("devices.device.tampered", audience="public", examples=[
    {"device_sn": "BOCK200961014", "operation": 21, "operator": "1", "local_time": "2026-11-23 07:59:00", "at": "2026-11-23T00:00:02+00:00"},
    {"device_sn": "BOCK200961014", "operation": 13, "operator": "0", "local_time": "2024-03-12 11:03:28", "at": "2026-11-23T00:00:02+00:00"},
])  # fmt: skip
class DeviceTamperedV1(Payload):
    """The terminal's own log names an operation that can falsify records: 13 clear data, 21 set time, 22 factory reset, 23/105 delete punches,
    82/83 server address or port changed, 113. `local_time` is the terminal's own clock."""

    device_sn = Id()
    operation = Count()  # the terminal's operation code
    operator = Text(24)  # the terminal's number of the administrator, 0 for none
    local_time = Text(32)  # as the terminal wrote it
    at = Time()
