"""Door-to-door visits through the RPC: from the request to the case that came of it, the address only on record, lateness told by the working day."""

import threading
import uuid

import pytest

from chassis.errors import PermissionDenied
from chassis.sealing.rotation import counts, rotate
from chassis.testing import a_vault
from services.intake import orm
from tests.integration.intake.booking import PHONE, configured, refused
from tests.integration.intake.conftest import item
from tests.integration.intake.test_applicants import everything, with_vault

HOME = {"name": "张三丰", "phone": PHONE, "address": "钟山区红桥路15号3栋2单元501室"}
PLAN = {"staff_ids": ["s11", "s21"], "starts_at": "2026-11-25T01:00:00Z", "ends_at": "2026-11-25T03:00:00Z", "outing_id": "out-7"}


def asked(intake, **over):
    request = {"hall_id": "h0001", "item_ids": ["i0001"], "ground": "illness", "ground_text": "卧床", "contact": HOME, "channel": "phone"}
    return intake("request_visit", **{**request, **over})


def dispatched(intake, visit=None, **over):
    return intake("dispatch_visit", visit_id=(visit or asked(intake))["visit_id"], **{**PLAN, **over})


def visited(intake, result="papers_taken", **over):
    visit = dispatched(intake, asked(intake, **over))
    intake.clock.at("2026-11-25 10:00")
    return intake("record_visit", visit_id=visit["visit_id"], result=result, staff_id="s11", visited_at="2026-11-25T01:30:00Z")


def received(intake, visit, **over):
    return intake.receipt(channel="visit", visit_id=visit["visit_id"], **over)


def told(intake, verb):
    return intake.events_of(f"intake.visit.{verb}")


def test_from_the_request_to_the_case_that_came_of_it(intake):
    request_id = str(uuid.uuid4())
    visit = asked(intake, request_id=request_id)
    assert asked(intake, request_id=request_id) == visit
    assert (visit["state"], visit["due"], visit["contact"]) == (
        "requested",
        "2026-11-26",
        {"name": "张**", "phone": "138****5678", "address": "钟山区***"},
    )
    gone = dispatched(intake, visit)
    assert (gone["state"], gone["staff_ids"], gone["starts_at"], gone["outing_id"]) == (
        "dispatched",
        ["s11", "s21"],
        "2026-11-25T01:00:00+00:00",
        "out-7",
    )
    intake.clock.at("2026-11-25 10:00")
    seen = intake(
        "record_visit", visit_id=visit["visit_id"], result="papers_taken", staff_id="s21", note=f"电话 {PHONE}", outing_id="out-8"
    )
    assert (seen["state"], seen["visited_by"], seen["result_note"], seen["outing_id"]) == ("visited", "s21", "电话 138****5678", "out-8")
    refused("PAPERS_NOT_HANDED_IN", intake, "close_visit", visit_id=visit["visit_id"])
    receipt = received(intake, visit)
    shown = intake("get_visit", visit_id=visit["visit_id"])
    assert (shown["state"], shown["case_ids"], shown["handed_in_by"]) == ("handed_in", [receipt["case_id"]], "s11")
    assert intake("close_visit", visit_id=visit["visit_id"])["state"] == "closed"
    verbs = ("requested", "dispatched", "visited", "handed_in", "closed")
    events = [told(intake, verb)[0] for verb in verbs]
    assert [e["version"] for e in events] == [1, 2, 3, 4, 5]
    assert events[1]["data"] == {
        "visit_id": visit["visit_id"], "item_ids": ["i0001"], "ground": "illness", "due": "2026-11-26", "staff_ids": ["s11", "s21"],
        "starts_at": "2026-11-25T01:00:00+00:00", "ends_at": "2026-11-25T03:00:00+00:00", "outing_id": "out-7", "removed_staff_ids": [],
    }  # fmt: skip
    assert events[3]["data"]["case_id"] == receipt["case_id"]


def test_the_address_never_leaves_but_on_record(intake, caplog):
    visit = visited(intake)
    request = {"visit_id": visit["visit_id"], "purpose": "上门", "request_id": str(uuid.uuid4())}
    who = intake.acting_as("hall:h0001", staff_id="s11")
    assert who("reveal_visit_contact", **request)["contact"] == HOME
    assert "contact" not in who("reveal_visit_contact", **request)
    (seen,) = intake("list_applicant_reveals", visit_id=visit["visit_id"])["reveals"]
    assert (seen["visit_id"], seen["revealed_to"], seen["purpose"]) == (visit["visit_id"], "s11", "上门")
    for asking in (intake.acting_as("hall:h0002", staff_id="s12"), intake.acting_as("*")):
        with pytest.raises(PermissionDenied):
            asking("reveal_visit_contact", visit_id=visit["visit_id"], purpose="看看")
    stored = everything(intake)
    for secret in HOME.values():
        assert secret not in stored + caplog.text
    assert "红桥路" not in str(intake("list_visits"))


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"hall_id": "h9999"}, "HALL_NOT_FOUND"),
        ({"item_ids": ["i7777"]}, "ITEM_NOT_FOUND"),
        ({"item_ids": ["i0009"]}, "ITEM_OF_OTHER_HALL"),
        ({"item_ids": []}, "INVALID_REQUEST"),
        ({"item_ids": ["i0001", "i0001"]}, "ITEM_TWICE"),
        ({"ground": "other", "ground_text": " "}, "GROUND_TEXT_REQUIRED"),
        ({"ground": "laziness"}, "INVALID_REQUEST"),
        ({"contact": {**HOME, "address": "钟山区***"}}, "MASKED_VALUE"),
        ({"contact": {**HOME, "phone": "nobody"}}, "PHONE_INVALID"),
        ({"contact": {"name": "张三丰", "phone": PHONE}}, "INVALID_REQUEST"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(intake, over, reason):
    refused(reason, asked, intake, **over)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"staff_ids": ["s12"]}, "STAFF_NOT_FOUND"),
        ({"staff_ids": []}, "INVALID_REQUEST"),
        ({"ends_at": "2026-11-25T01:00:00Z"}, "VISIT_HOURS_INVALID"),
        ({"ends_at": "2026-11-25T14:00:00Z"}, "VISIT_HOURS_INVALID"),
        ({"starts_at": "2026-11-22T01:00:00Z", "ends_at": "2026-11-22T02:00:00Z"}, "VISIT_IN_PAST"),
        ({"starts_at": "2027-03-01T01:00:00Z", "ends_at": "2027-03-01T02:00:00Z"}, "VISIT_TOO_FAR"),
        ({"starts_at": "0001-01-01T00:00:00Z", "ends_at": "0001-01-01T01:00:00Z"}, "VISIT_IN_PAST"),
        ({"starts_at": "9999-12-31T22:00:00Z", "ends_at": "9999-12-31T23:00:00Z"}, "VISIT_TOO_FAR"),
    ],
)
def test_nobody_is_sent_who_cannot_go(intake, over, reason):
    visit = asked(intake)
    refused(reason, dispatched, intake, visit, **over)
    assert intake("get_visit", visit_id=visit["visit_id"])["state"] == "requested"


def test_people_and_hours_change_until_they_were_there(intake):
    visit = dispatched(intake)
    again = dispatched(intake, visit, staff_ids=["s21"], starts_at="2026-11-25T02:00:00Z", outing_id=None)
    assert (again["staff_ids"], again["starts_at"], again["outing_id"]) == (["s21"], "2026-11-25T02:00:00+00:00", None)
    assert told(intake, "dispatched")[1]["data"]["removed_staff_ids"] == ["s11"]
    intake.clock.at("2026-11-25 12:00")
    refused("VISITOR_NOT_DISPATCHED", intake, "record_visit", visit_id=visit["visit_id"], result="advised", staff_id="s11")
    refused("STAFF_REQUIRED", intake, "record_visit", visit_id=visit["visit_id"], result="advised")
    future = {"visit_id": visit["visit_id"], "result": "advised", "staff_id": "s21", "visited_at": "2026-11-25T05:00:00Z"}
    refused("VISITED_AT_INVALID", intake, "record_visit", **future)
    intake("record_visit", visit_id=visit["visit_id"], result="advised", staff_id="s21")
    refused("VISIT_VISITED", dispatched, intake, visit, starts_at="2026-11-26T01:00:00Z", ends_at="2026-11-26T02:00:00Z")
    refused("NO_PAPERS_TAKEN", received, intake, visit)
    refused("NO_PAPERS_TAKEN", intake, "hand_in_visit", visit_id=visit["visit_id"], note="x")
    assert intake("close_visit", visit_id=visit["visit_id"])["state"] == "closed"
    refused("VISIT_CLOSED", intake, "close_visit", visit_id=visit["visit_id"])


def test_who_was_not_met_is_visited_again(intake):
    visit = visited(intake, result="not_met")
    again = dispatched(intake, visit, starts_at="2026-11-26T01:00:00Z", ends_at="2026-11-26T02:00:00Z")
    assert (again["state"], again["result"], again["visited_at"]) == ("dispatched", None, None)
    assert [e["version"] for e in told(intake, "dispatched")] == [2, 4]


def test_a_visit_about_two_items_gives_two_cases(intake):
    intake.tell("directory.item.published", item("i0003"), subject="i3")
    visit = visited(intake, item_ids=["i0001", "i0003"])
    first = received(intake, visit)
    refused("VISIT_ITEM_RECEIVED", received, intake, visit)
    second = received(intake, visit, item_id="i0003")
    assert sorted(intake("get_visit", visit_id=visit["visit_id"])["case_ids"]) == sorted([first["case_id"], second["case_id"]])
    assert [e["data"]["case_id"] for e in told(intake, "handed_in")] == [first["case_id"], second["case_id"]]


def test_a_receipt_that_does_not_fit_writes_nothing(intake):
    visit = dispatched(intake)
    refused("VISIT_DISPATCHED", received, intake, visit)
    intake.clock.at("2026-11-25 10:00")
    intake("record_visit", visit_id=visit["visit_id"], result="papers_taken", staff_id="s11")
    assert refused("VISIT_DIFFERS", received, intake, visit, item_id="i0002", materials=[]).metadata["field"] == "item_id"
    elsewhere = {"hall_id": "h0002", "window_id": "w12", "item_id": "i0009", "staff_id": "s12"}
    assert refused("VISIT_DIFFERS", received, intake, visit, **elsewhere).metadata["field"] == "hall_id"
    refused("INVALID_REQUEST", intake.receipt, visit_id=visit["visit_id"])
    refused("VISIT_NOT_FOUND", intake.receipt, channel="visit", visit_id="nothing")
    refused("OUT_OF_SCOPE", received, intake.acting_as("hall:h0002"), visit)
    assert intake.events("registered") == []


def test_papers_of_a_running_case_come_in_by_word(intake):
    visit = visited(intake)
    shown = intake("hand_in_visit", visit_id=visit["visit_id"], note="补正材料已交窗口")
    assert (shown["state"], shown["hand_in_note"], shown["case_ids"]) == ("handed_in", "补正材料已交窗口", [])
    assert told(intake, "handed_in")[0]["data"]["case_id"] is None
    assert intake("close_visit", visit_id=visit["visit_id"])["state"] == "closed"


def test_the_hall_declines_and_the_citizen_cancels_with_a_reason(intake):
    first, second = asked(intake), dispatched(intake)
    refused("INVALID_REQUEST", intake, "decline_visit", visit_id=first["visit_id"], reason=" ")
    declined = intake("decline_visit", visit_id=first["visit_id"], reason=f"须本人到场，已致电 {PHONE}")
    assert (declined["state"], declined["end_reason"]) == ("declined", "须本人到场，已致电 138****5678")
    refused("VISIT_DISPATCHED", intake, "decline_visit", visit_id=second["visit_id"], reason="x")
    assert intake("cancel_visit", visit_id=second["visit_id"], reason="病愈")["state"] == "cancelled"
    refused("VISIT_CANCELLED", dispatched, intake, second)
    refused("VISIT_DECLINED", intake, "cancel_visit", visit_id=first["visit_id"], reason="x")
    assert (told(intake, "cancelled")[0]["data"]["staff_ids"], len(told(intake, "declined"))) == (["s11", "s21"], 1)
    asking = asked(intake)
    intake("cancel_visit", visit_id=asking["visit_id"], reason="自行前往")
    assert told(intake, "cancelled")[1]["data"]["starts_at"] is None


def test_each_working_day_without_anybody_sent_is_told_once(intake):
    visit = asked(intake)  # Monday; due on Thursday
    dispatched(intake)
    intake.clock.at("2026-11-26 23:59")
    assert intake.service.run_visit_timers() == 0
    intake.clock.at("2026-11-27 00:00")
    assert (intake.service.run_visit_timers(), intake.service.run_visit_timers()) == (1, 0)
    intake.clock.at("2026-12-01 09:00")  # the scheduler was away over the weekend and Monday
    assert (intake.service.run_visit_timers(), intake.service.run_visit_timers()) == (1, 0)
    late = [e["data"] for e in told(intake, "overdue")]
    assert [(d["overdue_days"], d["as_of"]) for d in late] == [(1, "2026-11-27"), (2, "2026-11-30"), (3, "2026-12-01")]
    assert [v["visit_id"] for v in intake("list_visits", overdue=True)["visits"]] == [visit["visit_id"]]
    assert intake("list_visits", overdue=False)["total_size"] == 1
    # Days nobody has told yet come before the dispatch.
    intake.clock.at("2026-12-02 09:00")
    dispatched(intake, visit, starts_at="2026-12-03T01:00:00Z", ends_at="2026-12-03T02:00:00Z")
    assert len(told(intake, "overdue")) == 4
    intake.clock.at("2026-12-09 09:00")
    assert intake.service.run_visit_timers() == 0


def test_racing_schedulers_tell_each_day_once(intake):
    for _ in range(8):
        asked(intake)
    intake.clock.at("2026-11-30 08:00")
    start, served = threading.Barrier(3), []

    def sweep():
        start.wait()
        served.append(intake.service.run_visit_timers())

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    late = told(intake, "overdue")
    assert sum(served) == 8
    assert len({(e["subject"], e["data"]["overdue_days"]) for e in late}) == len(late) == 16


def test_the_limit_is_a_setting_and_a_rest_day_counts_from_the_next_working_day(intake):
    configured(intake, visit_dispatch_days=1)
    intake.clock.at("2026-11-28 09:00")
    assert asked(intake)["due"] == "2026-12-01"


def test_visits_are_listed_in_scope_with_filters_and_pages(intake):
    first, second = asked(intake, ground="age"), dispatched(intake)
    ids = [second["visit_id"], first["visit_id"]]
    page = intake("list_visits", page_size=1)
    rest = intake("list_visits", page_size=1, page_token=page["next_page_token"])
    assert sorted(v["visit_id"] for v in page["visits"] + rest["visits"]) == sorted(ids)
    assert (rest["next_page_token"], rest["total_size"]) == ("", 2)
    found = [intake("list_visits", **over)["total_size"] for over in (
        {"phone": "138 1234 5678"}, {"phone": "13900001111"}, {"staff_id": "s21"}, {"item_id": "i0001", "hall_id": "h0001"}, {"item_id": "i0002"},
        {"state": "requested"}, {"ground": "age"}, {"day_from": "2026-11-25", "day_to": "2026-11-25"},
        {"day_from": "0001-01-01", "day_to": "9999-12-31"}, {"day_from": "2026-11-26"},
    )]  # fmt: skip
    assert found == [2, 0, 1, 2, 0, 1, 1, 1, 1, 0]
    other = intake.acting_as("hall:h0002")
    assert other("list_visits", phone=PHONE)["total_size"] == 0
    for method, request in (
        ("get_visit", {}),
        ("dispatch_visit", PLAN),
        ("decline_visit", {"reason": "x"}),
        ("cancel_visit", {"reason": "x"}),
    ):
        refused("OUT_OF_SCOPE", other, method, visit_id=first["visit_id"], **request)
    refused("OUT_OF_SCOPE", asked, other)
    refused("VISIT_NOT_FOUND", intake, "get_visit", visit_id="nothing")


def test_contacts_come_under_new_keys(intake):
    visit = asked(intake)
    both, new, column = a_vault("t2", "t1"), a_vault("t2"), orm.visits.SEALED
    assert list(rotate(intake.db, both, column, batch=10)) == [1]
    assert counts(intake.db, column) == {"sealed t2": 1, "phone_hash t2": 1}
    after = with_vault(intake, new).acting_as("*", staff_id="s11")
    assert after("list_visits", phone=PHONE)["total_size"] == 1
    assert after("reveal_visit_contact", visit_id=visit["visit_id"], purpose="核对")["contact"] == HOME
