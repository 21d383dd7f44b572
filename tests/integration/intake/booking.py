"""Rosters and appointments as the tests need them: short calls with everything filled in."""

from __future__ import annotations

import pytest

from chassis.errors import HallbusError
from chassis.testing import a_vault, make_service
from services.intake.config import IntakeConfig
from services.intake.service import IntakeService

PHONE, OTHER_PHONE = "13812345678", "13900001111"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    """The error; its reason is as given."""
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def rostered(intake, **over):
    """A roster entry: Tuesday 2026-11-24, 09:00 to 10:00 in two slots of one place, s11 on duty."""
    request = {
        "hall_id": "h0001", "window_id": "w11", "day": "2026-11-24", "kind": "ordinary", "starts": "09:00", "ends": "10:00", "slot_minutes": 30,
        "capacity": 1, "staff_ids": ["s11"],
    }  # fmt: skip
    return intake("publish_roster_entry", **{**request, **over})


def booked(intake, slot, **over):
    """A place in a slot (an entry of a list, or a slot of an entry)."""
    request = {
        "hall_id": "h0001", "item_id": "i0001", "slot_id": slot["slot_id"], "contact": {"name": "张三丰", "phone": PHONE}, "channel": "phone",
    }  # fmt: skip
    return intake("book_appointment", **{**request, **over})


def confirmed(intake, slot, **over):
    """A booking that the desk has confirmed."""
    return intake("confirm_appointment", appointment_id=booked(intake, slot, **over)["appointment_id"])


def free(intake, **over):
    """(beginning, free places) of every slot that can be booked for i0001."""
    page = intake("list_free_slots", **{"hall_id": "h0001", "item_id": "i0001", **over})
    return [(slot["starts_at"][:16], slot["free"]) for slot in page["slots"]]


def configured(intake, **settings):
    """The same intake under other settings."""
    intake.service = make_service(IntakeService, db=intake.db, vault=a_vault(), config=IntakeConfig(**settings))
    return intake


def a_calendar(intake, day, *, workday, revision=1):
    """Directory publishes what a notice says about one day."""
    override = {"date": day, "is_workday": workday, "reason": "调整", "notice_no": "国办发〔2026〕9号"}
    intake.tell(
        "directory.calendar.changed", {"revision": revision, "overrides": [override]}, version=revision, subject="calendar", hall_id=None
    )
