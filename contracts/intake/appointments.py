"""Events of intake: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from contracts.fields import Code, Count, Day, Id, Many, Time
from contracts.registry import REGISTRY, Payload

_ENTRY = {
    "entry_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01", "window_id": "w0001", "day": "2026-10-01", "kind": "holiday",
    "starts_at": "2026-10-01T01:00:00+00:00", "ends_at": "2026-10-01T04:00:00+00:00", "staff_ids": ["s0001", "s0002"],
}  # fmt: skip
_EXTENDED = {
    **_ENTRY, "day": "2026-11-23", "kind": "extended", "starts_at": "2026-11-23T09:30:00+00:00", "ends_at": "2026-11-23T11:30:00+00:00",
    "staff_ids": ["s0001"],
}  # fmt: skip
_BOOKING = {
    "appointment_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e21", "entry_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01",
    "slot_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e11", "window_id": "w0001", "item_id": "i0001", "kind": "holiday", "day": "2026-10-01",
    "starts_at": "2026-10-01T01:00:00+00:00", "ends_at": "2026-10-01T01:30:00+00:00", "staff_ids": ["s0001", "s0002"],
}  # fmt: skip
_LATER = {
    **_BOOKING, "kind": "ordinary", "day": "2026-11-23", "starts_at": "2026-11-23T01:00:00+00:00", "ends_at": "2026-11-23T01:30:00+00:00",
    "staff_ids": [],
}  # fmt: skip


class RosterPayload(Payload):
    """What every event of a roster entry (值班安排) carries: one window, open for appointments on one day."""

    entry_id = Id()  # the roster entry, subject of this event
    window_id = Id()
    day = Day()  # the day of the entry
    kind = Code()  # holiday (节假日预约) | extended (延时服务) | ordinary
    starts_at = Time()  # when the first slot begins
    ends_at = Time()  # when the last slot ends
    staff_ids = Many(Id())  # who is on duty


@REGISTRY.event("intake.roster.published", audience="public", examples=[
    {**_ENTRY, "slot_minutes": 30, "capacity": 2},
    {**_EXTENDED, "slot_minutes": 20, "capacity": 1},
])  # fmt: skip
class RosterPublishedV1(RosterPayload):
    """A window is open for appointments. On a rest day this makes no working day of it: deadlines count by the calendar alone."""

    slot_minutes = Count()  # length of a slot
    capacity = Count()  # places in each slot


@REGISTRY.event("intake.roster.changed", audience="public", examples=[
    {**_ENTRY, "slot_minutes": 30, "capacity": 3, "changed": ["capacity"], "removed_staff_ids": []},
    {**_EXTENDED, "slot_minutes": 20, "capacity": 1, "changed": ["staff_ids"], "removed_staff_ids": ["s0002"]},
])  # fmt: skip
class RosterChangedV1(RosterPayload):
    """Other terms hold; nothing that was booked went by it."""

    slot_minutes = Count()  # length of a slot
    capacity = Count()  # places in each slot
    changed = Many(Code())  # kind | starts | ends | slot_minutes | capacity | staff_ids | misfit (the calendar suits the day again)
    removed_staff_ids = Many(Id())  # who is not on duty any more


@REGISTRY.event("intake.roster.withdrawn", audience="public", examples=[
    {**_ENTRY, "withdrawn_at": "2026-09-28T02:00:00+00:00"}, {**_EXTENDED, "withdrawn_at": "2026-11-20T02:00:00+00:00"},
])  # fmt: skip
class RosterWithdrawnV1(RosterPayload):
    """The window is not open after all; nobody was booked any more."""

    withdrawn_at = Time()  # when


@REGISTRY.event("intake.roster.misfit_found", audience="public", examples=[
    {**_ENTRY, "why": "override_workday"}, {**_EXTENDED, "why": "override_rest_day"},
])  # fmt: skip
class RosterMisfitFoundV1(RosterPayload):
    """A new calendar has turned a rostered rest day into a working day, or the other way round. The bookings stand; somebody has to decide."""

    why = Code()  # the calendar's reason code of the day


class AppointmentPayload(Payload):
    """What every event of an appointment (预约) carries; who the citizen is stays in intake."""

    appointment_id = Id()  # the appointment, subject of this event
    entry_id = Id()  # the roster entry it stands on
    slot_id = Id()  # the slot
    window_id = Id()
    item_id = Id()
    kind = Code()  # holiday | extended | ordinary
    day = Day()  # the day of the slot
    starts_at = Time()  # when the slot begins
    ends_at = Time()  # when the slot ends
    staff_ids = Many(Id())  # who is on duty for it


@REGISTRY.event("intake.appointment.requested", audience="public", examples=[
    {**_BOOKING, "channel": "phone"}, {**_LATER, "channel": "online"},
])  # fmt: skip
class AppointmentRequestedV1(AppointmentPayload):
    """A place is taken and waits for the desk's confirmation, unless the city confirms at once."""

    channel = Code()  # phone | online | window


@REGISTRY.event("intake.appointment.confirmed", audience="public", examples=[
    {**_BOOKING, "confirmed_at": "2026-09-25T02:00:00+00:00"}, {**_LATER, "confirmed_at": "2026-11-20T02:00:00+00:00"},
])  # fmt: skip
class AppointmentConfirmedV1(AppointmentPayload):
    """The hall has said yes."""

    confirmed_at = Time()  # when


@REGISTRY.event("intake.appointment.moved", audience="public", examples=[
    {**_BOOKING, "from_slot_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e12", "from_starts_at": "2026-10-02T01:00:00+00:00"},
    {**_LATER, "from_slot_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e13", "from_starts_at": "2026-11-24T01:00:00+00:00"},
])  # fmt: skip
class AppointmentMovedV1(AppointmentPayload):
    """Another slot was agreed on; the fields name the new one."""

    from_slot_id = Id()  # the slot before
    from_starts_at = Time()  # when that would have begun


@REGISTRY.event("intake.appointment.served", audience="public", examples=[
    {**_BOOKING, "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "served_at": "2026-10-01T01:05:00+00:00", "served_by": "s0001"},
    {**_LATER, "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0002", "served_at": "2026-11-23T01:02:00+00:00", "served_by": "s0003"},
])  # fmt: skip
class AppointmentServedV1(AppointmentPayload):
    """The citizen came and his receipt was written."""

    case_id = Id()  # the case of the receipt
    served_at = Time()  # when
    served_by = Id()  # who wrote the receipt


@REGISTRY.event("intake.appointment.missed", audience="public", examples=[
    {**_BOOKING, "missed_at": "2026-10-01T02:00:00+00:00"}, {**_LATER, "missed_at": "2026-11-23T02:00:00+00:00"},
])  # fmt: skip
class AppointmentMissedV1(AppointmentPayload):
    """A confirmed appointment at which nobody came (爽约)."""

    missed_at = Time()  # when slot and grace were found to be over


@REGISTRY.event("intake.appointment.cancelled", audience="public", examples=[
    {**_BOOKING, "reason_code": "citizen", "cancelled_at": "2026-09-29T02:00:00+00:00"},
    {**_LATER, "reason_code": "not_confirmed", "cancelled_at": "2026-11-23T02:00:00+00:00"},
])  # fmt: skip
class AppointmentCancelledV1(AppointmentPayload):
    """The place was given back."""

    reason_code = Code()  # citizen (by his token) | citizen_asked | hall_prevented | duplicate | not_confirmed (the hall never said yes)
    cancelled_at = Time()  # when
