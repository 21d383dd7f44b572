"""When a terminal has delivered everything; and the device's own history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts import REGISTRY
from services.devices.domain.device import Device, Place
from services.devices.domain.errors import DeviceError
from services.devices.domain.watermark import Poll, delivered_through, is_due
from services.devices.events import MAPPERS

T = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BEFORE = T - timedelta(seconds=10)
PLACE = Place("52.02", "h0001", None, "Asia/Shanghai")


def a_poll(**over) -> Poll:
    fields = {
        "previous_at": BEFORE, "last_upload_at": BEFORE - timedelta(seconds=5), "refused": False, "stored": 283, "on_device": None,
        "log_cleared": False, "clock_held": False, **over,
    }  # fmt: skip
    return Poll(**fields)


@pytest.mark.parametrize(
    ("over", "through"),
    [
        # Counted at some moment since the previous poll: what was punched while this one travelled is not in it.
        ({"on_device": 283}, BEFORE),
        ({"on_device": 282}, BEFORE),
        ({"on_device": 0, "stored": 0}, BEFORE),
        ({"on_device": 283, "last_upload_at": T - timedelta(seconds=1)}, BEFORE),
        ({"on_device": 283, "previous_at": None}, None),
        ({"on_device": 284}, None),
        ({"on_device": 284, "log_cleared": True}, None),
        # A cleared log makes the count too small to prove anything: the quiet rule decides.
        ({"on_device": 5, "log_cleared": True}, BEFORE),
        ({"on_device": 5, "log_cleared": True, "last_upload_at": T - timedelta(seconds=1)}, None),
        ({}, BEFORE),
        ({"last_upload_at": None}, BEFORE),
        ({"last_upload_at": BEFORE}, BEFORE),
        ({"last_upload_at": BEFORE + timedelta(seconds=1)}, None),
        ({"previous_at": None}, None),
        ({"refused": True}, None),
        ({"refused": True, "on_device": 1}, None),
        ({"clock_held": True, "on_device": 1}, None),
        ({"clock_held": True}, None),
    ],
)
def test_the_watermark_errs_towards_not_yet(over, through):
    assert delivered_through(a_poll(**over)) == through


@pytest.mark.parametrize(
    ("last_through", "last_sent_at", "was_behind", "due"),
    [
        (None, None, False, True),
        (T, T, True, False),
        (BEFORE, T - timedelta(seconds=59), False, False),
        (BEFORE, T - timedelta(seconds=60), False, True),
        (BEFORE, T - timedelta(seconds=1), True, True),
    ],
)
def test_it_is_sent_at_once_after_having_been_behind_else_now_and_then(last_through, last_sent_at, was_behind, due):
    found = is_due(T, last_through=last_through, last_sent_at=last_sent_at, was_behind=was_behind, at=T, every=timedelta(seconds=60))
    assert found is due


def a_device(**over) -> Device:
    return Device(
        **{"device_sn": "BOCK200961014", "kind": "terminal", "family": "zk_push", "zone": "Asia/Shanghai", "registered_at": T, **over}
    )


def said(device: Device) -> list[tuple[str, int, dict]]:
    events = [MAPPERS[type(event)](device, event) for event in device.pending_events]
    for event in events:
        REGISTRY.get(event.type).validate(event.data)
    return [(event.type.removeprefix("devices.device."), event.version, event.data) for event in events]


def test_a_devices_life_is_told_without_gaps():
    device = a_device()
    device.enrol(PLACE, kind="terminal", family="zk_push", charset=None)
    device.approve(T)
    device.approve(T)
    device.come_online(T)
    device.come_online(T)
    device.report(T, 3, T)
    device.report(BEFORE, 3, T)
    device.hold_clock(skew_seconds=7200, quarantined=3, at=T)
    device.find_gap(on_device=5, stored=3, at=T)
    device.tamper(operation=21, operator="1", local_time="2026-11-23 07:59:00", at=T)
    device.go_offline(T, T)
    device.disable(T)
    device.disable(T)
    names = ["approved", "online", "reported", "clock_skewed", "gap_found", "tampered", "offline", "disabled"]
    assert [(name, version) for name, version, _ in said(device)] == [(name, number) for number, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda d: d.approve(T), "DEVICE_HALL_MISSING"),
        (lambda d: d.enrol(PLACE, kind="rating", family="http_keys", charset=None), "WINDOW_MISSING"),
    ],
)
def test_illegal_steps_are_refused_with_a_reason(act, reason):
    with pytest.raises(DeviceError) as caught:
        act(a_device())
    assert caught.value.reason == reason


def test_an_approved_device_keeps_its_kind_and_tells_when_it_moves():
    device = a_device()
    device.enrol(PLACE, kind="terminal", family="zk_push", charset=None)
    device.approve(T)
    with pytest.raises(DeviceError, match="keeps its kind"):
        device.enrol(Place("52.02", "h0001", "w0001", "Asia/Shanghai"), kind="rating", family="http_keys", charset=None)
    enrolment = device.enrolment
    device.enrol(PLACE, kind="terminal", family="zk_push", charset="utf-8")
    assert len(said(device)) == 1
    device.enrol(Place("52.02.01", "h0002", None, "Asia/Shanghai"), kind="terminal", family="zk_push", charset=None)
    assert [name for name, _, _ in said(device)] == ["approved", "approved"]
    assert device.enrolment == enrolment + 2


def test_the_clock_is_held_until_a_person_releases_it():
    device = a_device()
    device.hold_clock(skew_seconds=-840_000_000, quarantined=1, at=T)
    device.hold_clock(skew_seconds=5, quarantined=1, at=T + timedelta(hours=1))
    assert device.clock_held_since == T
    device.release_clock()
    assert device.clock_held_since is None
