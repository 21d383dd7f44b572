"""Requests and answers about the roster of appointments."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_day,
    an_id,
    count,
    maybe_count,
    maybe_day,
    maybe_flag,
    maybe_id,
    must_be,
    one_of,
    words,
)
from services.intake.domain.rosters import KINDS, STATES
from services.intake.schemas.contacts import staff


def _clock(**kwargs: Any) -> fields.Field[Any]:
    return fields.Time(format="%H:%M", error_messages={"invalid": "HH:MM, for example 08:30"}, **kwargs)


class PublishRosterEntry(Schema):
    """A window open for appointments on a day."""

    hall_id, window_id = an_id(), an_id()
    day = a_day()
    kind = must_be(*KINDS)
    starts, ends = _clock(required=True), _clock(required=True)
    slot_minutes, capacity = count(minimum=1, maximum=1440), count(minimum=1, maximum=10_000)
    staff_ids = staff()


class ChangeRosterEntry(Schema):
    """Other terms; what is left out stays."""

    entry_id = an_id()
    kind = one_of(*KINDS)
    starts, ends = _clock(load_default=None, allow_none=True), _clock(load_default=None, allow_none=True)
    slot_minutes, capacity = maybe_count(minimum=1, maximum=1440), maybe_count(minimum=1, maximum=10_000)
    staff_ids = staff()


class WithdrawRosterEntry(Schema):
    """The reason is compulsory."""

    entry_id = an_id()
    reason = words(500)


class ListRoster(PageRequest):
    """Filters and page."""

    hall_id, window_id, staff_id = maybe_id(), maybe_id(), maybe_id()
    day_from, day_to = maybe_day(), maybe_day()
    kind, state = one_of(*KINDS), one_of(*STATES)
    misfit = maybe_flag()


class ListFreeSlots(PageRequest):
    """What can be booked for an item."""

    hall_id, item_id = an_id(), an_id()
    day_from, day_to = maybe_day(), maybe_day()


class RosterSlot(Schema):
    """A slot of an entry."""

    slot_id = fields.String()
    starts_at, ends_at = fields.AwareDateTime(), fields.AwareDateTime()
    capacity, booked = fields.Integer(), fields.Integer()


class RosterEntry(Schema):
    """An entry with its open slots."""

    entry_id, region, hall_id, window_id = fields.String(), fields.String(), fields.String(), fields.String()
    day = fields.Date()
    kind, state = fields.String(), fields.String()
    starts, ends = _clock(), _clock()
    slot_minutes, capacity = fields.Integer(), fields.Integer()
    staff_ids = fields.List(fields.String())
    misfit, published_by, withdrawn_by, withdrawn_reason = fields.String(), fields.String(), fields.String(), fields.String()
    published_at, withdrawn_at = fields.AwareDateTime(), fields.AwareDateTime()
    slots = fields.List(fields.Nested(RosterSlot))
    version = fields.Integer()


class RosterPage(PageResponse):
    """A page of entries."""

    entries = fields.List(fields.Nested(RosterEntry))


class FreeSlot(Schema):
    """Places that can be booked."""

    slot_id, entry_id, window_id, kind = fields.String(), fields.String(), fields.String(), fields.String()
    day = fields.Date()
    starts_at, ends_at = fields.AwareDateTime(), fields.AwareDateTime()
    free = fields.Integer()


class FreeSlotPage(PageResponse):
    """A page of slots."""

    slots = fields.List(fields.Nested(FreeSlot))
