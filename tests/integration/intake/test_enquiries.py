"""Enquiries through the RPC: numbers, guides, askers, the way of the ticket, scope, pages, timers and figures."""

import threading
import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError
from chassis.sealing.rotation import counts, rotate
from chassis.testing import a_vault, make_service
from services.intake.config import IntakeConfig
from services.intake.orm.enquiries import SEALED_ASKERS
from services.intake.service import IntakeService

from .conftest import hall, item, person

GUIDE = {"legal_basis": "《食品安全法》第三十五条", "conditions": "有与经营品种相适应的场所", "procedure": ["受理", "现场核查", "决定"]}
ASKER = {"name": "张三丰", "phone": "13812345678"}


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def registered(intake, **over):
    request = {"hall_id": "h0001", "channel": "desk", "first_asked_id": "s11", "question": "怎样办理食品经营许可？", "own_duty": False}
    return intake("register_enquiry", **{**request, **over})


def an_enquiry(intake, **over):
    return registered(intake, **over)["enquiry"]


def routed(intake, enquiry_id, **over):
    return intake("route_enquiry", **{"enquiry_id": enquiry_id, "to_window_id": "w21", "staff_id": "s11", **over})


def taken(intake, **over):
    enquiry_id = an_enquiry(intake, **over)["enquiry_id"]
    routed(intake, enquiry_id)
    return intake("take_enquiry", enquiry_id=enquiry_id, staff_id="s21")


def told(intake, *verbs):
    return [event for verb in verbs for event in intake.events_of(f"intake.enquiry.{verb}")]


def test_numbers_are_dense_per_hall_and_day_and_a_refused_ticket_takes_none(intake):
    request_id = str(uuid.uuid4())
    first = registered(intake, request_id=request_id)
    assert registered(intake, request_id=request_id) == first
    refused("PHONE_INVALID", registered, intake, asker={"phone": "x"})
    refused("ITEM_NOT_FOUND", registered, intake, item_id="i9999")
    second = an_enquiry(intake)
    other = an_enquiry(intake, hall_id="h0002", first_asked_id="s12")
    intake.clock.at("2026-11-24 09:00")
    numbers = [first["enquiry"]["enquiry_no"], second["enquiry_no"], other["enquiry_no"], an_enquiry(intake)["enquiry_no"]]
    assert numbers == ["H0001-20261123-Q000001", "H0001-20261123-Q000002", "H0002-20261123-Q000001", "H0001-20261124-Q000001"]


def test_tickets_written_at_once_have_different_numbers(intake):
    made, start = [], threading.Barrier(4)

    def ask():
        start.wait()
        made.append(an_enquiry(intake)["enquiry_no"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [f"H0001-20261123-Q{number:06}" for number in range(1, 5)]


def test_of_an_item_the_whole_guide_is_given_out_on_paper_and_stays_what_it_was(intake):
    intake.tell("directory.item.published", item(item_version=2, **GUIDE), version=2)
    made = registered(intake, item_id="i0001", asker=ASKER, told={"legal_basis": "别的法"})
    enquiry = made["enquiry"]
    assert enquiry["told"] == {
        **GUIDE,
        "materials": [{**material, "required": material["code"] != "M3"} for material in item()["materials"]],
    }
    (paper,) = enquiry["papers"]
    assert (paper["kind"], paper["title"], enquiry["item_version"]) == ("pre_service_notice", "事前告知书", 2)
    for words in (
        *GUIDE["procedure"],
        "《食品安全法》",
        "1. 申请书",
        "3. 委托书（视情况提交）",
        "法定期限20个工作日",
        "不收费",
        enquiry["enquiry_no"],
    ):
        assert words in paper["text"]
    assert "张三丰" not in paper["text"]
    intake.tell("directory.item.published", item(item_version=3, name="新名称", conditions="别的"), version=3)
    assert intake("get_enquiry", enquiry_no=enquiry["enquiry_no"])["papers"] == [paper]
    assert intake("track_enquiry", token=made["track_token"])["papers"] == [paper]
    refused("MATERIALS_FROM_GUIDE", registered, intake, item_id="i0001", told={"materials": ["额外证明"]})


def test_a_guide_that_says_nothing_yet_is_filled_by_staff_and_a_cancelled_item_is_not_told(intake):
    gaps = an_enquiry(intake, item_id="i0001", told={"legal_basis": "某法", "procedure": ["到窗口提交"]})
    assert (gaps["told"]["legal_basis"], gaps["told"]["procedure"]) == ("某法", ["到窗口提交"])
    assert "无特别条件" in gaps["papers"][0]["text"]
    intake.tell("directory.item.published", item(item_version=2, status="cancelled"), version=2)
    cancelled = an_enquiry(intake, item_id="i0001")
    assert (cancelled["item_id"], cancelled.get("told"), cancelled["papers"]) == ("i0001", None, [])


def test_an_answer_on_the_spot_closes_the_ticket_and_online_it_waits_to_be_read(intake):
    at_desk = an_enquiry(intake, own_duty=True, answer="二楼三号窗口")
    assert (at_desk["state"], at_desk["outcome"], at_desk["elapsed_days"]) == ("closed", "told", 0)
    online = registered(intake, own_duty=True, channel="online", answer="二楼三号窗口")
    assert online["enquiry"]["state"] == "answered"
    shown = intake("track_enquiry", token=online["track_token"])
    assert (shown["answer"], shown["state"], shown["hall_name"]) == ("二楼三号窗口", "answered", "市政务服务中心")
    refused("ROUTE_IT", registered, intake, answer="大概在二楼")


def test_the_way_of_a_ticket_and_what_its_asker_sees(intake):
    made = registered(intake, channel="window", window_id="w11")
    enquiry_id, token = made["enquiry"]["enquiry_id"], made["track_token"]

    def next_step():
        shown = intake("track_enquiry", token=token)
        return shown["state"], shown["next_step_zh"], shown["next_step_by"]

    assert next_step() == ("open", "首问责任人正在联系对口窗口，2026-11-26前答复（首问负责制）", "2026-11-26")
    request_id = str(uuid.uuid4())
    once = routed(intake, enquiry_id, request_id=request_id)
    assert routed(intake, enquiry_id, request_id=request_id) == once
    assert (once["routed_unit_id"], once["holder_id"], next_step()[0]) == ("u21", "s11", "routed")
    refused("NOT_ROUTED_TO_YOU", intake, "take_enquiry", enquiry_id=enquiry_id, staff_id="s11")
    back = intake("return_enquiry", enquiry_id=enquiry_id, reason="应由甲窗口办理，电话13812345678", staff_id="s21")
    assert (back["state"], back["bounced"], back["routes"][0]["return_reason"]) == ("open", 1, "应由甲窗口办理，电话138****5678")
    routed(intake, enquiry_id, to_window_id=None, to_staff_id="s21")
    assert intake("take_enquiry", enquiry_id=enquiry_id, staff_id="s21")["holder_unit_id"] == "u21"
    done = intake("answer_enquiry", enquiry_id=enquiry_id, answer="请到乙窗口", staff_id="s21", item_id="i0001")
    assert (done["answered_by"], done["item_version"], len(done["papers"])) == ("s21", 1, 1)
    assert next_step()[2] == "2026-11-30"
    assert intake("close_enquiry", enquiry_id=enquiry_id, outcome="told", staff_id="s21")["closed_by"] == "s21"
    assert next_step()[:2] == ("closed", "咨询已办结")
    said = [event["type"].split(".")[3] for event in sorted(told(
        intake, "registered", "routed", "returned", "taken", "answered", "closed"), key=lambda event: event["version"])]  # fmt: skip
    assert said == ["registered", "routed", "returned", "routed", "taken", "answered", "closed"]
    for event in told(intake, "registered", "routed", "returned", "answered"):
        assert not {"question", "answer", "asker", "reason"} & event["data"].keys()


def test_every_refusal_has_its_reason(intake):
    refused("HALL_NOT_FOUND", registered, intake, hall_id="h9999")
    refused("WINDOW_NOT_FOUND", registered, intake, window_id="w99")
    refused("WINDOW_REQUIRED", registered, intake, channel="window")
    refused("STAFF_NOT_FOUND", registered, intake, first_asked_id="s12")
    refused("MASKED_VALUE", registered, intake, asker={"name": "张*"})
    refused("INVALID_REQUEST", registered, intake, own_duty=None)
    refused("NOT_YOURSELF", registered, intake.acting_as("*", staff_id="s21"), first_asked_id="s11")
    enquiry_id = an_enquiry(intake)["enquiry_id"]
    refused("INVALID_REQUEST", intake, "route_enquiry", enquiry_id=enquiry_id)
    refused("UNIT_NOT_FOUND", routed, intake, enquiry_id, to_window_id=None, to_unit_id="u99")
    refused("WINDOW_NOT_FOUND", routed, intake, enquiry_id, to_window_id="w12")
    refused("STAFF_NOT_FOUND", routed, intake, enquiry_id, to_staff_id="s12")
    refused("HOLDER_OF_OTHER_UNIT", routed, intake, enquiry_id, staff_id="s21")
    refused("NOT_YOURSELF", routed, intake.acting_as("*", staff_id="s21"), enquiry_id)
    refused("ENQUIRY_NOT_ROUTED", intake, "take_enquiry", enquiry_id=enquiry_id, staff_id="s21")
    refused("ENQUIRY_NOT_ANSWERED", intake, "close_enquiry", enquiry_id=enquiry_id, outcome="told", staff_id="s11")
    refused("NOTE_REQUIRED", intake, "close_enquiry", enquiry_id=enquiry_id, outcome="withdrawn", staff_id="s11")
    refused("ENQUIRY_NOT_FOUND", intake, "get_enquiry", enquiry_id="x")
    refused("ENQUIRY_NOT_FOUND", intake, "take_enquiry", enquiry_id="x", staff_id="s21")
    refused("TRACKING_TOKEN_UNKNOWN", intake, "track_enquiry", token="x" * 24)
    known = an_enquiry(intake, own_duty=True, item_id="i0001")["enquiry_id"]
    refused("ALREADY_TOLD", intake, "answer_enquiry", enquiry_id=known, answer="x", item_id="i0002", staff_id="s11")
    assert intake("get_enquiry", enquiry_id=known)["state"] == "open", "a refused answer is none"
    intake.tell("directory.hall.changed", hall(status="closed"), version=2)
    refused("HALL_CLOSED", registered, intake)


def test_version_a_follows_to_the_end_and_the_version_stays_with_the_ticket(intake):
    follow = replace(
        intake, service=make_service(IntakeService, db=intake.db, vault=a_vault(), config=IntakeConfig(first_asked_version="A"))
    )
    enquiry_id = an_enquiry(follow)["enquiry_id"]
    routed(follow, enquiry_id)
    accepted = intake("take_enquiry", enquiry_id=enquiry_id, staff_id="s21")
    assert (accepted["rule"], accepted["holder_id"], accepted["routed_id"]) == ("A", "s11", "s21")
    assert intake("answer_enquiry", enquiry_id=enquiry_id, answer="x", staff_id="s21")["state"] == "answered"


def test_what_an_asker_leaves_is_sealed_masked_and_seen_only_on_record(intake):
    made = an_enquiry(intake, asker={**ASKER, "contact": "z@example.org"}, question="我的电话13812345678，何时能办？")
    assert made["asker"] == {"name": "张**", "phone": "138****5678", "contact": "z***@example.org"}
    assert made["question"] == "我的电话138****5678，何时能办？"
    with intake.db.read() as tx:
        tables = tx.execute(sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'intake'")).scalars().all()
        stored = "".join(
            str(tx.execute(sa.text(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ''), '') FROM intake.{t} t")).scalar()) for t in tables
        )
    assert "张**" in stored
    for secret in (*ASKER.values(), "z@example.org"):
        assert secret not in stored
    reveal = {"enquiry_id": made["enquiry_id"], "purpose": "回电答复"}
    refused("PERSON_REQUIRED", intake, "reveal_asker", **reveal)
    refused("HOLDER_OF_OTHER_UNIT", intake.acting_as("*", staff_id="s21"), "reveal_asker", **reveal)
    shown = intake.acting_as("*", staff_id="s11")("reveal_asker", **reveal)
    assert shown["asker"] == {**ASKER, "contact": "z@example.org"}
    routed(intake, made["enquiry_id"])
    intake.acting_as("*", staff_id="s21")("reveal_asker", **reveal)
    assert [row["revealed_to"] for row in intake("list_asker_reveals", hall_id="h0001")["reveals"]] == ["s21", "s11"]
    assert intake("list_asker_reveals", staff_id="s21", enquiry_id=made["enquiry_id"])["total_size"] == 1
    assert intake.acting_as("hall:h0002")("list_asker_reveals")["total_size"] == 0
    unknown = an_enquiry(intake)["enquiry_id"]
    refused("ASKER_UNKNOWN", intake.acting_as("*", staff_id="s11"), "reveal_asker", enquiry_id=unknown, purpose="x")


def test_sealed_askers_follow_a_rotation_of_keys(intake):
    made = an_enquiry(intake, asker=ASKER)
    both = a_vault("t2", "t1")
    assert list(rotate(intake.db, both, SEALED_ASKERS, batch=10)) == [1]
    assert counts(intake.db, SEALED_ASKERS) == {"sealed t2": 1}
    turned = replace(intake, service=make_service(IntakeService, db=intake.db, config=IntakeConfig(), vault=both)).acting_as(
        "*", staff_id="s11"
    )
    assert turned("reveal_asker", enquiry_id=made["enquiry_id"], purpose="x")["asker"] == ASKER


def test_lists_keep_to_the_callers_halls_and_go_beyond_a_page(intake):
    mine = [an_enquiry(intake)["enquiry_id"] for _ in range(3)]
    theirs = an_enquiry(intake, hall_id="h0002", first_asked_id="s12")["enquiry_id"]
    page = intake("list_enquiries", hall_id="h0001", page_size=2)
    rest = intake("list_enquiries", hall_id="h0001", page_size=2, page_token=page["next_page_token"])
    assert [e["enquiry_id"] for e in page["enquiries"] + rest["enquiries"]] == mine[::-1]
    assert (page["total_size"], rest["next_page_token"]) == (3, "")
    other = intake.acting_as("hall:h0002", staff_id="s12")
    assert [e["enquiry_id"] for e in other("list_enquiries")["enquiries"]] == [theirs]
    refused("OUT_OF_SCOPE", other, "get_enquiry", enquiry_id=mine[0])
    refused("OUT_OF_SCOPE", registered, other, first_asked_id=None)
    for method in ("take_enquiry", "answer_enquiry", "close_enquiry", "return_enquiry", "route_enquiry"):
        more = {"answer_enquiry": {"answer": "x"}, "close_enquiry": {"outcome": "told"}, "return_enquiry": {"reason": "x"}}
        refused(
            "OUT_OF_SCOPE",
            other,
            method,
            enquiry_id=mine[0],
            **more.get(method, {"to_unit_id": "u21"} if method == "route_enquiry" else {}),
        )
    refused("OUT_OF_SCOPE", other, "reveal_asker", enquiry_id=mine[0], purpose="x")
    routed(intake, mine[0])
    filters = [
        ({"state": "routed"}, 1), ({"routed_unit_id": "u21"}, 1), ({"holder_id": "s11"}, 3), ({"channel": "phone"}, 0), ({"overdue": True}, 0),
        ({"overdue": False}, 4), ({"day_from": "2026-11-24"}, 0), ({"day_to": "2026-11-23"}, 4), ({"first_asked_id": "s12"}, 1),
    ]  # fmt: skip
    for wanted, number in filters:
        assert intake("list_enquiries", **wanted)["total_size"] == number, wanted


def test_time_tells_each_thing_once_to_whoever_holds_the_ticket_also_after_days_of_downtime(intake):
    enquiry_id = taken(intake)["enquiry_id"]
    intake.clock.at("2026-11-26 14:59")
    assert intake.service.run_enquiry_timers() == 0
    intake.clock.at("2026-11-26 15:00")
    assert (intake.service.run_enquiry_timers(), intake.service.run_enquiry_timers()) == (1, 0)
    intake.clock.at("2026-12-01 08:00")
    assert (intake.service.run_enquiry_timers(), intake.service.run_enquiry_timers()) == (1, 0)
    late = told(intake, "overdue")
    assert [(e["data"]["staff_id"], e["data"]["overdue_days"], e["data"]["as_of"]) for e in late] == [
        ("s21", 1, "2026-11-27"), ("s21", 2, "2026-11-30"), ("s21", 3, "2026-12-01"),
    ]  # fmt: skip
    assert [e["data"]["staff_id"] for e in told(intake, "due_soon")] == ["s21"]
    assert intake("list_enquiries", overdue=True)["total_size"] == 1
    answered = intake("answer_enquiry", enquiry_id=enquiry_id, answer="x", staff_id="s21")
    assert (answered["overdue_days"], answered["elapsed_days"]) == (3, 6)
    intake.clock.at("2026-12-31 08:00")
    assert (intake.service.run_enquiry_timers(), intake.service.run_enquiry_timers()) == (1, 0)
    assert [e["data"]["outcome"] for e in told(intake, "closed")] == ["silent"]
    assert intake("get_enquiry", enquiry_id=enquiry_id)["closed_by"] == "system"


def test_racing_schedulers_tell_each_day_once(intake):
    for _ in range(8):
        taken(intake)
    intake.clock.at("2026-12-01 08:00")
    served, start = [], threading.Barrier(3)

    def sweep():
        start.wait()
        served.append(intake.service.run_enquiry_timers())

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(served) == 8
    by_ticket = {}
    for event in told(intake, "due_soon", "overdue"):
        by_ticket.setdefault(event["subject"], []).append(event["version"])
    assert len(by_ticket) == 8
    assert all(sorted(versions) == [4, 5, 6, 7] for versions in by_ticket.values())


def test_figures_of_a_month_by_hall(intake):
    intake.clock.at("2026-10-31 09:00")
    an_enquiry(intake)
    intake.clock.at("2026-11-23 09:00")
    an_enquiry(intake, own_duty=True, answer="x")
    late, open_ = taken(intake)["enquiry_id"], an_enquiry(intake)["enquiry_id"]
    routed(intake, open_)
    intake("return_enquiry", enquiry_id=open_, reason="x", staff_id="s21")
    an_enquiry(intake, hall_id="h0002", first_asked_id="s12")
    intake.clock.at("2026-11-30 09:00")
    intake.service.run_enquiry_timers()
    intake("answer_enquiry", enquiry_id=late, answer="x", staff_id="s21")
    first = intake("list_enquiry_figures", month="2026-11", page_size=1)
    assert first["figures"] == [{
        "region": "52.02", "hall_id": "h0001", "month": "2026-11", "enquiries": 3, "answered": 2, "answered_in_time": 1, "bounced": 1,
        "waiting_overdue": 1, "average_days": "2.50",
    }]  # fmt: skip
    assert first["total_size"] == 2
    (second,) = intake("list_enquiry_figures", month="2026-11", page_size=1, page_token=first["next_page_token"])["figures"]
    assert (second["hall_id"], second["answered"], second["average_days"]) == ("h0002", 0, "")
    assert intake.acting_as("hall:h0002")("list_enquiry_figures", month="2026-11")["total_size"] == 1
    assert intake("list_enquiry_figures", month="2026-10", hall_id="h0001")["figures"][0]["enquiries"] == 1
    refused("INVALID_REQUEST", intake, "list_enquiry_figures", month="2026-13")


FAILURE = {"hall_id": "h0001", "kind": "misrouted", "occurred_at": "2026-11-23T00:30:00Z", "evidence": "群众反映被推来推去"}


def as_person(intake, staff_id):
    return replace(intake, caller=Caller(f"account of {staff_id}", staff_id, ("*",)))


def test_a_failure_is_reported_replied_to_and_judged_by_a_second_person(intake):
    inspector, accused, verifier = as_person(intake, "s21"), as_person(intake, "s11"), as_person(intake, "s99")
    enquiry_id = an_enquiry(intake)["enquiry_id"]
    request_id = str(uuid.uuid4())
    made = inspector("report_first_asked_failure", request_id=request_id, enquiry_id=enquiry_id, staff_id="s11", **FAILURE)
    assert inspector("report_first_asked_failure", request_id=request_id, enquiry_id=enquiry_id, staff_id="s11", **FAILURE) == made
    assert (made["state"], made["unit_id"], made["recorded_by"]) == ("recorded", "u11", "s21")
    failure_id = made["failure_id"]
    refused("NOT_ACCUSED", inspector, "reply_to_first_asked_failure", failure_id=failure_id, reply="x")
    replied = accused("reply_to_first_asked_failure", failure_id=failure_id, reply="已登记并转办")
    assert (replied["reply"], replied["replied_by"]) == ("已登记并转办", "s11")
    refused("ALREADY_REPLIED", accused, "reply_to_first_asked_failure", failure_id=failure_id, reply="x")
    for somebody in (inspector, accused):
        refused("SAME_PERSON", somebody, "decide_first_asked_failure", failure_id=failure_id, verified=True)
    assert verifier("decide_first_asked_failure", failure_id=failure_id, verified=True, note="属实")["decided_by"] == "s99"
    refused("FAILURE_DECIDED", verifier, "decide_first_asked_failure", failure_id=failure_id, verified=True)
    verifier("decide_first_asked_failure", failure_id=failure_id, verified=False)
    events = [event for verb in ("recorded", "decided") for event in intake.events_of(f"intake.first_asked_failure.{verb}")]
    assert [(e["version"], e["data"].get("verified")) for e in events] == [(1, None), (2, True), (3, False)]
    assert not any("evidence" in e["data"] or "reply" in e["data"] for e in events)


def test_what_a_failure_must_say_and_who_sees_it(intake):
    refused("SUBJECT_MISSING", intake, "report_first_asked_failure", **FAILURE)
    refused("OCCURRED_IN_FUTURE", intake, "report_first_asked_failure", staff_id="s11", **FAILURE | {"occurred_at": "2026-11-24T00:00:00Z"})
    refused("WINDOW_NOT_FOUND", intake, "report_first_asked_failure", window_id="w99", **FAILURE)
    refused("HALL_NOT_FOUND", intake, "report_first_asked_failure", staff_id="s11", **FAILURE | {"hall_id": "h9"})
    refused("ENQUIRY_NOT_FOUND", intake, "report_first_asked_failure", enquiry_id="x", **FAILURE)
    refused("NOT_YOURSELF", as_person(intake, "s21"), "report_first_asked_failure", staff_id="s11", recorded_by="s11", **FAILURE)
    theirs = an_enquiry(intake, hall_id="h0002", first_asked_id="s12")["enquiry_id"]
    refused("ENQUIRY_OF_OTHER_HALL", intake, "report_first_asked_failure", enquiry_id=theirs, **FAILURE)
    refused("FIRST_ASKED_FAILURE_NOT_FOUND", intake, "decide_first_asked_failure", failure_id="x", verified=True)
    by_window = intake("report_first_asked_failure", window_id="w11", **FAILURE | {"kind": "no_record"})
    assert (by_window["unit_id"], by_window.get("staff_id")) == ("u11", None)
    made = [by_window["failure_id"], intake("report_first_asked_failure", staff_id="s11", **FAILURE)["failure_id"]]
    other = intake.acting_as("hall:h0002", staff_id="s12")
    for method, more in (("decide_first_asked_failure", {"verified": True}), ("reply_to_first_asked_failure", {"reply": "x"})):
        refused("OUT_OF_SCOPE", other, method, failure_id=made[0], **more)
    refused("OUT_OF_SCOPE", other, "report_first_asked_failure", staff_id="s11", **FAILURE)
    assert other("list_first_asked_failures")["total_size"] == 0
    page = intake("list_first_asked_failures", page_size=1)
    rest = intake("list_first_asked_failures", page_size=1, page_token=page["next_page_token"])
    assert [f["failure_id"] for f in page["failures"] + rest["failures"]] == made[::-1]
    assert intake("list_first_asked_failures", kind="no_record", state="recorded", window_id="w11")["total_size"] == 1


def test_a_colleague_of_the_named_unit_replies_where_nobody_is_named(intake):
    intake.tell("directory.staff.changed", person("s13"), subject="s13")
    failure_id = intake("report_first_asked_failure", window_id="w11", **FAILURE)["failure_id"]
    refused("NOT_ACCUSED", as_person(intake, "s21"), "reply_to_first_asked_failure", failure_id=failure_id, reply="x")
    assert as_person(intake, "s13")("reply_to_first_asked_failure", failure_id=failure_id, reply="x")["replied_by"] == "s13"
