"""Many at once: the last place, the last booking of a phone, a withdrawal against a booking, two schedulers, a receipt against the timer."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chassis.errors import HallbusError
from services.intake.orm.appointments import roster_slots
from tests.integration.intake.booking import booked, configured, confirmed, free, rostered


def at_once(*calls) -> list[str]:
    """Run the calls together; what became of each: "done" or the reason of its refusal."""
    start, ends = threading.Barrier(len(calls)), [""] * len(calls)

    def run(number, call):
        start.wait()
        try:
            call()
            ends[number] = "done"
        except HallbusError as error:
            ends[number] = error.reason

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def someone(number):
    return {"name": "某人", "phone": f"139000011{number:02}"}


def test_the_last_place_is_taken_once(intake):
    slot = rostered(intake, capacity=3)["slots"][0]
    ends = at_once(*(lambda n=n: booked(intake, slot, contact=someone(n)) for n in range(8)))
    assert Counter(ends) == {"done": 3, "SLOT_FULL": 5}
    assert free(intake)[0][0] == "2026-11-24T01:30"
    assert intake("list_appointments")["total_size"] == len(intake.events_of("intake.appointment.requested")) == 3


def test_one_phone_never_holds_more_than_it_may(intake):
    slots = rostered(intake, capacity=20)["slots"]
    ends = at_once(*(lambda n=n: booked(intake, slots[n % 2]) for n in range(8)))
    assert Counter(ends) == {"done": 3, "BOOKING_LIMIT_REACHED": 5}


def test_a_withdrawal_and_a_booking_exclude_each_other(intake):
    configured(intake, bookings_per_phone=99)
    for n in range(6):
        entry = rostered(intake, day=f"2026-12-{n + 14}" if n < 5 else "2026-12-21")
        ends = at_once(
            lambda entry=entry: booked(intake, entry["slots"][0]),
            lambda entry=entry: intake("withdraw_roster_entry", entry_id=entry["entry_id"], reason="停电"),
        )
        assert ends in (["done", "ROSTER_HAS_BOOKINGS"], ["SLOT_CLOSED", "done"])


def test_a_cut_and_a_booking_exclude_each_other(intake):
    for n in range(3):
        entry = rostered(intake, day=f"2026-12-{n + 14}")
        ends = at_once(
            lambda entry=entry: booked(intake, entry["slots"][1]),
            lambda entry=entry: intake("change_roster_entry", entry_id=entry["entry_id"], ends="09:30"),
        )
        assert ends in (["done", "ROSTER_HAS_BOOKINGS"], ["SLOT_CLOSED", "done"])


def test_two_who_change_places_neither_wait_for_ever_nor_overbook(intake):
    one, two = rostered(intake, capacity=2)["slots"]
    first, second = booked(intake, one), booked(intake, two)
    for n in range(4):
        to_first, to_second = (two, one) if n % 2 == 0 else (one, two)
        ends = at_once(
            lambda slot=to_first: intake(
                "move_appointment", appointment_id=first["appointment_id"], slot_id=slot["slot_id"], reason="改期"
            ),
            lambda slot=to_second: intake(
                "move_appointment", appointment_id=second["appointment_id"], slot_id=slot["slot_id"], reason="改期"
            ),
        )
        assert ends == ["done", "done"]
    with intake.db.read() as tx:
        assert tx.execute(sa.select(roster_slots.c.booked)).scalars().all() == [1, 1]


def test_two_rosters_at_once_do_not_overlap(intake):
    ends = at_once(*(lambda: rostered(intake) for _ in range(4)))
    assert Counter(ends) == {"done": 1, "ROSTER_OVERLAPS": 3}


def test_the_database_itself_refuses_one_too_many(intake):
    slot = rostered(intake)["slots"][0]
    booked(intake, slot)
    columns = "region, hall_id, window_id, item_id, entry_id, slot_id, kind, day, starts_at, ends_at, channel, contact, requested_by, requested_at, state, version"
    copied = f"INSERT INTO intake.appointments (appointment_id, token_hash, {columns}) SELECT 'x', 'x', {columns} FROM intake.appointments"
    with pytest.raises(IntegrityError, match="not_overbooked"), intake.db.transaction() as tx:
        tx.execute(copied)


def test_racing_schedulers_say_each_miss_once(intake):
    configured(intake, bookings_per_phone=99)
    slots = rostered(intake, capacity=6)["slots"]
    for n in range(12):
        confirmed(intake, slots[n % 2])
    intake.clock.at("2026-11-27 08:00")
    served: list[int] = []
    at_once(*(lambda: served.append(intake.service.run_appointment_timers()) for _ in range(4)))
    assert sum(served) == 12
    missed = intake.events_of("intake.appointment.missed")
    assert len({e["subject"] for e in missed}) == len(missed) == 12
    assert {e["version"] for e in missed} == {3}


def test_a_receipt_and_the_timer_agree_on_one_end(intake):
    for n in range(4):
        slot = rostered(intake, day="2026-11-24", starts=f"{10 + n}:00", ends=f"{10 + n}:30", slot_minutes=30)["slots"][0]
        made = confirmed(intake, slot)
        intake.clock.at(f"2026-11-24 {11 + n}:00")
        ends = at_once(
            lambda made=made: intake.receipt(channel="appointment", appointment_id=made["appointment_id"]),
            intake.service.run_appointment_timers,
        )
        state = intake("get_appointment", appointment_id=made["appointment_id"])["state"]
        assert (ends[0], state) in (("done", "served"), ("APPOINTMENT_MISSED", "missed"))
        intake.clock.at("2026-11-23 09:00")
    ended = [*intake.events_of("intake.appointment.served"), *intake.events_of("intake.appointment.missed")]
    assert len({e["subject"] for e in ended}) == len(ended) == 4
    assert len(intake.events("registered")) == len(intake.events_of("intake.appointment.served"))
