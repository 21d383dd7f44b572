"""What time alone brings: deemed acceptance and warnings, each once, in order, whoever sweeps and whenever."""

import threading

import pytest
import sqlalchemy as sa

from chassis.testing import a_vault, make_service
from services.intake.config import IntakeConfig
from services.intake.orm import cases
from services.intake.service import IntakeService


def sent(intake, *verbs):
    return [(e["data"].get("level"), e["data"].get("remaining_days", e["data"].get("overdue_days"))) for e in intake.events(*verbs)]


def test_each_rung_is_sent_on_its_day_and_once(intake):
    case_id = intake.accepted()["case_id"]
    ladder = [
        ("2026-11-25 23:59", []),
        ("2026-11-26 00:00", [("blue", 2)]),
        ("2026-11-27 08:00", [("blue", 2), ("yellow", 1)]),
        ("2026-11-30 20:00", [("blue", 2), ("yellow", 1)]),
        ("2026-12-01 08:00", [("blue", 2), ("yellow", 1), ("red", 1)]),
        ("2026-12-02 08:00", [("blue", 2), ("yellow", 1), ("red", 1), ("red", 2)]),
        ("2026-12-03 08:00", [("blue", 2), ("yellow", 1), ("red", 1), ("red", 2), ("double_red", 3)]),
    ]
    for moment, expected in ladder:
        intake.clock.at(moment)
        intake.sweep()
        assert intake.sweep() == 0
        assert sent(intake, "due_soon", "overdue") == expected
    assert intake("get_case", case_id=case_id)["overdue"] is True


def test_three_days_of_downtime_send_every_rung_once_and_in_order(intake):
    intake.accepted()
    intake.clock.at("2026-12-03 08:00")
    assert intake.sweep() == 1
    assert sent(intake, "due_soon", "overdue") == [("blue", 2), ("yellow", 1), ("red", 1), ("red", 2), ("double_red", 3)]
    assert [e["data"]["as_of"] for e in intake.events("overdue")] == ["2026-12-01", "2026-12-02", "2026-12-03"]
    versions = [e["version"] for e in intake.events()]
    assert versions == list(range(1, len(versions) + 1))
    assert intake.sweep() == 0


def test_racing_schedulers_send_each_warning_once(intake):
    for _ in range(12):
        intake.accepted()
    intake.clock.at("2026-12-03 08:00")
    served = []
    start = threading.Barrier(4)

    def sweep():
        start.wait()
        served.append(intake.service.run_timers())

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(served) == 12
    by_case = {}
    for event in intake.events("due_soon", "overdue"):
        by_case.setdefault(event["subject"], []).append((event["version"], event["data"]["level"]))
    assert len(by_case) == 12
    for told in by_case.values():
        assert [level for _, level in told] == ["blue", "yellow", "red", "red", "double_red"]
        assert [version for version, _ in told] == list(range(4, 9))


def test_the_key_refuses_a_warning_that_was_sent_before(intake):
    case_id = intake.accepted()["case_id"]
    intake.clock.at("2026-11-26 08:00")
    intake.sweep()
    with intake.db.transaction() as tx:
        tx.execute("UPDATE intake.cases SET rungs_sent = '{}', timer_at = received_at")  # as if a scheduler had an old row in hand
    intake.sweep()
    assert sent(intake, "due_soon") == [("blue", 2)]
    with intake.db.read() as tx:
        put_off = tx.execute(sa.text("SELECT timer_at FROM intake.cases")).scalar()
    assert put_off > intake.clock.now()
    assert intake("get_case", case_id=case_id)["version"] == 4


def test_a_case_that_breaks_does_not_stand_in_front_of_others(intake):
    broken = intake.accepted()["case_id"]
    intake.accepted()
    with intake.db.transaction() as tx:
        tx.execute("UPDATE intake.cases SET item_version = 99 WHERE case_id = :case_id", {"case_id": broken})
    intake.clock.at("2026-11-26 08:00")
    assert intake.sweep() == 2
    assert len(intake.events("due_soon")) == 1
    assert intake.sweep() == 0


def test_the_breached_case_is_found_whatever_stands_around_it(intake):
    case_id = intake.accepted()["case_id"]
    columns = ", ".join(c.name for c in cases.columns if c.name not in ("case_id", "case_no", "track_hash", "timer_at", "promised_due"))
    with intake.db.transaction() as tx:  # a thousand open cases, this one breached
        tx.execute(
            f"INSERT INTO intake.cases (case_id, case_no, track_hash, timer_at, promised_due, {columns})"
            f" SELECT 'x' || n, 'x' || n, 'x' || n, timestamptz '2026-12-20 00:00+08', date '2026-12-18', {columns}"
            f" FROM intake.cases, generate_series(1, 1000) n WHERE case_id = :case_id",
            {"case_id": case_id},
        )
    intake.clock.at("2026-12-01 08:00")
    assert intake.sweep() == 1
    assert {e["subject"] for e in intake.events("overdue")} == {case_id}


def test_decided_in_time_means_silence(intake):
    case_id = intake.accepted()["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    intake("deliver_case", case_id=case_id, collector="张三丰")
    intake.clock.at("2026-12-31 08:00")
    assert intake.sweep() == 0
    assert sent(intake, "due_soon", "overdue") == []


def test_deciding_late_tells_the_days_over_even_when_no_scheduler_ran(intake):
    case_id = intake.accepted()["case_id"]
    intake.clock.at("2026-12-02 10:00")
    decided = intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    assert (decided["overdue_days"], decided["elapsed_days"]) == (2, 7)
    assert sent(intake, "overdue") == [("red", 1), ("red", 2)]
    assert [e["type"].split(".")[3] for e in intake.events()][-4:] == ["overdue", "overdue", "decided", "stage_completed"]
    assert intake.sweep() == 0


def test_weekends_and_holidays_bring_no_overdue_day(intake):
    intake.clock.at("2026-09-28 09:00")
    intake.tell("directory.item.published", _short(), version=2)
    intake.accepted(materials=[])  # one working day: due 2026-09-29
    for moment, days in (
        ("2026-09-30 09:00", 1),
        ("2026-10-05 09:00", 1),
        ("2026-10-08 09:00", 2),
        ("2026-10-10 09:00", 4),
        ("2026-10-11 09:00", 4),
    ):
        intake.clock.at(moment)
        intake.sweep()
        assert len(intake.events("overdue")) == days, moment


def _short(**over):
    return {
        "item_id": "i0001", "item_version": 2, "name": "x", "unit_id": "u11", "status": "in_hall", "time_class": "promised", "legal_days": 20,
        "promised_days": 1, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 1, "materials": [], **over,
    }  # fmt: skip


def test_one_day_of_promise_warns_at_once_and_only_yellow(intake):
    intake.tell("directory.item.published", _short(), version=2)
    intake.accepted(materials=[])
    assert intake.sweep() == 1
    assert sent(intake, "due_soon") == [("yellow", 1)]


def test_silence_of_five_working_days_is_acceptance_from_receipt(intake):
    case_id = intake.receipt(materials=["M1"])["case_id"]
    intake.clock.at("2026-11-30 23:59")
    assert intake.sweep() == 0
    intake.clock.at("2026-12-01 00:00")
    assert intake.sweep() == 1
    case = intake("get_case", case_id=case_id)
    assert (case["state"], case["deemed"], case["accepted_at"], case["promised_due"]) == (
        "accepted", True, "2026-11-23T01:00:00+00:00", "2026-11-30",
    )  # fmt: skip
    (missed,) = intake.events("notice_missed")
    assert (missed["data"]["working_days"], missed["data"]["notified"]) == (6, False)
    assert intake.events("accepted")[0]["data"]["deemed"] is True
    # Its promise ran from the receipt: it is over already, and every rung is told.
    assert intake.sweep() == 0
    assert sent(intake, "due_soon", "overdue") == [("blue", 2), ("yellow", 1), ("red", 1)]


@pytest.mark.parametrize(
    ("method", "request_", "reason"),
    [
        ("request_supplement", {"missing": ["M2"]}, "NOTICE_TOO_LATE"),
        ("return_case", {"reason_code": "prohibited", "reason": "x"}, "CASE_DEEMED_ACCEPTED"),
    ],
)
def test_after_the_limit_a_notice_or_refusal_comes_too_late(intake, method, request_, reason):
    case_id = intake.receipt(materials=["M1"])["case_id"]
    intake.clock.at("2026-12-01 09:00")
    with pytest.raises(Exception) as caught:  # noqa: PT011  the reason is what is asserted
        intake(method, case_id=case_id, **request_)
    assert caught.value.reason == reason


def test_accepting_after_the_limit_is_the_deemed_acceptance(intake):
    case_id = intake.receipt(materials=["M1"])["case_id"]
    intake.clock.at("2026-12-02 09:00")
    case = intake("accept_case", case_id=case_id)
    assert (case["deemed"], case["promised_due"]) == (True, "2026-11-30")
    assert intake.events("notice_missed")[0]["data"]["working_days"] == 7


def test_a_supplied_case_left_alone_is_accepted_from_the_supply(intake):
    case_id = intake.receipt(materials=["M1"])["case_id"]
    intake("request_supplement", case_id=case_id)
    intake.clock.at("2026-12-15 09:00")
    assert intake.sweep() == 0
    intake("submit_supplement", case_id=case_id, materials=["M2"])
    intake.clock.at("2026-12-23 09:00")
    intake.sweep()
    case = intake("get_case", case_id=case_id)
    assert (case["deemed"], case["accepted_at"]) == (True, "2026-12-15T01:00:00+00:00")
    assert intake.events("notice_missed")[0]["data"]["notified"] is True


def test_thresholds_are_settings(intake):
    intake.service = make_service(
        IntakeService, db=intake.db, vault=a_vault(), config=IntakeConfig(notice_days=2, blue_percent=20, yellow_days=2, double_red_days=1)
    )
    intake.accepted()
    intake.receipt(materials=[])
    intake.clock.at("2026-11-24 08:00")
    intake.sweep()
    assert sent(intake, "due_soon") == [("blue", 4)]
    intake.clock.at("2026-11-26 08:00")
    intake.sweep()
    assert ("yellow", 2) in sent(intake, "due_soon")
    assert len(intake.events("notice_missed")) == 1
    intake.clock.at("2026-12-01 08:00")
    intake.sweep()
    assert sent(intake, "overdue")[0] == ("double_red", 1)
