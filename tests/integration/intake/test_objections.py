"""Objections to a case and the count of queries, through the RPC: by token and at the window, with limits of their own."""

import threading
import uuid

import pytest

from chassis.errors import HallbusError

from .conftest import person


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.fixture
def house(intake):
    """s11 is responsible for cases, s13 is his colleague, s21 of another unit of the hall."""
    intake.tell("directory.staff.changed", person("s13"), subject="s13")
    return intake


def objected(intake, token, **over):
    return intake("raise_objection", token=token, text="已经三周了，为何还不办？", **over)


def answered(intake, objection_id, staff_id="s13"):
    return intake("answer_objection", objection_id=objection_id, answer="本周内办结", staff_id=staff_id)


def events(intake, verb):
    return intake.events_of(f"intake.objection.{verb}")


def test_by_the_token_to_the_answer_and_its_acceptance_and_no_deadline_moves(house):
    receipt = house.receipt()
    case = house("accept_case", case_id=receipt["case_id"])
    token, request_id = receipt["track_token"], str(uuid.uuid4())
    shown = objected(house, token, request_id=request_id)
    assert objected(house, token, request_id=request_id) == shown
    assert (shown["state"], shown["due"], shown["next_step_zh"]) == ("raised", "2026-11-26", "办理单位将在2026-11-26前明确答复")
    objection_id = shown["objection_id"]
    refused("SAME_PERSON", answered, house, objection_id, "s11")
    refused("HANDLER_OF_OTHER_UNIT", answered, house, objection_id, "s21")
    assert answered(house, objection_id)["answered_by"] == "s13"
    refused("OBJECTION_ANSWERED", answered, house, objection_id)
    (tracked,) = house("track_case", token=token)["objections"]
    assert (tracked["state"], tracked["answer"]) == ("answered", "本周内办结")
    done = house("react_to_objection", token=token, objection_id=objection_id, reaction="accept")
    assert (done["state"], done["next_step_zh"]) == ("closed", "您已认可答复，异议已办结")
    after = house("get_case", case_id=case["case_id"])
    assert (after["promised_due"], after["version"]) == (case["promised_due"], case["version"])
    assert [event["data"]["outcome"] for event in events(house, "closed")] == ["accepted"]
    assert not any("text" in event["data"] or "answer" in event["data"] for verb in ("raised", "answered") for event in events(house, verb))


def test_at_the_window_escalated_and_settled_by_another_unit(house):
    case_id = house.accepted()["case_id"]
    made = house("record_objection", case_id=case_id, text="电话13812345678，为何不办？", staff_id="s11")
    assert (made["channel"], made["raised_by"], made["text"]) == ("window", "s11", "电话138****5678，为何不办？")
    objection_id = made["objection_id"]
    refused("OBJECTION_NOT_ANSWERED", house, "record_reaction", objection_id=objection_id, reaction="escalate")
    refused("OBJECTION_NOT_ESCALATED", house, "settle_objection", objection_id=objection_id, answer="x", staff_id="s21")
    answered(house, objection_id)
    house.clock.at("2026-11-24 09:00")
    escalated = house("record_reaction", objection_id=objection_id, reaction="escalate")
    assert (escalated["state"], escalated["due"]) == ("escalated", "2026-11-27")
    refused("SAME_UNIT", house, "settle_objection", objection_id=objection_id, answer="x", staff_id=_colleague(house))
    refused("SAME_PERSON", house, "settle_objection", objection_id=objection_id, answer="x", staff_id="s13")
    settled = house("settle_objection", objection_id=objection_id, answer="责令三日内办结", staff_id="s21")
    assert (settled["outcome"], settled["settlement"], settled["settled_by"]) == ("settled", "责令三日内办结", "s21")
    assert house("get_objection", objection_id=objection_id) == settled
    assert len(events(house, "escalated")) == 1


def _colleague(intake):
    intake.tell("directory.staff.changed", person("s14"), subject="s14")
    return "s14"


def test_where_the_unit_has_nobody_else_somebody_of_the_hall_answers(intake):
    objection_id = objected(intake, intake.receipt()["track_token"])["objection_id"]
    refused("SAME_PERSON", answered, intake, objection_id, "s11")
    assert answered(intake, objection_id, "s21")["answered_by"] == "s21"


def test_a_case_has_room_for_two_open_objections_and_ten_in_all(house):
    token = house.receipt()["track_token"]
    for number in range(10):
        objection_id = objected(house, token)["objection_id"]
        if number:
            house("react_to_objection", token=token, objection_id=objection_id, reaction="withdraw")
    assert refused("OBJECTIONS_USED_UP", objected, house, token).metadata == {"limit": "10"}
    second = house.receipt()["track_token"]
    objected(house, second)
    objected(house, second)
    refused("OBJECTIONS_OPEN", objected, house, second)


def test_objections_raised_at_once_do_not_pass_the_limit(house):
    token, outcomes, start = house.receipt()["track_token"], [], threading.Barrier(4)

    def object_():
        start.wait()
        try:
            outcomes.append(objected(house, token)["state"])
        except HallbusError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=object_) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["OBJECTIONS_OPEN", "OBJECTIONS_OPEN", "raised", "raised"]


def test_a_token_opens_its_own_case_only_and_a_delivered_case_is_past_objecting(house):
    mine, theirs = house.receipt(), house.receipt()
    objection_id = objected(house, theirs["track_token"])["objection_id"]
    refused("OBJECTION_NOT_FOUND", house, "react_to_objection", token=mine["track_token"], objection_id=objection_id, reaction="withdraw")
    refused("TRACKING_TOKEN_UNKNOWN", objected, house, "x" * 24)
    refused("TRACKING_TOKEN_UNKNOWN", house, "react_to_objection", token="x" * 24, objection_id=objection_id, reaction="withdraw")
    house("accept_case", case_id=mine["case_id"])
    house("decide_case", case_id=mine["case_id"], outcome="approved", handler_id="s11")
    house("deliver_case", case_id=mine["case_id"], collector="张三丰")
    refused("CASE_ALREADY_DELIVERED", objected, house, mine["track_token"])
    house("return_case", case_id=theirs["case_id"], reason_code="prohibited", reason="x")
    assert objected(house, theirs["track_token"])["state"] == "raised", "a refused applicant may demand an explicit answer"


def test_lists_keep_to_the_callers_halls_and_go_beyond_a_page(house):
    made = [objected(house, house.receipt()["track_token"])["objection_id"] for _ in range(3)]
    page = house("list_objections", page_size=2)
    rest = house("list_objections", page_size=2, page_token=page["next_page_token"])
    assert [o["objection_id"] for o in page["objections"] + rest["objections"]] == made[::-1]
    assert (page["total_size"], rest["next_page_token"]) == (3, "")
    assert house("list_objections", state="answered")["total_size"] == 0
    assert house("list_objections", unit_id="u11", staff_id="s11", channel="token", state="raised")["total_size"] == 3
    other = house.acting_as("hall:h0002", staff_id="s12")
    assert other("list_objections")["total_size"] == 0
    for method, more in (
        ("get_objection", {}), ("answer_objection", {"answer": "x"}), ("settle_objection", {"answer": "x"}), ("record_reaction", {"reaction": "accept"}),
    ):  # fmt: skip
        refused("OUT_OF_SCOPE", other, method, objection_id=made[0], **more)
        refused("OBJECTION_NOT_FOUND", house, method, objection_id="x", **({"staff_id": "s13"} if "answer" in more else {}) | more)
    case_id = house("get_objection", objection_id=made[0])["case_id"]
    refused("OUT_OF_SCOPE", other, "record_objection", case_id=case_id, text="x")
    refused("NOT_YOURSELF", house.acting_as("*", staff_id="s21"), "record_objection", case_id=case_id, text="x", staff_id="s11")
    refused("STAFF_NOT_FOUND", house, "record_objection", case_id=case_id, text="x", staff_id="s12")
    refused("CASE_NOT_FOUND", house, "record_objection", case_id="x", text="x", staff_id="s11")


def test_lateness_is_told_once_a_day_also_after_downtime_and_with_racing_schedulers(house):
    made = [objected(house, house.receipt()["track_token"])["objection_id"] for _ in range(6)]
    house.clock.at("2026-11-26 23:59")
    assert house.service.run_objection_timers() == 0
    house.clock.at("2026-12-01 08:00")
    served, start = [], threading.Barrier(3)

    def sweep():
        start.wait()
        served.append(house.service.run_objection_timers())

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(served), house.service.run_objection_timers()) == (6, 0)
    by_objection = {}
    for event in events(house, "overdue"):
        by_objection.setdefault(event["subject"], []).append((event["version"], event["data"]["overdue_days"], event["data"]["as_of"]))
    assert by_objection == {key: [(2, 1, "2026-11-27"), (3, 2, "2026-11-30"), (4, 3, "2026-12-01")] for key in made}
    assert answered(house, made[0])["answer_overdue_days"] == 3
    house.clock.at("2026-12-09 00:00")
    house.service.run_objection_timers()
    assert [event["data"]["outcome"] for event in events(house, "closed")] == ["silent"]


def test_queries_are_counted_by_day_and_way_and_nothing_else_is_kept(house):
    receipt = house.receipt()
    case_id, token = receipt["case_id"], receipt["track_token"]
    for _ in range(3):
        house("track_case", token=token)
    assert house("record_query", case_id=case_id)["count"] == 1
    request_id = str(uuid.uuid4())
    assert [house("record_query", case_id=case_id, request_id=request_id)["count"] for _ in range(2)] == [2, 2]
    house.clock.at("2026-11-24 09:00")
    house("track_case", token=token)
    first = house("list_case_queries", case_id=case_id, page_size=2)
    rest = house("list_case_queries", case_id=case_id, page_size=2, page_token=first["next_page_token"])
    assert [(q["day"], q["channel"], q["count"]) for q in first["queries"] + rest["queries"]] == [
        ("2026-11-24", "token", 1), ("2026-11-23", "window", 2), ("2026-11-23", "token", 3),
    ]  # fmt: skip
    assert (first["total_size"], first["total_count"], rest["next_page_token"]) == (3, 6, "")
    other = house.acting_as("hall:h0002")
    refused("OUT_OF_SCOPE", other, "list_case_queries", case_id=case_id)
    refused("OUT_OF_SCOPE", other, "record_query", case_id=case_id)
    refused("CASE_NOT_FOUND", house, "record_query", case_id="x")
    refused("TRACKING_TOKEN_UNKNOWN", house, "track_case", token="x" * 24)
    refused("INVALID_REQUEST", house, "list_case_queries", case_id=case_id, page_token="eA")


def test_a_page_that_reloads_itself_all_day_stops_counting(house):
    receipt = house.receipt()
    house("track_case", token=receipt["track_token"])
    with house.db.transaction() as tx:
        tx.execute("UPDATE intake.case_queries SET count = 10000")
    house("track_case", token=receipt["track_token"])
    assert house("list_case_queries", case_id=receipt["case_id"])["total_count"] == 10000
