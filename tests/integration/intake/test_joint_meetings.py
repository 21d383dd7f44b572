"""Meetings, on-site inspections and conduct of joint handling through the RPC."""

import uuid

import pytest
import sqlalchemy as sa

from chassis.errors import HallbusError
from chassis.sealing.rotation import counts, rotate
from chassis.testing import a_vault
from services.intake.orm import SEALED_PLACE
from services.intake.orm.joint import joint_inspections

from .conftest import hall, item, person

AD_HOC = "2026-11-24T06:30:00+00:00"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.fixture
def city(intake):
    intake.tell("directory.item.published", item("i0004", units_involved=3, promised_days=20, legal_days=45), subject="i4")
    intake.tell("directory.staff.changed", person("s91", unit_id="u21"), subject="s91")
    return intake


@pytest.fixture
def handling(city):
    """u21 and u12 are named and wait for a meeting."""
    return named(city)


def named(city):
    case = city.accepted(item_id="i0004")
    members = [{"unit_id": unit, "question": "是否同意"} for unit in ("u21", "u12")]
    return city("convene_joint", case_id=case["case_id"], members=members, after_meeting=True, staff_id="s11")


def called(city, *handlings, **over):
    request = {
        "hall_id": "h0001", "kind": "regular", "handling_ids": [one["handling_id"] for one in handlings], "place": "三楼会议室", "staff_id": "s11",
    }  # fmt: skip
    return city("schedule_joint_meeting", **{**request, **over})


def state_of(city, handling):
    return city("get_joint_handling", handling_id=handling["handling_id"])["state"]


def attendance(**status):
    people = {"u11": "s11", "u21": "s21", "u12": "s12"}
    return [{"unit_id": unit, "status": status.get(unit, "present"), "staff_id": people[unit]} for unit in people]


def test_the_regular_meeting_is_the_next_thursday_afternoon_and_is_called_once(city, handling):
    request_id = str(uuid.uuid4())
    meeting = called(city, handling, request_id=request_id)
    assert called(city, handling, request_id=request_id) == meeting
    assert (meeting["starts_at"], meeting["units"]) == ("2026-11-26T06:30:00+00:00", ["u11", "u21", "u12"])
    assert state_of(city, handling) == "scheduled"
    other = named(city)
    assert refused("MEETING_EXISTS", called, city, other).metadata["meeting_id"] == meeting["meeting_id"]
    grown = city("put_on_joint_agenda", meeting_id=meeting["meeting_id"], handling_ids=[other["handling_id"]])
    assert [point["case_no"] for point in grown["agenda"]] == [handling["case_no"], other["case_no"]]
    assert state_of(city, other) == "scheduled"
    refused("AGENDA_UNCHANGED", city, "put_on_joint_agenda", meeting_id=meeting["meeting_id"], handling_ids=[other["handling_id"]])
    city.clock.at("2026-11-26 14:31")
    assert called(city, named(city))["starts_at"] == "2026-12-03T06:30:00+00:00"


def test_a_meeting_that_cannot_be_is_not_called(city, handling):
    refused("HALL_NOT_FOUND", called, city, handling, hall_id="h0099")
    refused("STAFF_NOT_FOUND", called, city, handling, staff_id="s12")
    refused("MEETING_TIME_GIVEN", called, city, handling, starts_at=AD_HOC)
    refused("MEETING_TIME_REQUIRED", called, city, handling, kind="ad_hoc", reason="重大项目")
    refused("MEETING_TIME_PAST", called, city, handling, kind="ad_hoc", reason="x", starts_at="2026-11-22T06:30:00+00:00")
    refused("MEETING_REASON_REQUIRED", called, city, handling, kind="ad_hoc", starts_at=AD_HOC)
    refused("UNIT_NOT_FOUND", called, city, handling, unit_ids=["u99"])
    refused("JOINT_HANDLING_NOT_FOUND", called, city, handling, handling_ids=["x"])
    refused("INVALID_REQUEST", called, city, handling, handling_ids=[])
    refused("OUT_OF_SCOPE", called, city.acting_as("hall:h0002"), handling)
    city.tell("directory.hall.changed", hall("h0003", "52.03"), subject="h3", region="52.03", hall_id="h0003")
    city.tell("directory.staff.changed", person("s13", "h0003", "u13"), subject="s13", region="52.03", hall_id="h0003")
    refused("HANDLING_OF_OTHER_HALL", called, city, handling, hall_id="h0003", staff_id="s13")
    refused("UNIT_NOT_STATIONED", called, city, handling, unit_ids=["u13"])
    assert city("list_joint_meetings")["total_size"] == 0


def test_attendance_and_minutes_let_the_questions_go_out(city, handling):
    meeting = called(city, handling)
    refused("MEETING_NOT_BEGUN", city, "record_joint_attendance", meeting_id=meeting["meeting_id"], attendance=attendance())
    city.clock.at("2026-11-26 16:00")
    wrong = [{**attendance()[0], "staff_id": "s21"}, *attendance()[1:]]
    refused("HANDLER_OF_OTHER_UNIT", city, "record_joint_attendance", meeting_id=meeting["meeting_id"], attendance=wrong)
    refused("ATTENDANCE_INCOMPLETE", city, "record_joint_attendance", meeting_id=meeting["meeting_id"], attendance=attendance()[:2])
    city("record_joint_attendance", meeting_id=meeting["meeting_id"], attendance=attendance(u12="absent"))
    assert state_of(city, handling) == "met"
    minutes = {"meeting_id": meeting["meeting_id"], "minutes_no": "联审纪要1号", "minutes": "会议听取了情况", "staff_id": "s11"}
    refused("NOT_ON_AGENDA", city, "record_joint_minutes", **minutes, resolutions=[{"handling_id": "x", "resolution": "x"}])
    resolved = [{"handling_id": handling["handling_id"], "resolution": "原则同意"}]
    closed = city("record_joint_minutes", **minutes, resolutions=resolved)
    assert (closed["state"], closed["agenda"][0]["resolution"]) == ("minuted", "原则同意")
    asked = city("get_joint_handling", handling_id=handling["handling_id"])
    # Asked on Thursday the 26th: five working days end on the 3rd.
    assert (asked["state"], [m["due"] for m in asked["members"]]) == ("opinions_due", ["2026-12-03", "2026-12-03"])
    refused("MEETING_CLOSED", city, "record_joint_minutes", **minutes, resolutions=resolved)
    ruling = {"handling_id": handling["handling_id"], "kind": "approve", "reason": "会议决定"}
    director = city.acting_as("*", staff_id="s91")
    refused("MEETING_NOT_HELD", director, "decide_joint", **ruling, meeting_id="x")
    assert director("decide_joint", **ruling, meeting_id=meeting["meeting_id"])["decisions"][0]["meeting_id"] == meeting["meeting_id"]
    held = city.events_of("intake.joint_meeting.held")[0]["data"]
    assert held["attendance"][2] == {"unit_id": "u12", "status": "absent"}
    assert "s12" not in str(held)
    assert "听取" not in str(city.events_of("intake.joint_meeting.minuted"))


def test_a_meeting_is_moved_or_cancelled_with_its_handlings(city, handling):
    meeting = called(city, handling, kind="ad_hoc", reason="重大项目", starts_at=AD_HOC)
    moved = city(
        "move_joint_meeting", meeting_id=meeting["meeting_id"], starts_at="2026-11-25T06:30:00+00:00", reason="停电", staff_id="s11"
    )  # fmt: skip
    assert (moved["place"], moved["moves"][0]["reason"]) == ("三楼会议室", "停电")
    shown = city("get_joint_handling", handling_id=handling["handling_id"])["meetings"]
    assert [(m["state"], m["starts_at"]) for m in shown] == [("planned", "2026-11-25T06:30:00+00:00")]
    assert city.events_of("intake.joint_meeting.moved")[0]["data"]["previous_starts_at"] == AD_HOC
    refused("OUT_OF_SCOPE", city.acting_as("hall:h0002"), "cancel_joint_meeting", meeting_id=meeting["meeting_id"], reason="x")
    refused("REASON_REQUIRED", city, "cancel_joint_meeting", meeting_id=meeting["meeting_id"], reason=" ", staff_id="s11")
    city("cancel_joint_meeting", meeting_id=meeting["meeting_id"], reason="停电", staff_id="s11")
    assert state_of(city, handling) == "proposed"
    refused("MEETING_NOT_PLANNED", city, "cancel_joint_meeting", meeting_id=meeting["meeting_id"], reason="x", staff_id="s11")
    asked = city("convene_joint", case_id=handling["case_id"], members=[], staff_id="s11")
    assert asked["state"] == "opinions_due"


def test_a_handling_that_ended_before_its_meeting_is_left_alone(city):
    first, second = named(city), named(city)
    meeting = called(city, first, second)
    city.acting_as("*", staff_id="s91")("decide_joint", handling_id=first["handling_id"], kind="return", reason="不符合规划")
    city("decide_case", case_id=first["case_id"], outcome="rejected", handler_id="s11", opinion="不符合规划")
    refused("JOINT_CLOSED", called, city, first, kind="ad_hoc", reason="x", starts_at=AD_HOC)
    city.clock.at("2026-11-26 16:00")
    city("record_joint_attendance", meeting_id=meeting["meeting_id"], attendance=attendance())
    assert (state_of(city, first), state_of(city, second)) == ("returned", "met")


def test_meetings_are_listed_narrowed_and_paged_with_the_next_slot(city, handling):
    meetings = [called(city, handling, kind="ad_hoc", reason="x", starts_at=f"2026-11-2{day}T01:00:00+00:00") for day in (4, 5, 7)]
    ids = [one["meeting_id"] for one in meetings]
    page = city("list_joint_meetings", page_size=2)
    rest = city("list_joint_meetings", page_size=2, page_token=page["next_page_token"])
    assert [m["meeting_id"] for m in (*page["meetings"], *rest["meetings"])] == ids[::-1]
    assert (page["total_size"], page["next_regular_at"]) == (3, "2026-11-26T06:30:00+00:00")

    def found(**filters):
        return [ids.index(m["meeting_id"]) for m in city("list_joint_meetings", **filters)["meetings"]]

    assert found(day_from="2026-11-25", day_to="2026-11-25") == [1]
    assert found(handling_id=handling["handling_id"], unit_id="u12", kind="ad_hoc", state="planned", hall_id="h0001") == [2, 1, 0]
    assert found(handling_id="x") == found(unit_id="u99") == found(state="held") == found(kind="regular") == []
    assert city.acting_as("hall:h0002")("list_joint_meetings")["total_size"] == 0


def test_the_site_is_inspected_inside_the_limits_and_stays_sealed(city, handling):
    wanted = {
        "handling_id": handling["handling_id"],
        "planned_on": "2026-11-25",
        "place": "黔灵路88号",
        "unit_ids": ["u21", "u12"],
        "staff_id": "s11",
    }
    refused("NOT_A_MEMBER", city, "plan_joint_inspection", **{**wanted, "unit_ids": ["u99"]})
    refused("INSPECTION_DAY_PAST", city, "plan_joint_inspection", **{**wanted, "planned_on": "2026-11-22"})
    refused("INSPECTION_AFTER_LIMIT", city, "plan_joint_inspection", **{**wanted, "planned_on": "2027-02-01"})
    refused("OUT_OF_SCOPE", city.acting_as("hall:h0002"), "plan_joint_inspection", **wanted)
    request_id = str(uuid.uuid4())
    planned = city("plan_joint_inspection", **wanted, request_id=request_id)
    assert planned["place"] == "黔灵路88号"
    # Told once: what is kept for a replay does not have the address in plain.
    assert "place" not in city("plan_joint_inspection", **wanted, request_id=request_id)
    city.acting_as("*", staff_id="s91")("decide_joint", handling_id=handling["handling_id"], kind="set_limit", days=3, reason="重大项目")
    mine = {"inspection_id": planned["inspection_id"], "staff_id": "s11"}
    refused("INSPECTION_AFTER_LIMIT", city, "move_joint_inspection", **mine, planned_on="2026-11-27", reason="雨")
    city("move_joint_inspection", **mine, planned_on="2026-11-26", reason="雨")
    city.clock.at("2026-11-26 16:00")
    done = {**mine, "participants": attendance()[1:], "findings": "与图纸一致", "result": "passed", "decision": "现场同意"}
    refused("PARTICIPANTS_INCOMPLETE", city, "record_joint_inspection", **{**done, "participants": attendance()[:2]})
    shown = city("record_joint_inspection", **done)
    assert (shown["state"], shown["in_time"], shown["done_on"]) == ("done", True, "2026-11-26")
    refused("INSPECTION_NOT_PLANNED", city, "cancel_joint_inspection", inspection_id=planned["inspection_id"], reason="x")
    seen = city("get_joint_handling", handling_id=handling["handling_id"])["inspections"]
    assert [(i["place"], i["findings"]) for i in seen] == [("黔灵路88号", "与图纸一致")]
    told = [e["data"] for verb in ("planned", "moved", "done") for e in city.events_of(f"intake.joint_inspection.{verb}")]
    assert len(told) == 3
    assert "黔灵" not in str(told)
    assert "图纸" not in str(told)


def test_an_inspection_may_be_cancelled_and_its_site_is_sealed_anew_with_new_keys(city, handling):
    planned = city(
        "plan_joint_inspection", handling_id=handling["handling_id"], planned_on="2026-11-25", place="黔灵路88号", unit_ids=["u21"], staff_id="s11",
    )  # fmt: skip
    with city.db.read() as tx:
        assert "黔灵" not in tx.execute(sa.select(joint_inspections.c.place_sealed)).scalar_one()
    both = a_vault("t2", "t1")
    assert list(rotate(city.db, both, SEALED_PLACE, batch=10)) == [1]
    assert counts(city.db, SEALED_PLACE) == {"place_sealed t2": 1}
    city.service.vault = both
    assert city("cancel_joint_inspection", inspection_id=planned["inspection_id"], reason="改期")["place"] == "黔灵路88号"
    assert len(city.events_of("intake.joint_inspection.cancelled")) == 1


def reported(city, **over):
    request = {
        "hall_id": "h0001", "kind": "obstruct", "unit_id": "u21", "staff_id": "s21", "occurred_at": "2026-11-23T00:30:00+00:00", "evidence": "拒不到会",
    }  # fmt: skip
    return city("report_joint_conduct", **{**request, **over})


def test_conduct_is_reported_by_one_and_judged_by_another(city, handling):
    reporter = city.acting_as("*", staff_id="s11")
    request_id = str(uuid.uuid4())
    conduct = reported(reporter, handling_id=handling["handling_id"], request_id=request_id)
    assert reported(reporter, handling_id=handling["handling_id"], request_id=request_id) == conduct
    assert (conduct["case_id"], conduct["recorded_by"], conduct["state"]) == (handling["case_id"], "s11", "recorded")
    verdict = {"conduct_id": conduct["conduct_id"], "verified": True, "note": "属实"}
    for same in ("s11", "s21"):
        refused("SAME_PERSON", city.acting_as("*", staff_id=same), "decide_joint_conduct", **verdict)
    refused("OUT_OF_SCOPE", city.acting_as("hall:h0002", staff_id="s12"), "decide_joint_conduct", **verdict)
    verifier = city.acting_as("*", staff_id="s91")
    assert verifier("decide_joint_conduct", **verdict)["state"] == "verified"
    refused("CONDUCT_DECIDED", verifier, "decide_joint_conduct", **verdict)
    verifier("decide_joint_conduct", **{**verdict, "verified": False})
    told = city.events_of("intake.joint_conduct.recorded") + city.events_of("intake.joint_conduct.decided")
    assert [e["data"].get("verified") for e in told] == [None, True, False]
    assert "拒不到会" not in str(told)


def test_conduct_names_what_exists(city, handling):
    refused("SUBJECT_MISSING", reported, city, staff_id=None)
    refused("OCCURRED_IN_FUTURE", reported, city, occurred_at="2026-11-24T00:30:00+00:00")
    refused("HALL_NOT_FOUND", reported, city, hall_id="h0099")
    refused("UNIT_NOT_FOUND", reported, city, unit_id="u99")
    refused("STAFF_NOT_FOUND", reported, city, staff_id="s12")
    refused("WINDOW_NOT_FOUND", reported, city, window_id="w99")
    refused("JOINT_HANDLING_NOT_FOUND", reported, city, handling_id="x")
    refused("NOT_YOURSELF", reported, city.acting_as("*", staff_id="s11"), recorded_by="s91")
    refused("OUT_OF_SCOPE", reported, city.acting_as("hall:h0002"))
    ids = [
        reported(city)["conduct_id"],
        reported(city, kind="support", staff_id=None, window_id="w21")["conduct_id"],
        reported(city)["conduct_id"],
    ]
    first = city("list_joint_conduct", page_size=2)
    rest = city("list_joint_conduct", page_size=2, page_token=first["next_page_token"])
    assert [c["conduct_id"] for c in (*first["conduct"], *rest["conduct"])] == ids[::-1]
    assert city("list_joint_conduct", kind="support", unit_id="u21", state="recorded", hall_id="h0001")["total_size"] == 1
    assert city("list_joint_conduct", staff_id="s21")["total_size"] == 2
    assert city.acting_as("hall:h0002")("list_joint_conduct")["total_size"] == 0
