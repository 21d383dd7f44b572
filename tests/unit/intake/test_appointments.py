"""An appointment: what its slot allows, who may end it when, and that it ends once."""

import datetime as dt

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.intake.config import IntakeConfig
from services.intake.domain.appointments import (
    LIVE,
    Appointment,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentServed,
    Slot,
    check_limit,
)
from services.intake.domain.booking_rules import BookingRules
from services.intake.domain.contact import Contact
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Rules
from tests.unit.intake.cases import BEIJING, day, on, told

RULES = Rules(booking=BookingRules(ahead_days=5, latest_minutes=60, cancel_minutes=120, per_phone=2, grace_minutes=30))
DUTY = ("s1",)


def a_slot(slot_id="t1", date="2026-11-24", hour=9, **over) -> Slot:
    starts = dt.datetime.combine(day(date), dt.time(hour), BEIJING)
    given = {
        "slot_id": slot_id, "entry_id": "e1", "region": "52.02", "hall_id": "h1", "window_id": "w1", "kind": "ordinary", "day": day(date),
        "starts_at": starts, "ends_at": starts + dt.timedelta(minutes=30), "capacity": 2, "booked": 1, "closed": False, "misfit": None, "staff_ids": DUTY,
    }  # fmt: skip
    return Slot(**{**given, **over})


def at(date, hour=10, minute=0):
    moment = on(date, hour, RULES)
    return type(moment)(moment.at + dt.timedelta(minutes=minute), moment.book, RULES)


def an_appointment(slot=None) -> Appointment:
    slot = slot or a_slot()
    made = Appointment(
        appointment_id="a1", region="52.02", hall_id="h1", window_id=slot.window_id, item_id="i1", entry_id=slot.entry_id, slot_id=slot.slot_id,
        kind=slot.kind, day=slot.day, starts_at=slot.starts_at, ends_at=slot.ends_at, channel="phone", contact={}, token_hash="x", requested_by="s1",
        requested_at=at("2026-11-23").at,
    )  # fmt: skip
    return made.request(slot, at("2026-11-23"))


def confirmed() -> Appointment:
    made = an_appointment()
    made.confirm("s1", DUTY, at("2026-11-23"))
    return made


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason
    return caught.value


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        (a_slot(closed=True), "SLOT_CLOSED"),
        (a_slot(misfit="weekend"), "ROSTER_MISFIT"),
        (a_slot(booked=2), "SLOT_FULL"),
        (a_slot(date="2026-11-29"), "BOOKING_TOO_EARLY"),
        (a_slot(date="2026-11-23", hour=10), "BOOKING_TOO_LATE"),
    ],
)
def test_a_slot_that_takes_nobody(slot, reason):
    refused(reason, an_appointment, slot)


def test_the_borders_of_booking_belong_to_it():
    assert an_appointment(a_slot(date="2026-11-28")).version == 1
    assert an_appointment(a_slot(date="2026-11-23", hour=11)).version == 1


def test_a_phone_has_its_limit():
    check_limit(1, at("2026-11-23"))
    refused("BOOKING_LIMIT_REACHED", check_limit, 2, at("2026-11-23"))


def test_the_citizen_may_cancel_until_two_hours_before_and_the_desk_later():
    made = confirmed()
    made.cancel_by_citizen(DUTY, at("2026-11-24", 7))
    assert (made.state, made.cancel_reason, made.timer_at) == ("cancelled", "citizen", None)
    late = confirmed()
    refused("CANCEL_TOO_LATE", late.cancel_by_citizen, DUTY, at("2026-11-24", 7, 1))
    late.cancel("hall_prevented", "停电", by="s1", duty=DUTY, now=at("2026-11-24", 9, 15))
    assert told(late, AppointmentCancelled)[0].version == 3


def test_a_move_keeps_the_state_and_says_where_from():
    made = confirmed()
    made.move(a_slot("t2", "2026-11-25", window_id="w2", entry_id="e2"), by="s1", reason="改期", now=at("2026-11-24", 9))
    assert (made.state, made.slot_id, made.window_id, made.entry_id, made.day) == ("confirmed", "t2", "w2", "e2", day("2026-11-25"))
    assert made.timer_at == dt.datetime(2026, 11, 25, 10, tzinfo=BEIJING)
    (moved,) = told(made, AppointmentMoved)
    assert (moved.from_slot_id, moved.from_starts_at.hour, made.moves[0]["from_slot_id"]) == ("t1", 9, "t1")
    refused("SAME_SLOT", made.move, a_slot("t2"), by="s1", reason="x", now=at("2026-11-24"))
    refused("SLOT_OF_OTHER_HALL", made.move, a_slot("t3", hall_id="h2"), by="s1", reason="x", now=at("2026-11-24"))
    refused("SLOT_BEGUN", made.move, a_slot("t3", "2026-11-24", 10), by="s1", reason="x", now=at("2026-11-24", 10))
    refused("SLOT_FULL", made.move, a_slot("t3", "2026-11-26", booked=2), by="s1", reason="x", now=at("2026-11-24"))


def test_only_the_right_receipt_serves_it():
    right = {"case_id": "c1", "hall_id": "h1", "item_id": "i1", "by": "s1", "duty": DUTY}
    made = confirmed()
    for field, value, now in (("hall_id", "h2", at("2026-11-24")), ("item_id", "i2", at("2026-11-24")), ("day", None, at("2026-11-25"))):
        over = {field: value} if value else {}
        assert refused("APPOINTMENT_DIFFERS", made.receive, **{**right, **over}, now=now).metadata["field"] == field
    refused("APPOINTMENT_NOT_CONFIRMED", an_appointment().receive, **right, now=at("2026-11-24"))
    made.receive(**right, now=at("2026-11-24", 9))
    assert (made.state, made.case_id, told(made, AppointmentServed)[0].version) == ("served", "c1", 3)
    refused("APPOINTMENT_SERVED", made.receive, **right, now=at("2026-11-24", 9))


def test_a_contact_is_masked_and_a_mask_is_no_contact():
    home = Contact.of({"name": " 张三丰 ", "phone": "+86 138 1234 5678", "address": "钟山区红桥路15号"})
    assert home == Contact("张三丰", "13812345678", "钟山区红桥路15号")
    assert home.masked() == {"name": "张**", "phone": "138****5678", "address": "钟山区***"}
    assert Contact("张三丰", "13812345678").shown() == {"name": "张三丰", "phone": "13812345678"}
    assert Contact("张", "12345", "李家寨3号").masked()["address"] == "***"
    with pytest.raises(Invalid) as caught:
        Contact.of({"name": "张三丰", "phone": "138****5678"})
    assert (caught.value.reason, caught.value.metadata["field"]) == ("MASKED_VALUE", "contact.phone")


class Life(RuleBasedStateMachine):
    """Whatever is done in whatever order: versions are dense, a place is given back or used once, and nothing follows an end."""

    def __init__(self) -> None:
        super().__init__()
        self.made = an_appointment()
        self.now = at("2026-11-23")

    def tried(self, command, *arguments, **keywords) -> None:
        before, live = self.made.version, self.made.state in LIVE
        try:
            command(*arguments, **keywords)
        except Refused:
            assert self.made.version == before
            return
        assert live or self.made.version == before

    @rule(minutes=st.integers(1, 900))
    def time_passes(self, minutes):
        self.now = type(self.now)(self.now.at + dt.timedelta(minutes=minutes), self.now.book, RULES)

    @rule()
    def confirm(self):
        self.tried(self.made.confirm, "s1", DUTY, self.now)

    @rule()
    def citizen_cancels(self):
        self.tried(self.made.cancel_by_citizen, DUTY, self.now)

    @rule()
    def desk_cancels(self):
        self.tried(self.made.cancel, "duplicate", "", by="s1", duty=DUTY, now=self.now)

    @rule(number=st.integers(1, 3), days=st.integers(0, 6))
    def move(self, number, days):
        date = (dt.date(2026, 11, 24) + dt.timedelta(days=days)).isoformat()
        self.tried(self.made.move, a_slot(f"t{number}", date), by="s1", reason="x", now=self.now)

    @rule()
    def serve(self):
        self.tried(self.made.receive, case_id="c1", hall_id="h1", item_id="i1", by="s1", duty=DUTY, now=self.now)

    @precondition(lambda self: self.made.timer_at is not None and self.made.timer_at <= self.now.at)
    @rule()
    def timer(self):
        self.made.run_timer(DUTY, self.now)
        assert self.made.timer_at is None

    @invariant()
    def it_is_sound(self):
        events = self.made.pending_events
        assert [event.version for event in events] == list(range(1, self.made.version + 1))
        ends = told(self.made, AppointmentServed, AppointmentMissed, AppointmentCancelled)
        assert len(ends) == (0 if self.made.state in LIVE else 1)
        assert (self.made.timer_at is not None) == (self.made.state in LIVE)
        assert not ends or events[-1] is ends[0]


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("booking_ahead_days", 0),
        ("bookings_per_phone", 0),
        ("booking_latest_minutes", -1),
        ("booking_cancel_minutes", -1),
        ("no_show_grace_minutes", -1),
    ],
)
def test_limits_that_nobody_could_meet_are_refused_by_name(setting, value):
    with pytest.raises(ValueError, match=f"HALLBUS_INTAKE_{setting.upper()}"):
        IntakeConfig(**{setting: value})


def test_the_limits_of_a_city_are_its_settings():
    config = IntakeConfig(
        booking_ahead_days=7,
        booking_latest_minutes=5,
        booking_cancel_minutes=6,
        bookings_per_phone=8,
        booking_at_once=True,
        no_show_grace_minutes=9,
    )
    assert config.rules.booking == BookingRules(7, 5, 6, 8, at_once=True, grace_minutes=9)
