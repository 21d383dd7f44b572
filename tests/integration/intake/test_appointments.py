"""Appointments through the RPC: booked, confirmed, moved, cancelled, by the desk and by the citizen's token; lists and what a month comes to."""

import uuid

import pytest

from chassis.errors import PermissionDenied
from tests.integration.intake.booking import OTHER_PHONE, PHONE, booked, configured, confirmed, free, refused, rostered
from tests.integration.intake.conftest import hall, item
from tests.integration.intake.test_applicants import everything

CITIZENS = {"state", "hall_name", "item_name", "window_id", "kind", "starts_at", "ends_at", "contact_name", "cancel_reason", "cancel_until"}


def told(intake, verb):
    return intake.events_of(f"intake.appointment.{verb}")


def test_a_booking_takes_a_place_and_says_no_name(intake):
    entry = rostered(intake)
    request_id = str(uuid.uuid4())
    made = booked(intake, entry["slots"][0], request_id=request_id)
    assert (made["state"], made["starts_at"], made["window_id"], made["staff_ids"], made["channel"]) == (
        "requested", "2026-11-24T01:00:00+00:00", "w11", ["s11"], "phone",
    )  # fmt: skip
    assert made["contact"] == {"name": "张**", "phone": "138****5678"}
    again = booked(intake, entry["slots"][0], request_id=request_id)
    assert "token" not in again
    assert again == {name: value for name, value in made.items() if name != "token"}
    (event,) = told(intake, "requested")
    assert (event["subject"], event["version"], event["data"]["staff_ids"]) == (made["appointment_id"], 1, ["s11"])
    refused("SLOT_FULL", booked, intake, entry["slots"][0])
    assert free(intake) == [("2026-11-24T01:30", 1)]


def test_nothing_personal_is_stored_in_plain_nor_said(intake, caplog):
    slot = rostered(intake)["slots"][0]
    made = booked(intake, slot)
    who = intake.acting_as("hall:h0001", staff_id="s11")
    who("reveal_appointment_contact", appointment_id=made["appointment_id"], purpose=f"致电 {PHONE}")
    intake("cancel_appointment", appointment_id=made["appointment_id"], reason_code="citizen_asked", note=f"来电 {PHONE}")
    stored = everything(intake)
    for secret in (PHONE, "张三丰", made["token"]):
        assert secret not in stored + caplog.text


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"slot_id": "nothing"}, "SLOT_NOT_FOUND"),
        ({"hall_id": "h0002", "item_id": "i0009"}, "SLOT_NOT_FOUND"),
        ({"hall_id": "h9999"}, "HALL_NOT_FOUND"),
        ({"item_id": "i7777"}, "ITEM_NOT_FOUND"),
        ({"item_id": "i0009"}, "ITEM_OF_OTHER_HALL"),
        ({"item_id": "i0003"}, "WINDOW_NOT_FOR_ITEM"),
        ({"contact": {"name": "张三丰", "phone": "138****5678"}}, "MASKED_VALUE"),
        ({"contact": {"name": "张三丰", "phone": "nobody"}}, "PHONE_INVALID"),
        ({"contact": {"name": "张三丰"}}, "INVALID_REQUEST"),
        ({"channel": "pigeon"}, "INVALID_REQUEST"),
    ],
)
def test_what_cannot_be_booked_is_refused(intake, over, reason):
    intake.tell("directory.item.published", item("i0003", unit_id="u21"), subject="i3")
    refused(reason, booked, intake, rostered(intake)["slots"][0], **over)
    assert told(intake, "requested") == []


def test_a_closed_hall_and_another_halls_desk_book_nothing(intake):
    slot = rostered(intake)["slots"][0]
    refused("OUT_OF_SCOPE", booked, intake.acting_as("hall:h0002"), slot)
    intake.tell("directory.hall.changed", hall(status="closed"), version=2)
    refused("HALL_CLOSED", booked, intake, slot)


def test_a_booking_comes_in_time(intake):
    entry = rostered(intake)
    intake.clock.at("2026-11-24 08:00")
    booked(intake, entry["slots"][0])
    intake.clock.at("2026-11-24 08:31")
    refused("BOOKING_TOO_LATE", booked, intake, entry["slots"][1])


def test_one_phone_holds_so_many_open_appointments(intake):
    entry = rostered(intake, capacity=5)
    made = [booked(intake, entry["slots"][n % 2]) for n in range(3)]
    error = refused("BOOKING_LIMIT_REACHED", booked, intake, entry["slots"][0], contact={"name": "别名", "phone": "+86 138 1234 5678"})
    assert error.metadata["limit"] == "3"
    booked(intake, entry["slots"][0], contact={"name": "李四", "phone": OTHER_PHONE})
    intake("cancel_appointment", appointment_id=made[0]["appointment_id"], reason_code="citizen_asked")
    booked(intake, entry["slots"][0])


def test_the_desk_confirms_once(intake):
    made = confirmed(intake, rostered(intake)["slots"][0])
    assert (made["state"], made["confirmed_by"]) == ("confirmed", "system")
    refused("APPOINTMENT_CONFIRMED", intake, "confirm_appointment", appointment_id=made["appointment_id"])
    refused("APPOINTMENT_NOT_FOUND", intake, "confirm_appointment", appointment_id="nothing")
    assert [e["version"] for e in told(intake, "confirmed")] == [2]


def test_a_city_may_confirm_at_once(intake):
    made = booked(configured(intake, booking_at_once=True), rostered(intake)["slots"][0])
    assert (made["state"], made["version"]) == ("confirmed", 2)
    assert (len(told(intake, "requested")), len(told(intake, "confirmed"))) == (1, 1)


def test_a_move_frees_one_place_and_takes_another(intake):
    entry = rostered(intake)
    made = confirmed(intake, entry["slots"][0])
    other = rostered(intake, day="2026-11-25", staff_ids=["s21"])
    moved = intake(
        "move_appointment", appointment_id=made["appointment_id"], slot_id=other["slots"][1]["slot_id"], reason=f"来电 {PHONE} 改期"
    )
    assert (moved["state"], moved["day"], moved["starts_at"], moved["staff_ids"]) == (
        "confirmed",
        "2026-11-25",
        "2026-11-25T01:30:00+00:00",
        ["s21"],
    )
    (move,) = moved["moves"]
    assert (move["from_slot_id"], move["reason"]) == (entry["slots"][0]["slot_id"], "来电 138****5678 改期")
    (event,) = told(intake, "moved")
    assert (event["data"]["starts_at"], event["data"]["from_starts_at"]) == ("2026-11-25T01:30:00+00:00", "2026-11-24T01:00:00+00:00")
    assert free(intake)[0] == ("2026-11-24T01:00", 1)
    # It is missed at its new time, not at the old one.
    intake.clock.at("2026-11-24 23:00")
    assert intake.service.run_appointment_timers() == 0
    intake.clock.at("2026-11-25 10:30")
    assert intake.service.run_appointment_timers() == 1


def test_a_move_stays_within_hall_item_and_time(intake):
    entry = rostered(intake, capacity=2)
    mine = entry["slots"][0]
    made = booked(intake, mine)
    elsewhere = rostered(intake, hall_id="h0002", window_id="w12", staff_ids=["s12"])
    intake.tell(
        "directory.hall.changed",
        hall(windows=[*hall()["windows"], {**hall()["windows"][0], "window_id": "w31", "unit_id": "u21"}]),
        version=2,
    )
    foreign = rostered(intake, window_id="w31", staff_ids=["s21"])
    far = rostered(intake, day="2026-12-31")
    full = rostered(intake, day="2026-11-26")["slots"][0]
    booked(intake, full, contact={"name": "李四", "phone": OTHER_PHONE})
    gone = rostered(intake, day="2026-11-27")
    intake("withdraw_roster_entry", entry_id=gone["entry_id"], reason="停电")
    for slot, reason in (
        (mine, "SAME_SLOT"),
        ({"slot_id": "nothing"}, "SLOT_NOT_FOUND"),
        (elsewhere["slots"][0], "SLOT_OF_OTHER_HALL"),
        (foreign["slots"][0], "WINDOW_NOT_FOR_ITEM"),
        (far["slots"][0], "BOOKING_TOO_EARLY"),
        (full, "SLOT_FULL"),
        (gone["slots"][0], "SLOT_CLOSED"),
    ):
        refused(reason, intake, "move_appointment", appointment_id=made["appointment_id"], slot_id=slot["slot_id"], reason="改期")
    intake.clock.at("2026-11-24 09:30")
    refused(
        "SLOT_BEGUN", intake, "move_appointment", appointment_id=made["appointment_id"], slot_id=entry["slots"][1]["slot_id"], reason="改期"
    )
    assert intake("get_appointment", appointment_id=made["appointment_id"])["version"] == 1


def test_the_citizen_looks_and_cancels_by_his_token(intake):
    made = booked(intake, rostered(intake)["slots"][0])
    citizen = intake.acting_as()
    seen = citizen("get_appointment_by_token", token=made["token"])
    assert set(seen) == CITIZENS
    assert (seen["state"], seen["hall_name"], seen["item_name"], seen["contact_name"], seen["cancel_until"]) == (
        "requested", "市政务服务中心", "食品经营许可", "张**", "2026-11-23T23:00:00+00:00",
    )  # fmt: skip
    intake.clock.at("2026-11-24 07:00")
    request_id = str(uuid.uuid4())
    gone = citizen("cancel_appointment_by_token", token=made["token"], request_id=request_id)
    assert (gone["state"], gone["cancel_reason"], gone.get("cancel_until")) == ("cancelled", "citizen", None)
    assert citizen("cancel_appointment_by_token", token=made["token"], request_id=request_id) == gone
    refused("APPOINTMENT_CANCELLED", citizen, "cancel_appointment_by_token", token=made["token"])
    (event,) = told(intake, "cancelled")
    assert (event["data"]["reason_code"], event["data"]["staff_ids"]) == ("citizen", ["s11"])
    for method in ("get_appointment_by_token", "cancel_appointment_by_token"):
        refused("APPOINTMENT_TOKEN_UNKNOWN", citizen, method, token="x" * 24)


def test_the_citizen_is_too_late_where_the_desk_is_not(intake):
    made = booked(intake, rostered(intake)["slots"][0])
    intake.clock.at("2026-11-24 07:01")
    refused("CANCEL_TOO_LATE", intake.acting_as(), "cancel_appointment_by_token", token=made["token"])
    assert intake.acting_as()("get_appointment_by_token", token=made["token"])["cancel_until"] is None
    refused("INVALID_REQUEST", intake, "cancel_appointment", appointment_id=made["appointment_id"], reason_code="not_confirmed")
    gone = intake("cancel_appointment", appointment_id=made["appointment_id"], reason_code="hall_prevented", note="停电")
    assert (gone["cancel_reason"], gone["cancel_note"], gone["cancelled_by"]) == ("hall_prevented", "停电", "system")


def test_a_lost_token_is_replaced(intake):
    made = booked(intake, rostered(intake)["slots"][0])
    new = intake("renew_appointment_token", appointment_id=made["appointment_id"])["token"]
    refused("APPOINTMENT_TOKEN_UNKNOWN", intake, "get_appointment_by_token", token=made["token"])
    assert intake("get_appointment_by_token", token=new)["state"] == "requested"
    intake("cancel_appointment_by_token", token=new)
    refused("APPOINTMENT_CANCELLED", intake, "renew_appointment_token", appointment_id=made["appointment_id"])


def test_a_contact_is_revealed_on_record(intake):
    made = booked(intake, rostered(intake)["slots"][0])
    request = {"appointment_id": made["appointment_id"], "purpose": "改期致电", "request_id": str(uuid.uuid4())}
    who = intake.acting_as("hall:h0001", staff_id="s11")
    assert who("reveal_appointment_contact", **request)["contact"] == {"name": "张三丰", "phone": PHONE}
    assert "contact" not in who("reveal_appointment_contact", **request)
    (seen,) = intake("list_applicant_reveals", appointment_id=made["appointment_id"])["reveals"]
    assert (seen["appointment_id"], seen.get("case_id"), seen["revealed_to"], seen["purpose"]) == (
        made["appointment_id"],
        None,
        "s11",
        "改期致电",
    )
    for asking in (intake.acting_as("hall:h0002", staff_id="s12"), intake.acting_as("*")):
        with pytest.raises(PermissionDenied):
            asking("reveal_appointment_contact", appointment_id=made["appointment_id"], purpose="看看")
    assert intake("list_applicant_reveals")["total_size"] == 1


def test_a_duty_person_sees_what_to_expect_tomorrow(intake):
    entry = rostered(intake, capacity=2)
    late = booked(intake, entry["slots"][1])
    early = booked(intake, entry["slots"][0], contact={"name": "李四", "phone": OTHER_PHONE})
    booked(intake, rostered(intake, day="2026-11-25", staff_ids=["s21"])["slots"][0])
    tomorrow = intake("list_appointments", staff_id="s11", day_from="2026-11-24", day_to="2026-11-24")
    assert [a["appointment_id"] for a in tomorrow["appointments"]] == [early["appointment_id"], late["appointment_id"]]
    assert tomorrow["appointments"][0]["contact"] == {"name": "李*", "phone": "139****1111"}
    found = [len(intake("list_appointments", **asked)["appointments"]) for asked in (
        {"phone": "138 1234 5678"}, {"phone": PHONE, "item_id": "i0001", "state": "requested"}, {"window_id": "w11", "hall_id": "h0001"},
        {"kind": "holiday"}, {"entry_id": entry["entry_id"]}, {"state": "confirmed"}, {"day_from": "2026-11-25"},
    )]  # fmt: skip
    assert found == [2, 2, 3, 0, 2, 0, 1]
    refused("MASKED_VALUE", intake, "list_appointments", phone="138****5678")
    other = intake.acting_as("hall:h0002")
    assert other("list_appointments", phone=PHONE)["total_size"] == 0
    for method, request in (("get_appointment", {}), ("confirm_appointment", {}), ("renew_appointment_token", {})):
        refused("OUT_OF_SCOPE", other, method, appointment_id=late["appointment_id"], **request)
    seen, token = [], ""
    for _ in range(3):
        page = intake("list_appointments", page_size=1, page_token=token)
        seen, token = [*seen, *(a["starts_at"] for a in page["appointments"])], page["next_page_token"]
        assert page["total_size"] == 3
    assert (seen, token) == (sorted(seen), "")
    refused("INVALID_REQUEST", intake, "list_appointments", page_token="WyJ4IiwieCJd")  # ["x","x"]


def test_a_month_adds_up_by_hall(intake):
    configured(intake, bookings_per_phone=9)
    entry = rostered(intake, capacity=4)
    came, missed, asked, prevented, _open = (confirmed(intake, entry["slots"][n % 2]) for n in range(5))
    intake("cancel_appointment", appointment_id=asked["appointment_id"], reason_code="citizen_asked")
    intake("cancel_appointment", appointment_id=prevented["appointment_id"], reason_code="hall_prevented")
    intake(
        "move_appointment",
        appointment_id=_open["appointment_id"],
        reason="改期",
        slot_id=rostered(intake, day="2026-12-01")["slots"][0]["slot_id"],
    )
    intake.clock.at("2026-11-24 09:10")
    intake.receipt(channel="appointment", appointment_id=came["appointment_id"])
    intake.clock.at("2026-11-24 12:00")
    intake.service.run_appointment_timers()
    assert intake("get_appointment", appointment_id=missed["appointment_id"])["state"] == "missed"
    november = {
        "month": "2026-11",
        "hall_id": "h0001",
        "booked": 4,
        "open": 0,
        "served": 1,
        "missed": 1,
        "cancelled": 2,
        "cancelled_by_hall": 1,
    }
    december = {
        "month": "2026-12",
        "hall_id": "h0001",
        "booked": 1,
        "open": 1,
        "served": 0,
        "missed": 0,
        "cancelled": 0,
        "cancelled_by_hall": 0,
    }
    first = intake("list_appointment_statistics", page_size=1)
    second = intake("list_appointment_statistics", page_size=1, page_token=first["next_page_token"])
    assert (first["lines"], second["lines"], second["total_size"], second["next_page_token"]) == ([november], [december], 2, "")
    assert intake("list_appointment_statistics", month_from="2026-12", month_to="2026-12")["lines"] == [december]
    assert intake("list_appointment_statistics", month_to="2026-11", kind="ordinary", hall_id="h0001")["lines"] == [november]
    assert intake.acting_as("hall:h0002")("list_appointment_statistics")["total_size"] == 0
    refused("INVALID_REQUEST", intake, "list_appointment_statistics", month_from="2026-13")
