"""Stationing with history, numbers on terminals, delegations."""

import pytest

from chassis.errors import HallbusError

PERSON = {"staff_id": "s0001", "name": "王丽", "hall_id": "h0001", "unit_id": "u0001", "pin": "1001"}


def refused(reason, call, /, *arguments, **request):
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason


def periods(city, staff_id="s0001"):
    return [(s["valid_from"], s["valid_to"], s["status"], s["hall_id"]) for s in city("get_staff", staff_id=staff_id)["stationings"]]


def test_a_transfer_ends_the_old_period_and_keeps_it(city):
    city("upsert_staff", **{**PERSON, "hall_id": "h0002", "unit_id": "u0002", "pin": "2001", "valid_from": "2026-07-01"})
    assert periods(city) == [("2026-01-01", "2026-06-30", "ended", "h0001"), ("2026-07-01", None, "active", "h0002")]
    events = [e for e in city.events("directory.staff.changed") if e["subject"] == "s0001"]
    assert [(e["version"], e["hallid"], e["data"]["status"]) for e in events] == [
        (1, "h0001", "active"), (2, "h0001", "ended"), (3, "h0002", "active"),
    ]  # fmt: skip


def test_the_same_start_is_a_correction(city):
    city("upsert_staff", **{**PERSON, "pin": "1999", "valid_from": "2026-01-01"})
    assert periods(city) == [("2026-01-01", None, "active", "h0001")]
    assert city.events("directory.staff.changed")[-1]["data"]["pin"] == "1999"


def test_writing_the_same_again_says_nothing(city):
    before = len(city.events("directory.staff.changed"))
    city("upsert_staff", **{**PERSON, "window_id": "w0001", "valid_from": "2026-01-01"})
    assert len(city.events("directory.staff.changed")) == before


def test_a_new_name_is_told(city):
    city("upsert_staff", **{**PERSON, "window_id": "w0001", "name": "王莉", "valid_from": "2026-01-01"})
    assert city.events("directory.staff.changed")[-1]["data"]["name"] == "王莉"


def test_an_ended_stationing_can_begin_again(city):
    city("end_stationing", staff_id="s0001", valid_to="2026-03-31")
    refused("STATIONING_ENDED", city, "end_stationing", staff_id="s0001", valid_to="2026-04-30")
    city("upsert_staff", **PERSON, valid_from="2026-05-01")
    assert periods(city) == [("2026-01-01", "2026-03-31", "ended", "h0001"), ("2026-05-01", None, "active", "h0001")]


def test_numbers_are_unique_in_a_hall_at_one_time(city):
    city("upsert_unit", unit_id="u0003", name="单位3", hall_id="h0001")
    other = {"staff_id": "s0009", "name": "李强", "hall_id": "h0001", "unit_id": "u0003", "pin": "1001", "valid_from": "2026-04-01"}
    refused("PIN_TAKEN", city, "upsert_staff", **other)
    city("end_stationing", staff_id="s0001", valid_to="2026-03-31")
    city("upsert_staff", **other)
    city("upsert_staff", **{**other, "staff_id": "s0010", "hall_id": "h0002", "unit_id": "u0002", "valid_from": "2026-04-01"})


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("UNIT_OF_OTHER_HALL", {"unit_id": "u0002", "valid_from": "2026-07-01"}),
        ("WINDOW_OF_OTHER_HALL", {"window_id": "w0002", "valid_from": "2026-07-01"}),
        ("STATIONING_OVERLAPS", {"valid_from": "2025-07-01"}),
        ("STATIONING_PERIOD_REVERSED", {"valid_from": "2026-07-01", "valid_to": "2026-06-01"}),
        ("INVALID_REQUEST", {"valid_from": "soon"}),
        ("INVALID_REQUEST", {"pin": "1 0", "valid_from": "2026-07-01"}),
    ],
)
def test_what_cannot_be_is_refused(city, reason, over):
    refused(reason, city, "upsert_staff", **{**PERSON, **over})


def test_a_delegation_lives_from_signature_to_revocation(city):
    signed = {
        "delegation_id": "d0001", "unit_id": "u0001", "staff_id": "s0001", "document_no": "授权〔2026〕1号",
        "valid_from": "2020-01-01", "valid_to": "2099-12-31",
    }  # fmt: skip
    assert city("upsert_delegation", **signed)["status"] == "active"
    assert city("revoke_delegation", delegation_id="d0001", reason="人员调整")["status"] == "revoked"
    refused("DELEGATION_REVOKED", city, "upsert_delegation", **signed)
    assert city("list_delegations", staff_id="s0001")["delegations"][0]["status"] == "revoked"
    events = city.events("directory.delegation.changed")
    assert [(e["version"], e["data"]["revoked_on"] is None) for e in events] == [(1, True), (2, False)]
    refused("STAFF_OF_OTHER_UNIT", city, "upsert_delegation", **{**signed, "delegation_id": "d0002", "unit_id": "u0002"})
    refused("ITEM_NOT_FOUND", city, "upsert_delegation", **{**signed, "delegation_id": "d0002", "item_ids": ["i9"]})
