"""Hand-overs of the comprehensive window through the RPC: made, received, urged, late, fed back, and closed by what becomes of the case."""

import threading
import uuid

import pytest

from chassis.errors import HallbusError
from chassis.testing import outbox_events


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def received(intake, **over):
    """A case of unit u11 that the comprehensive window w21 took in."""
    return intake.receipt(window_id="w21", staff_id="s21", **over)


def handed(intake, case=None, **over):
    case = case or received(intake)
    return intake("hand_over_case", **{"case_id": case["case_id"], "note": "请贵单位办理", "staff_id": "s21", **over})


def verbs(intake, handover):
    found = [e for e in outbox_events(intake.db) if e["subject"] == handover["handover_id"]]
    assert [e["version"] for e in found] == list(range(1, len(found) + 1))
    return [e["type"].split(".")[3] for e in found]


def test_a_rare_item_goes_to_its_unit_and_comes_back_with_an_answer(intake):
    request_id = str(uuid.uuid4())
    case = received(intake)
    handover = handed(intake, case, request_id=request_id)
    assert handed(intake, case, request_id=request_id) == handover
    assert (handover["unit_id"], handover["window_id"], handover["due"], handover["state"]) == ("u11", "w21", "2026-11-26", "handed_over")
    refused("HANDOVER_OPEN", handed, intake, case)
    key = {"handover_id": handover["handover_id"]}
    refused("HANDLER_OF_OTHER_UNIT", intake, "acknowledge_hand_over", **key, staff_id="s21")
    assert intake("acknowledge_hand_over", **key, staff_id="s11")["acknowledged_by"] == "s11"
    refused("HANDOVER_ACKNOWLEDGED", intake, "acknowledge_hand_over", **key, staff_id="s11")
    intake("urge_hand_over", **key, staff_id="s21")
    urged = intake("urge_hand_over", **key, note="申请人催问", staff_id="s21")
    assert (urged["urging_count"], urged["urgings"][1]["note"], urged["urgings"][1]["by"]) == (2, "申请人催问", "s21")
    answered = intake("feed_back_hand_over", **key, outcome="needs_more", feedback="缺平面图", staff_id="s11")
    assert (answered["state"], answered["feedback"], answered["overdue_days"]) == ("fed_back", "缺平面图", 0)
    assert verbs(intake, handover) == ["made", "acknowledged", "urged", "urged", "fed_back"]
    for text in ("请贵单位办理", "缺平面图", "申请人催问"):
        assert all(text not in str(e["data"]) for e in outbox_events(intake.db)), "texts stay here"
    assert handed(intake, case)["handover_id"] != handover["handover_id"], "another round is another hand-over"


def test_what_cannot_be_handed_over(intake):
    refused("WINDOW_NOT_COMPREHENSIVE", handed, intake, intake.receipt())
    refused("STAFF_NOT_FOUND", handed, intake, staff_id="s12")
    refused("CASE_NOT_FOUND", handed, intake, {"case_id": "nobody"})
    done = received(intake)
    intake("return_case", case_id=done["case_id"], reason_code="withdrawn", reason="x", staff_id="s21")
    refused("CASE_RETURNED", handed, intake, done)
    refused("HAND_OVER_NOT_FOUND", intake, "urge_hand_over", handover_id="nobody", staff_id="s21")
    handover = handed(intake)
    intake("withdraw_hand_over", handover_id=handover["handover_id"], reason="误交")
    for method, request in (
        ("acknowledge_hand_over", {"staff_id": "s11"}), ("urge_hand_over", {"staff_id": "s21"}),
        ("feed_back_hand_over", {"outcome": "done", "feedback": "x", "staff_id": "s11"}), ("withdraw_hand_over", {"reason": "x"}),
    ):  # fmt: skip
        refused("HANDOVER_CLOSED", intake, method, handover_id=handover["handover_id"], **request)


def test_the_units_decision_is_its_feedback(intake):
    case = received(intake)
    intake("accept_case", case_id=case["case_id"])
    handover = handed(intake, case)
    intake.clock.at("2026-11-27 09:00")
    intake("decide_case", case_id=case["case_id"], outcome="approved", handler_id="s11")
    (closed,) = intake("list_hand_overs", case_id=case["case_id"])["handovers"]
    assert (closed["state"], closed["outcome"], closed["fed_back_by"], closed["overdue_days"]) == ("fed_back", "done", "s11", 1)
    assert verbs(intake, handover) == ["made", "overdue", "acknowledged", "fed_back"]
    assert intake.events_of("intake.handover.fed_back")[0]["data"]["by_decision"] is True


def test_a_returned_case_needs_no_feedback(intake):
    case = received(intake)
    handover = handed(intake, case)
    intake("return_case", case_id=case["case_id"], reason_code="withdrawn", reason="x", staff_id="s21")
    assert verbs(intake, handover) == ["made", "withdrawn"]
    intake.clock.at("2026-12-31 09:00")
    assert intake.service.run_handover_timers() == 0


def test_lateness_is_the_units_told_once_a_day_also_after_downtime_and_by_two_schedulers(intake):
    made = [handed(intake) for _ in range(4)]
    intake.clock.at("2026-11-30 08:00")
    start, served = threading.Barrier(2), []

    def sweep():
        start.wait()
        served.append(intake.service.run_handover_timers())

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(served), intake.service.run_handover_timers()) == (4, 0)
    for handover in made:
        assert verbs(intake, handover) == ["made", "overdue", "overdue"]
    days = [(e["data"]["unit_id"], e["data"]["as_of"]) for e in intake.events_of("intake.handover.overdue")]
    assert set(days) == {("u11", "2026-11-27"), ("u11", "2026-11-30")}
    assert intake.events("overdue") == [], "not the case's"


def test_a_new_calendar_moves_open_hand_overs(intake):
    handover = handed(intake)
    change = {"date": "2026-11-25", "is_workday": False, "reason": "抗洪", "notice_no": "市府办1号"}
    intake.tell("directory.calendar.changed", {"revision": 3, "overrides": [change], "notices": []}, hall_id=None)
    assert (intake.service.reproject_registers(), intake.service.reproject_registers()) == (1, 0)
    (moved,) = intake("list_hand_overs", case_id=handover["case_id"])["handovers"]
    assert moved["due"] == "2026-11-27"


def test_lists_stay_in_scope_filter_and_page(intake):
    made = [handed(intake) for _ in range(5)]
    intake("withdraw_hand_over", handover_id=made[0]["handover_id"], reason="x")
    intake.clock.at("2026-11-27 08:00")
    intake.service.run_handover_timers()
    intake("feed_back_hand_over", handover_id=made[1]["handover_id"], outcome="done", feedback="x", staff_id="s11")

    def size(**filters):
        return intake("list_hand_overs", **filters)["total_size"]

    assert (size(is_open=True), size(is_open=False), size(state="fed_back"), size(overdue=True), size(overdue=False)) == (3, 2, 1, 4, 1)
    assert (size(unit_id="u11"), size(unit_id="u21"), size(window_id="w21"), size(hall_id="h0002")) == (5, 0, 5, 0)
    seen, token = [], None
    while token != "":
        page = intake("list_hand_overs", page_size=2, page_token=token)
        assert page["total_size"] == 5
        seen, token = [*seen, *page["handovers"]], page["next_page_token"]
    assert [h["handover_id"] for h in seen] == [h["handover_id"] for h in reversed(made)]
    other = intake.acting_as("hall:h0002", staff_id="s12")
    assert other("list_hand_overs")["total_size"] == 0
    for method, request in (
        ("acknowledge_hand_over", {}), ("urge_hand_over", {}), ("feed_back_hand_over", {"outcome": "done", "feedback": "x"}),
        ("withdraw_hand_over", {"reason": "x"}),
    ):  # fmt: skip
        refused("OUT_OF_SCOPE", other, method, handover_id=made[4]["handover_id"], **request)
    refused("OUT_OF_SCOPE", other, "hand_over_case", case_id=made[4]["case_id"], note="x")
