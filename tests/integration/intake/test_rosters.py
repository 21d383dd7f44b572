"""The roster through the RPC: which days are allowed, what bookings protect, what a new calendar does to it."""

import uuid

import pytest
import sqlalchemy as sa

from tests.integration.intake.booking import a_calendar, booked, free, refused, rostered
from tests.integration.intake.conftest import hall, item


@pytest.mark.parametrize(
    ("day", "kind", "reason", "why"),
    [
        ("2026-11-24", "holiday", "DAY_IS_WORKDAY", "workday"),
        ("2027-01-01", "ordinary", "DAY_IS_REST_DAY", "statutory_holiday"),
        ("2026-11-28", "extended", "DAY_IS_REST_DAY", "weekend"),
    ],
)
def test_a_kind_needs_its_kind_of_day(intake, day, kind, reason, why):
    error = refused(reason, rostered, intake, day=day, kind=kind)
    assert (error.metadata["day"], error.metadata["why"]) == (day, why)
    assert intake("list_roster")["total_size"] == 0


def test_a_make_up_saturday_is_a_working_day_and_a_weekday_of_the_holiday_is_none(intake):
    intake.clock.at("2026-09-25 09:00")
    assert refused("DAY_IS_WORKDAY", rostered, intake, day="2026-10-10", kind="holiday").metadata["why"] == "makeup_workday"
    assert rostered(intake, day="2026-10-10", kind="extended", starts="18:00", ends="19:00")["state"] == "published"
    assert rostered(intake, day="2026-10-01", kind="holiday")["kind"] == "holiday"


def test_an_entry_is_published_once_with_its_slots_and_told(intake):
    request_id = str(uuid.uuid4())
    entry = rostered(intake, capacity=2, request_id=request_id)
    assert rostered(intake, capacity=2, request_id=request_id) == entry
    assert [(s["starts_at"], s["ends_at"], s["capacity"], s["booked"]) for s in entry["slots"]] == [
        ("2026-11-24T01:00:00+00:00", "2026-11-24T01:30:00+00:00", 2, 0),
        ("2026-11-24T01:30:00+00:00", "2026-11-24T02:00:00+00:00", 2, 0),
    ]
    (told,) = intake.events_of("intake.roster.published")
    assert (told["data"]["staff_ids"], told["data"]["starts_at"], told["data"]["ends_at"], told["hallid"]) == (
        ["s11"], "2026-11-24T01:00:00+00:00", "2026-11-24T02:00:00+00:00", "h0001",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"hall_id": "h9999"}, "HALL_NOT_FOUND"),
        ({"window_id": "w99"}, "WINDOW_NOT_FOUND"),
        ({"staff_ids": ["s12"]}, "STAFF_NOT_FOUND"),
        ({"kind": "extended", "staff_ids": []}, "DUTY_STAFF_REQUIRED"),
        ({"ends": "09:00"}, "ROSTER_HOURS_INVALID"),
        ({"ends": "9 Uhr"}, "INVALID_REQUEST"),
        ({"slot_minutes": 25}, "SLOTS_UNEVEN"),
        ({"slot_minutes": 4}, "SLOT_MINUTES_INVALID"),
        ({"capacity": 201}, "CAPACITY_INVALID"),
        ({"day": "2026-11-23"}, "DAY_PAST"),
        ({"day": "2099-12-31"}, "DAY_TOO_FAR"),
        ({"day": "9999-12-31"}, "DAY_TOO_FAR"),
        ({"day": "0001-01-01"}, "DAY_PAST"),
    ],
)
def test_what_cannot_be_is_refused(intake, over, reason):
    refused(reason, rostered, intake, **over)


def test_a_closed_hall_opens_no_window(intake):
    intake.tell("directory.hall.changed", hall(status="closed"), version=2)
    refused("HALL_CLOSED", rostered, intake)


def test_neither_a_window_nor_a_person_is_in_two_places_at_once(intake):
    entry = rostered(intake)
    error = refused("ROSTER_OVERLAPS", rostered, intake, starts="09:30", ends="10:30", staff_ids=["s21"])
    assert error.metadata["entry_id"] == entry["entry_id"]
    assert refused("DUTY_STAFF_BUSY", rostered, intake, window_id="w21").metadata["staff_id"] == "s11"
    later = rostered(intake, starts="10:00", ends="11:00")
    rostered(intake, window_id="w21", staff_ids=["s21"])
    refused("ROSTER_OVERLAPS", intake, "change_roster_entry", entry_id=later["entry_id"], starts="09:30", slot_minutes=30)
    intake("withdraw_roster_entry", entry_id=entry["entry_id"], reason="停电")
    changed = intake("change_roster_entry", entry_id=later["entry_id"], starts="09:30")
    assert [s["starts_at"][11:16] for s in changed["slots"]] == ["01:30", "02:00", "02:30"]


def test_people_change_at_any_time_and_whoever_is_taken_off_is_named(intake):
    entry = rostered(intake)
    booked(intake, entry["slots"][0])
    changed = intake("change_roster_entry", entry_id=entry["entry_id"], staff_ids=["s21", "s21"])
    assert changed["staff_ids"] == ["s21"]
    (told,) = intake.events_of("intake.roster.changed")
    assert (told["data"]["changed"], told["data"]["staff_ids"], told["data"]["removed_staff_ids"]) == (["staff_ids"], ["s21"], ["s11"])
    assert intake("change_roster_entry", entry_id=entry["entry_id"], staff_ids=["s21"])["version"] == changed["version"]
    assert len(intake.events_of("intake.roster.changed")) == 1


def test_no_change_takes_what_is_booked(intake):
    entry = rostered(intake, capacity=2)
    late = entry["slots"][1]
    booked(intake, late)
    second = booked(intake, late)
    change = {"entry_id": entry["entry_id"]}
    assert refused("ROSTER_HAS_BOOKINGS", intake, "change_roster_entry", ends="09:30", **change).metadata["bookings"] == "2"
    refused("ROSTER_HAS_BOOKINGS", intake, "change_roster_entry", slot_minutes=60, **change)
    refused("ROSTER_HAS_BOOKINGS", intake, "change_roster_entry", capacity=1, **change)
    refused("ROSTER_HAS_BOOKINGS", intake, "withdraw_roster_entry", reason="停电", **change)
    assert intake("list_roster")["entries"][0]["version"] == 1
    shorter = intake("change_roster_entry", starts="09:30", ends="10:30", **change)
    assert [(s["starts_at"][11:16], s["booked"]) for s in shorter["slots"]] == [("01:30", 2), ("02:00", 0)]
    # What was closed without bookings opens again as it was.
    longer = intake("change_roster_entry", starts="09:00", **change)
    assert longer["slots"][0]["slot_id"] == entry["slots"][0]["slot_id"]
    intake("cancel_appointment", appointment_id=second["appointment_id"], reason_code="citizen_asked")
    assert intake("change_roster_entry", capacity=1, **change)["capacity"] == 1


def test_a_withdrawn_entry_takes_nobody_and_stays_withdrawn(intake):
    entry = rostered(intake)
    gone = intake("withdraw_roster_entry", entry_id=entry["entry_id"], reason="停电")
    assert (gone["state"], gone["withdrawn_reason"], gone["slots"]) == ("withdrawn", "停电", [])
    assert len(intake.events_of("intake.roster.withdrawn")) == 1
    assert free(intake) == []
    refused("SLOT_CLOSED", booked, intake, entry["slots"][0])
    refused("ROSTER_WITHDRAWN", intake, "withdraw_roster_entry", entry_id=entry["entry_id"], reason="x")
    refused("ROSTER_WITHDRAWN", intake, "change_roster_entry", entry_id=entry["entry_id"], capacity=3)
    refused("ROSTER_ENTRY_NOT_FOUND", intake, "withdraw_roster_entry", entry_id="nothing", reason="x")
    over = rostered(intake)
    intake.clock.at("2026-11-24 10:00")
    refused("ROSTER_OVER", intake, "change_roster_entry", entry_id=over["entry_id"], capacity=3)


def test_a_calendar_that_turns_round_is_found_and_told_once_and_bookings_stay(intake):
    intake.clock.at("2026-12-21 09:00")
    holiday = rostered(intake, day="2027-01-01", kind="holiday")
    working = rostered(intake, day="2026-12-30", kind="extended")
    made = booked(intake, holiday["slots"][0])
    assert intake.service.recheck_rosters() == 0
    a_calendar(intake, "2027-01-01", workday=True)
    assert (intake.service.recheck_rosters(), intake.service.recheck_rosters()) == (2, 0)
    (told,) = intake.events_of("intake.roster.misfit_found")
    assert (told["subject"], told["data"]["why"], told["data"]["staff_ids"]) == (holiday["entry_id"], "override_workday", ["s11"])
    (entry,) = intake("list_roster", misfit=True)["entries"]
    assert (entry["entry_id"], entry["misfit"]) == (holiday["entry_id"], "override_workday")
    assert [e["entry_id"] for e in intake("list_roster", misfit=False)["entries"]] == [working["entry_id"]]
    assert intake("get_appointment", appointment_id=made["appointment_id"])["state"] == "requested"
    refused("ROSTER_MISFIT", booked, intake, holiday["slots"][1])
    assert "2027-01-01T01:30" not in [start for start, _ in free(intake)]
    # The next notice says the opposite again: told, too, and bookable as before.
    a_calendar(intake, "2026-12-30", workday=False, revision=2)
    assert intake.service.recheck_rosters() == 2
    assert intake.events_of("intake.roster.changed")[-1]["data"]["changed"] == ["misfit"]
    assert [e["subject"] for e in intake.events_of("intake.roster.misfit_found")] == [holiday["entry_id"], working["entry_id"]]
    assert booked(intake, holiday["slots"][1])["state"] == "requested"


def test_a_misfit_is_resolved_by_another_kind(intake):
    entry = rostered(intake)
    booked(intake, entry["slots"][0])
    a_calendar(intake, "2026-11-24", workday=False)
    intake.service.recheck_rosters()
    refused("DAY_IS_REST_DAY", intake, "change_roster_entry", entry_id=entry["entry_id"], kind="extended")
    changed = intake("change_roster_entry", entry_id=entry["entry_id"], kind="holiday")
    assert (changed["kind"], changed.get("misfit")) == ("holiday", None)
    booked(intake, entry["slots"][1])


def test_an_entry_that_breaks_stands_in_nobodys_way(intake):
    broken, fine = rostered(intake), rostered(intake, day="2026-11-25")
    with intake.db.transaction() as tx:
        tx.execute("UPDATE intake.roster_entries SET region = '' , staff_ids = ARRAY[''] WHERE entry_id = :id", {"id": broken["entry_id"]})
    override = [{"date": day, "is_workday": False, "reason": "x", "notice_no": "1"} for day in ("2026-11-24", "2026-11-25")]
    intake.tell("directory.calendar.changed", {"revision": 1, "overrides": override}, subject="calendar", hall_id=None)
    assert intake.service.recheck_rosters() == 1
    assert [e["subject"] for e in intake.events_of("intake.roster.misfit_found")] == [fine["entry_id"]]


def test_the_roster_is_listed_by_day_in_scope_with_filters_and_pages(intake):
    made = [rostered(intake, day=f"2026-12-0{n}", kind=kind) for n, kind in ((3, "ordinary"), (1, "extended"), (2, "ordinary"))]
    days, token = [], ""
    for _ in range(3):
        page = intake("list_roster", page_size=1, page_token=token)
        assert page["total_size"] == 3
        days += [entry["day"] for entry in page["entries"]]
        token = page["next_page_token"]
    assert (days, token) == (["2026-12-01", "2026-12-02", "2026-12-03"], "")
    assert [e["entry_id"] for e in intake("list_roster", kind="extended", state="published")["entries"]] == [made[1]["entry_id"]]
    assert intake("list_roster", day_from="2026-12-02", day_to="2026-12-02", window_id="w11", staff_id="s11")["total_size"] == 1
    assert intake("list_roster", staff_id="s21")["total_size"] == 0
    other = intake.acting_as("hall:h0002")
    assert other("list_roster")["total_size"] == 0
    for method, request in (("withdraw_roster_entry", {"reason": "x"}), ("change_roster_entry", {"capacity": 2})):
        refused("OUT_OF_SCOPE", other, method, entry_id=made[0]["entry_id"], **request)
    refused("OUT_OF_SCOPE", rostered, other)
    refused("INVALID_REQUEST", intake, "list_roster", page_token="WyJ4IiwieCJd")  # ["x","x"]


def test_free_slots_are_those_that_booking_takes(intake):
    entry = rostered(intake)
    rostered(intake, window_id="w21", capacity=2, staff_ids=["s21"])  # comprehensive: takes items of every unit
    assert free(intake) == [("2026-11-24T01:00", 1), ("2026-11-24T01:00", 2), ("2026-11-24T01:30", 1), ("2026-11-24T01:30", 2)]
    made = booked(intake, entry["slots"][0])
    assert free(intake)[:2] == [("2026-11-24T01:00", 2), ("2026-11-24T01:30", 1)]
    intake("cancel_appointment", appointment_id=made["appointment_id"], reason_code="duplicate")
    assert free(intake)[0] == ("2026-11-24T01:00", 1)
    assert free(intake, day_from="2026-11-25") == []
    assert free(intake, day_to="2026-11-23") == []
    page = intake("list_free_slots", hall_id="h0001", item_id="i0001", page_size=3)
    rest = intake("list_free_slots", hall_id="h0001", item_id="i0001", page_size=3, page_token=page["next_page_token"])
    assert (len(page["slots"]), len(rest["slots"]), rest["total_size"], rest["next_page_token"]) == (3, 1, 4, "")
    intake.clock.at("2026-11-24 08:01")  # an hour before the first slot is over
    assert [start for start, _ in free(intake)] == ["2026-11-24T01:30", "2026-11-24T01:30"]
    refused("ITEM_OF_OTHER_HALL", intake, "list_free_slots", hall_id="h0001", item_id="i0009")
    refused("ITEM_NOT_FOUND", intake, "list_free_slots", hall_id="h0001", item_id="i7777")
    refused("OUT_OF_SCOPE", intake.acting_as("hall:h0002"), "list_free_slots", hall_id="h0001", item_id="i0001")


def test_an_item_that_ends_is_not_offered_after_its_end(intake):
    first, second = rostered(intake), rostered(intake, day="2026-11-25")
    intake.tell("directory.item.published", item(cancelled_on="2026-11-25"), version=2)
    assert [start[:10] for start, _ in free(intake)] == ["2026-11-24", "2026-11-24"]
    booked(intake, first["slots"][0])
    refused("ITEM_NOT_IN_HALL", booked, intake, second["slots"][0])


def test_the_days_ahead_are_a_limit_of_both(intake):
    entry = rostered(intake, day="2026-12-24")
    assert free(intake) == []
    refused("BOOKING_TOO_EARLY", booked, intake, entry["slots"][0])
    intake.clock.at("2026-11-24 00:00")
    assert len(free(intake)) == 2
    assert booked(intake, entry["slots"][0])["day"] == "2026-12-24"


def test_what_is_stored_follows_the_bookings_whatever_path_they_take(intake):
    entry = rostered(intake, capacity=3)
    one, two = entry["slots"]
    made = [booked(intake, one), booked(intake, one), booked(intake, two)]
    intake("move_appointment", appointment_id=made[0]["appointment_id"], slot_id=two["slot_id"], reason="改期")
    intake("cancel_appointment", appointment_id=made[2]["appointment_id"], reason_code="duplicate")
    with intake.db.transaction() as tx:
        tx.execute("DELETE FROM intake.appointments WHERE appointment_id = :id", {"id": made[1]["appointment_id"]})
    with intake.db.read() as tx:
        counted = "SELECT s.slot_id, s.booked, (SELECT count(*) FROM intake.appointments a WHERE a.slot_id = s.slot_id AND a.state <> 'cancelled')"
        rows = tx.execute(sa.text(f"{counted} FROM intake.roster_slots s ORDER BY s.starts_at")).all()
    assert [tuple(row) for row in rows] == [(one["slot_id"], 0, 0), (two["slot_id"], 1, 1)]
