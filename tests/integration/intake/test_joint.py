"""Joint handling through the RPC: there from the acceptance on, with clocks of the members' own, holding up the decision and never the deadline."""

import threading
import uuid

import pytest
from hallbus.v1 import joint_pb2

from chassis.errors import HallbusError
from gateway.conversion import AnswerWriter

from .conftest import item, person


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.fixture
def city(intake):
    """An item of three units and one of two; u21 sits in the hall, u12 in another one of the region."""
    intake.tell("directory.item.published", item("i0004", units_involved=3, promised_days=20, legal_days=45), subject="i4")
    intake.tell("directory.item.published", item("i0005", units_involved=2, promised_days=20, legal_days=45), subject="i5")
    intake.tell("directory.staff.changed", person("s91", unit_id="u21"), subject="s91")
    return intake


@pytest.fixture
def case(city):
    return city.accepted(item_id="i0004")


def member(unit_id="u21", **over):
    return {"unit_id": unit_id, "question": "是否同意", **over}


def convened(city, case, *members, **over):
    request = {"case_id": case["case_id"], "members": list(members) or [member(), member("u12", limit_days=3)], "staff_id": "s11"}
    return city("convene_joint", **{**request, **over})


def handling_of(city, case):
    return city("get_joint_handling", case_id=case["case_id"])


def opinion(city, handling, unit="u21", by="s21", outcome="agree", **over):
    request = {"handling_id": handling["handling_id"], "unit_id": unit, "outcome": outcome, "opinion": "同意", "staff_id": by}
    return city("give_joint_opinion", **{**request, **over})


def director(city):
    return city.acting_as("*", staff_id="s91")


def told(city, verb):
    return [event["data"] for event in city.events_of(f"intake.joint.{verb}")]


def test_no_joint_case_is_ever_without_its_handling(city):
    cases = {
        "accepted": city.accepted(item_id="i0004"),
        "by hand": city("accept_case", case_id=city.receipt(item_id="i0005")["case_id"], routing="joint"),
    }
    silent, later = city.receipt(item_id="i0004"), city.accepted(item_id="i0005")
    refused("JOINT_HANDLING_NOT_FOUND", handling_of, city, later)
    city("reclassify_case", case_id=later["case_id"], routing="joint", reason="涉及两个部门", staff_id="s11")
    city.clock.at("2026-12-01 00:01")
    assert city.sweep() > 0
    found = {name: handling_of(city, one) for name, one in {**cases, "deemed": silent, "reclassified": later}.items()}
    assert {name: (one["state"], one["cause"], one["needed"]) for name, one in found.items()} == {
        "accepted": ("proposed", "accepted", 3), "by hand": ("proposed", "accepted", 2), "deemed": ("proposed", "deemed", 3),
        "reclassified": ("proposed", "reclassified", 2),
    }  # fmt: skip
    assert len(told(city, "opened")) == 4
    assert city("list_joint_handlings")["total_size"] == 4


def test_a_case_that_is_joint_no_more_ends_its_handling_and_may_get_another(city):
    case = city("accept_case", case_id=city.receipt(item_id="i0005")["case_id"], routing="joint")
    convened(city, case, member())
    city("reclassify_case", case_id=case["case_id"], routing="plain", reason="一个部门即可", staff_id="s11")
    ended = handling_of(city, case)
    assert (ended["state"], ended["members"][0]["state"]) == ("ended", "released")
    assert told(city, "closed")[0]["released"] == ["u21"]
    refused("CASE_NOT_JOINT", convened, city, case, member())
    city("reclassify_case", case_id=case["case_id"], routing="joint", reason="仍涉及", staff_id="s11")
    assert handling_of(city, case)["handling_id"] != ended["handling_id"]
    assert city("list_joint_handlings", case_id=case["case_id"])["total_size"] == 2
    city("reclassify_case", case_id=case["case_id"], time_class="immediate", reason="绿色通道", staff_id="s11", approver_id="s21")
    assert handling_of(city, case)["state"] == "proposed"


def test_who_may_be_a_member_and_who_names_them(city, case):
    refused("MEMBERS_TOO_FEW", convened, city, case, member())
    refused("MEMBER_IS_LEAD", convened, city, case, member("u11"), member())
    refused("UNIT_NOT_FOUND", convened, city, case, member("u99"), member())
    city.tell("directory.item.published", item("i0007", unit_id="u77"), subject="i7")
    refused("UNIT_NOT_STATIONED", convened, city, case, member("u77"), member())
    refused("HANDLER_OF_OTHER_UNIT", convened, city, case, member(person_id="s12"), member("u12"))
    refused("STAFF_NOT_FOUND", convened, city, case, staff_id="s12")
    refused("INVALID_REQUEST", convened, city, case, member(limit_days=0), member("u12"))
    refused("CASE_NOT_JOINT", convened, city, city.accepted())
    refused("OUT_OF_SCOPE", convened, city.acting_as("hall:h0002"), case)
    assert handling_of(city, case)["version"] == 1
    request_id = str(uuid.uuid4())
    made = convened(city, case, request_id=request_id)
    assert convened(city, case, request_id=request_id) == made
    shown = {m["unit_id"]: (m["hall_id"], m["limit_days"], m["due"], m["named_by"]) for m in made["members"]}
    # Five working days when nothing is said.
    assert shown == {"u21": ("h0001", 5, "2026-11-30", "s11"), "u12": ("h0002", 3, "2026-11-26", "s11")}
    refused("MEMBER_TWICE", convened, city, case, member())
    assert len(told(city, "opinion_requested")) == 2
    assert "是否同意" not in str(told(city, "opinion_requested"))


def test_an_opinion_is_its_units_own_and_reached_from_the_units_hall(city, case):
    made = convened(city, case)
    refused("HANDLER_OF_OTHER_UNIT", opinion, city, made, by="s11")
    refused("NOT_A_MEMBER", opinion, city, made, unit="u11", by="s11")
    refused("NOT_YOURSELF", opinion, city.acting_as("hall:h0001", staff_id="s11"), made, by="s21")
    refused("STAFF_NOT_FOUND", opinion, city, made, by="s99")
    away = city.acting_as("hall:h0002", staff_id="s12")
    refused("OUT_OF_SCOPE", opinion, away, made, by=None)
    assert opinion(away, made, "u12", None)["members"][1]["given_by"] == "s12"
    assert handling_of(away, case)["state"] == "opinions_due"
    assert away("list_joint_handlings")["total_size"] == 1
    other = city.acting_as("hall:h0003")
    refused("OUT_OF_SCOPE", handling_of, other, case)
    assert other("list_joint_handlings")["total_size"] == 0


def test_the_decision_waits_for_the_opinions_and_names_the_units(city, case):
    decision = {"case_id": case["case_id"], "outcome": "approved", "handler_id": "s11"}
    refused("JOINT_NOT_CONVENED", city, "decide_case", **decision)
    made = convened(city, case)
    assert refused("OPINIONS_MISSING", city, "decide_case", **decision).metadata["units"] == "u21,u12"
    opinion(city, made)
    opinion(city, made, "u12", "s12", "disagree")
    refused("MEMBER_DISAGREES", city, "decide_case", **decision)
    opinion(city, made, "u12", "s12", "conditional")
    decided = city("decide_case", **decision)
    assert (decided["state"], decided["promised_due"]) == ("decided", case["promised_due"])
    closed = handling_of(city, case)
    assert (closed["state"], closed["members"][1]["earlier"][0]["outcome"]) == ("issued", "disagree")
    assert [e["state"] for e in told(city, "moved_on")] == ["opinions_due", "all_in"]
    assert told(city, "closed")[0]["state"] == "issued"
    refused("JOINT_CLOSED", opinion, city, made)


def test_a_rejected_case_is_returned(city, case):
    made = convened(city, case)
    for unit, by in (("u21", "s21"), ("u12", "s12")):
        opinion(city, made, unit, by, "disagree")
    city("decide_case", case_id=case["case_id"], outcome="rejected", handler_id="s11", opinion="不符合规划")
    assert handling_of(city, case)["state"] == "returned"


def test_lateness_is_told_once_a_day_after_days_of_downtime_and_is_the_members(city, case):
    made = convened(city, case, member(person_id="s21", limit_days=2), member("u12", limit_days=20))
    city.clock.at("2026-12-01 09:00")
    assert (city.service.run_joint_timers(), city.service.run_joint_timers()) == (1, 0)
    late = told(city, "member_overdue")
    assert [(d["unit_id"], d["handler_id"], d["overdue_days"], d["as_of"]) for d in late] == [
        ("u21", "s21", 1, "2026-11-26"), ("u21", "s21", 2, "2026-11-27"), ("u21", "s21", 3, "2026-11-30"), ("u21", "s21", 4, "2026-12-01"),
    ]  # fmt: skip
    assert not any("lead" in name or name == "window_id" for name in late[0])
    assert city.events("overdue") == []
    city.clock.at("2026-12-02 09:00")
    assert opinion(city, made)["members"][0]["overdue_days"] == 5
    city.clock.at("2026-12-10 09:00")
    city.service.run_joint_timers()
    assert len(told(city, "member_overdue")) == 5


def test_two_schedulers_tell_a_day_once(city, case):
    made = [convened(city, case)] + [convened(city, city.accepted(item_id="i0004")) for _ in range(3)]
    city.clock.at("2026-11-27 00:01")
    served = []
    racing = [threading.Thread(target=lambda: served.append(city.service.run_joint_timers())) for _ in range(2)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join(30)
    assert sum(served) == len(made)
    late = told(city, "member_overdue")
    assert sorted(d["handling_id"] for d in late) == sorted(m["handling_id"] for m in made)


def test_a_special_procedure_of_the_case_stops_its_members(city, case):
    convened(city, case)
    city.clock.at("2026-11-24 10:00")
    city(
        "suspend_case", case_id=case["case_id"], procedure="hearing", limit_days=10, reason="听证", notice_no="特告1号", staff_id="s11",
    )  # fmt: skip
    standing = handling_of(city, case)
    assert (standing["standing_still"], standing["members"][1].get("due")) == (True, None)
    city.clock.at("2026-12-03 10:00")
    city.service.run_joint_timers()
    assert told(city, "member_overdue") == []
    refused("CASE_SUSPENDED", convened, city, case, member("u12"))
    city("resume_case", case_id=case["case_id"], result="听证结束", staff_id="s11")
    # Nothing of the three days was used before the procedure began: days 1 to 3 are the 4th, the 7th and the 8th.
    assert handling_of(city, case)["members"][1]["due"] == "2026-12-08"
    assert [(d["cause"], d["due"]) for d in told(city, "member_due_moved") if d["unit_id"] == "u12"] == [
        ("suspended", None),
        ("resumed", "2026-12-08"),
    ]


def test_a_calendar_that_changes_moves_open_members(city, case):
    made = convened(city, case)
    opinion(city, made)
    calendar = {
        "revision": 1, "overrides": [{"date": "2026-11-25", "is_workday": False, "reason": "台风", "notice_no": "市政办1号"}], "notices": [],
    }  # fmt: skip
    city.tell("directory.calendar.changed", calendar, subject="calendar")
    assert (city.service.reproject_joint(), city.service.reproject_joint()) == (1, 0)
    assert [m["due"] for m in handling_of(city, case)["members"]] == ["2026-11-30", "2026-11-27"]
    assert [(d["unit_id"], d["cause"], d["before"], d["due"]) for d in told(city, "member_due_moved")] == [
        ("u12", "calendar", "2026-11-26", "2026-11-27")
    ]


def test_the_centre_decides_in_person_with_a_reason_and_its_decision_binds(city, case):
    made = convened(city, case)
    wanted = {"handling_id": made["handling_id"], "kind": "drop_prerequisite", "unit_id": "u12", "reason": "已有批复"}
    refused("PERSON_REQUIRED", city, "decide_joint", **wanted)
    refused("OUT_OF_SCOPE", city.acting_as("hall:h0002", staff_id="s12"), "decide_joint", **wanted)
    refused("DECIDER_IS_INVOLVED", city.acting_as("*", staff_id="s11"), "decide_joint", **wanted)
    refused("REASON_REQUIRED", director(city), "decide_joint", **{**wanted, "reason": " "})
    refused("JOINT_HANDLING_NOT_FOUND", director(city), "decide_joint", **{**wanted, "handling_id": "x"})
    director(city)("decide_joint", **wanted)
    moved = director(city)("decide_joint", **{**wanted, "kind": "postpone_step", "unit_id": "u21", "days": 2})
    assert (moved["members"][0]["due"], moved["members"][0]["moves"][0]["before"]) == ("2026-12-02", "2026-11-30")
    director(city)("decide_joint", handling_id=made["handling_id"], kind="set_limit", days=1, reason="重大项目")
    city.clock.at("2026-11-26 00:01")
    city.service.run_joint_timers()
    assert [(d["number"], d["as_of"], d["lead_unit_id"]) for d in told(city, "limit_overdue")] == [
        (3, "2026-11-25", "u11"),
        (3, "2026-11-26", "u11"),
    ]
    assert city("get_case", case_id=case["case_id"])["promised_due"] == case["promised_due"]
    returned = director(city)("decide_joint", handling_id=made["handling_id"], kind="return", reason="不符合规划")
    assert (returned["centre_verdict"], [d["kind"] for d in returned["decisions"]]) == (
        "return", ["drop_prerequisite", "postpone_step", "set_limit", "return"],
    )  # fmt: skip
    assert city("get_case", case_id=case["case_id"])["joint"]["centre_verdict"] == "return"
    refused("CENTRE_DECIDED_OTHERWISE", city, "decide_case", case_id=case["case_id"], outcome="approved", handler_id="s11")
    city("decide_case", case_id=case["case_id"], outcome="rejected", handler_id="s11", opinion="不符合规划")
    assert "规划" not in str(told(city, "centre_decided"))


def test_staff_and_applicant_read_what_is_awaited_from_whom(city):
    slip = city.receipt(item_id="i0004")
    case = city("accept_case", case_id=slip["case_id"])
    assert city("get_case", case_id=city.accepted()["case_id"])["joint"] is None
    convened(city, case)
    shown = city("get_case", case_id=case["case_id"])["joint"]
    assert (shown["state"], shown["awaited_units"]) == ("opinions_due", ["u21", "u12"])
    tracked = city("track_case", token=slip["track_token"])
    assert tracked["joint"] is True
    assert "正在等待乙局、甲局的意见" in tracked["next_step_zh"]
    assert tracked["awaited_units"] == ["乙局", "甲局"]
    assert "awaiting the opinions of" in tracked["next_step_en"]
    assert "王丽" not in str(tracked)


def test_lists_are_narrowed_and_paged(city):
    made = [convened(city, city.accepted(item_id="i0004"), member(limit_days=n), member("u12", limit_days=9)) for n in (1, 2, 3)]
    city.clock.at("2026-11-26 09:00")
    city.service.run_joint_timers()
    ids = [one["handling_id"] for one in made]
    assert [h["handling_id"] for h in city("list_joint_handlings")["handlings"]] == ids[::-1]
    first = city("list_joint_handlings", page_size=2)
    rest = city("list_joint_handlings", page_size=2, page_token=first["next_page_token"])
    assert [len(first["handlings"]), len(rest["handlings"]), rest["total_size"], rest["next_page_token"]] == [2, 1, 3, ""]

    def found(**filters):
        return sorted(ids.index(h["handling_id"]) for h in city("list_joint_handlings", **filters)["handlings"])

    assert found(overdue_only=True) == [0, 1]
    assert found(overdue_only=True, member_unit_id="u12") == []
    assert found(member_unit_id="u12", due_from="2026-12-04", due_to="2026-12-04") == [0, 1, 2]
    assert found(member_unit_id="u21", due_from="2026-11-25", due_to="2026-11-26") == [1, 2]
    assert found(lead_unit_id="u11", state="opinions_due", hall_id="h0001") == [0, 1, 2]
    assert found(lead_unit_id="u21") == []
    assert found(state="all_in") == []


def test_a_handling_is_asked_for_by_one_of_two_names(city):
    refused("INVALID_REQUEST", city, "get_joint_handling")


def test_what_the_answers_say_is_what_the_gateway_can_show(city, case):
    made = convened(city, case)
    opinion(city, made, outcome="disagree")
    opinion(city, made)
    for kind, over in (("postpone_step", {"unit_id": "u12", "days": 2}), ("set_limit", {"days": 3}), ("approve", {})):
        director(city)("decide_joint", handling_id=made["handling_id"], kind=kind, reason="会议决定", **over)
    city(
        "schedule_joint_meeting", hall_id="h0001", kind="ad_hoc", starts_at="2026-11-24T14:30:00+08:00", reason="x", staff_id="s11",
        handling_ids=[made["handling_id"]],
    )  # fmt: skip
    city(
        "plan_joint_inspection", handling_id=made["handling_id"], planned_on="2026-11-24", place="黔灵路88号", unit_ids=["u21"], staff_id="s11",
    )  # fmt: skip
    shown = joint_pb2.JointHandling.FromString(AnswerWriter(joint_pb2.JointHandling.DESCRIPTOR)(handling_of(city, case)))
    first, second = shown.members
    assert (first.outcome, first.earlier[0].outcome) == (joint_pb2.JOINT_OUTCOME_AGREE, joint_pb2.JOINT_OUTCOME_DISAGREE)
    assert first.earlier[0].given_at.seconds == first.given_at.seconds > 0
    assert (second.moves[0].before, second.moves[0].due, second.due) == ("2026-11-26", "2026-11-30", "2026-11-30")
    assert [d.kind for d in shown.decisions] == [joint_pb2.JOINT_DECISION_KIND_POSTPONE_STEP, joint_pb2.JOINT_DECISION_KIND_SET_LIMIT, 1]
    assert (shown.meetings[0].state, shown.inspections[0].place, shown.limit_days) == (1, "黔灵路88号", 3)
    assert shown.meetings[0].starts_at.ToDatetime().isoformat() == "2026-11-24T06:30:00"
