"""How an appointment ends: served by a receipt in one commit, missed, or lapsed; and what a rest day is for a deadline."""

import uuid

from tests.integration.intake.booking import a_calendar, booked, configured, confirmed, refused, rostered
from tests.integration.intake.conftest import item


def served(intake, appointment, **over):
    """The receipt that serves an appointment."""
    return intake.receipt(channel="appointment", appointment_id=appointment["appointment_id"], **over)


def state_of(intake, appointment):
    return intake("get_appointment", appointment_id=appointment["appointment_id"])["state"]


def told(intake, verb):
    return intake.events_of(f"intake.appointment.{verb}")


def test_the_receipt_serves_the_appointment_in_one(intake):
    made = confirmed(intake, rostered(intake)["slots"][0])
    intake.clock.at("2026-11-24 09:05")
    request_id = str(uuid.uuid4())
    receipt = served(intake, made, request_id=request_id)
    assert served(intake, made, request_id=request_id)["case_id"] == receipt["case_id"]
    shown = intake("get_appointment", appointment_id=made["appointment_id"])
    assert (shown["state"], shown["case_id"], shown["served_by"]) == ("served", receipt["case_id"], "s11")
    (event,) = told(intake, "served")
    assert (event["data"]["case_id"], event["version"]) == (receipt["case_id"], 3)
    refused("APPOINTMENT_SERVED", served, intake, made)
    for method, request in (
        ("cancel_appointment", {"reason_code": "duplicate"}),
        ("confirm_appointment", {}),
        ("move_appointment", {"slot_id": made["slot_id"], "reason": "x"}),
    ):
        refused("APPOINTMENT_SERVED", intake, method, appointment_id=made["appointment_id"], **request)
    intake.clock.at("2026-11-24 12:00")
    assert intake.service.run_appointment_timers() == 0


def test_a_receipt_that_does_not_fit_writes_nothing(intake):
    intake.tell("directory.item.published", item("i0003"), subject="i3")
    made = confirmed(intake, rostered(intake)["slots"][0])
    assert refused("APPOINTMENT_DIFFERS", served, intake, made).metadata["field"] == "day"
    intake.clock.at("2026-11-24 09:05")
    error = refused("APPOINTMENT_DIFFERS", served, intake, made, item_id="i0003")
    assert (error.metadata["field"], error.metadata["booked"]) == ("item_id", "i0001")
    elsewhere = {"hall_id": "h0002", "window_id": "w12", "item_id": "i0009", "staff_id": "s12"}
    assert refused("APPOINTMENT_DIFFERS", served, intake, made, **elsewhere).metadata["field"] == "hall_id"
    refused("INVALID_REQUEST", intake.receipt, appointment_id=made["appointment_id"])
    refused("APPOINTMENT_NOT_FOUND", intake.receipt, channel="appointment", appointment_id="nothing")
    refused("MATERIAL_UNKNOWN", served, intake, made, materials=["M9"])
    refused("OUT_OF_SCOPE", served, intake.acting_as("hall:h0002"), made)
    assert (state_of(intake, made), intake.events("registered")) == ("confirmed", [])
    assert served(intake, made)["case_no"].endswith("-000001")


def test_an_unconfirmed_appointment_is_confirmed_first(intake):
    made = booked(intake, rostered(intake)["slots"][0])
    intake.clock.at("2026-11-24 09:05")
    refused("APPOINTMENT_NOT_CONFIRMED", served, intake, made)
    intake("confirm_appointment", appointment_id=made["appointment_id"])
    served(intake, made)


def test_an_attempt_at_a_cancelled_item_leaves_the_appointment_open(intake):
    made = confirmed(intake, rostered(intake)["slots"][0])
    intake.tell("directory.item.published", item(status="cancelled"), version=2)
    intake.clock.at("2026-11-24 09:05")
    refused("ITEM_NOT_IN_HALL", served, intake, made)
    assert (state_of(intake, made), len(intake.events_of("intake.receipt.refused"))) == ("confirmed", 1)


def test_a_served_holiday_appointment_counts_from_its_day_and_an_unattended_receipt_from_the_next_working_day(intake):
    """A-28 (domain §5.2): 2026-10-01 and one working day."""
    intake.clock.at("2026-09-25 09:00")
    intake.tell("directory.item.published", item(promised_days=1), version=2)
    made = confirmed(intake, rostered(intake, day="2026-10-01", kind="holiday")["slots"][0])
    intake.clock.at("2026-10-01 09:05")
    attended = intake("accept_case", case_id=served(intake, made)["case_id"])
    unattended = intake.accepted(channel="online")
    assert (attended["promised_due"], unattended["promised_due"]) == ("2026-10-08", "2026-10-09")


def test_an_opened_rest_day_is_no_working_day_for_anybodys_deadline(intake):
    """Domain §5.1: one working day promised on 2026-09-30 is due on 10-08, although the hall is open on every day between."""
    intake.clock.at("2026-09-28 09:00")
    intake.tell("directory.item.published", item(promised_days=1), version=2)
    for day in range(1, 8):
        rostered(intake, day=f"2026-10-0{day}", kind="holiday")
    intake.clock.at("2026-09-30 10:00")
    case = intake.accepted()
    assert case["promised_due"] == "2026-10-08"
    intake.clock.at("2026-10-05 10:00")
    intake.sweep()
    assert intake.events("overdue") == []


def test_whoever_did_not_come_has_missed_it_after_the_grace_and_once(intake):
    entry = rostered(intake)
    made, never = confirmed(intake, entry["slots"][0]), booked(intake, entry["slots"][1])
    intake.clock.at("2026-11-24 09:59")
    assert intake.service.run_appointment_timers() == 0
    intake.clock.at("2026-11-24 10:00")
    assert (intake.service.run_appointment_timers(), intake.service.run_appointment_timers()) == (1, 0)
    (event,) = told(intake, "missed")
    assert (event["subject"], event["data"]["missed_at"], event["data"]["staff_ids"]) == (
        made["appointment_id"],
        "2026-11-24T02:00:00+00:00",
        ["s11"],
    )
    refused("APPOINTMENT_MISSED", served, intake, made)
    # What the hall never confirmed is not the citizen's failing; days of downtime change nothing of it.
    intake.clock.at("2026-11-27 09:00")
    assert (intake.service.run_appointment_timers(), intake.service.run_appointment_timers()) == (1, 0)
    (lapsed,) = told(intake, "cancelled")
    assert (lapsed["subject"], lapsed["data"]["reason_code"]) == (never["appointment_id"], "not_confirmed")
    assert [e["version"] for e in intake.events_of("intake.appointment.cancelled")] == [2]


def test_the_grace_is_a_setting(intake):
    configured(intake, no_show_grace_minutes=0)
    confirmed(intake, rostered(intake)["slots"][0])
    intake.clock.at("2026-11-24 09:30")
    assert intake.service.run_appointment_timers() == 1


def test_bookings_of_a_turned_day_can_still_be_served(intake):
    intake.clock.at("2026-12-21 09:00")
    made = confirmed(intake, rostered(intake, day="2027-01-01", kind="holiday")["slots"][0])
    a_calendar(intake, "2027-01-01", workday=True)
    intake.service.recheck_rosters()
    intake.clock.at("2027-01-01 09:05")
    assert served(intake, made)["state"] == "registered"
