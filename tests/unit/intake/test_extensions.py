"""Extension: once, in time, within the law, approved by somebody else."""

import pytest

from services.intake.domain import acceptance
from services.intake.domain import happenings as h
from services.intake.domain.errors import Refused
from services.intake.domain.extensions import Grant, extend
from services.intake.domain.ownership import transfer
from services.intake.domain.stages import Done, record_stage
from services.intake.domain.suspensions import Procedure, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from tests.unit.intake.cases import a_case, accepted, an_item, day, on, told


def extended(case, when="2026-11-24", **over):
    given = {"days": 10, "approver_id": "s9", "requested_by": "s1", "reason": "案情复杂", "notice": Notice("延告〔2026〕1号", day(when))}
    extend(case, Grant(**{**given, **over}), now=on(when))
    return case


def reason_of(call) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def test_twenty_and_ten():
    case = extended(accepted(item=an_item(promised_days=20, legal_days=20)), days=10)
    limit = case.calculation().legal
    assert (limit.days, limit.extension, limit.budget) == (20, 10, 30)
    assert (case.promised_due, case.legal_due) == (day("2027-01-05"), day("2027-01-05"))
    (moved,) = told(case, h.DeadlineMoved)
    assert (moved.cause, moved.actor, moved.promised_before, moved.promised_due) == ("extended", "s9", day("2026-12-21"), day("2027-01-05"))
    assert moved.notice_nos == ("延告〔2026〕1号",)


def test_joint_forty_five_and_fifteen():
    item = an_item(promised_days=45, legal_days=45, units_involved=3)
    assert extended(accepted(item=item), days=15).calculation().legal.budget == 60
    assert reason_of(lambda: extended(accepted(item=item), days=16)) == "EXTENSION_DAYS_INVALID"
    by_hand = a_case(item=an_item(units_involved=2))
    acceptance.accept(by_hand, an_item(units_involved=2), routing="joint", now=on("2026-11-23"))
    assert extended(by_hand, days=15).extension["days"] == 15


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("EXTENSION_DAYS_INVALID", {"days": 0}),
        ("EXTENSION_DAYS_INVALID", {"days": 11}),
        ("APPROVER_REQUIRED", {"approver_id": None}),
        ("APPROVER_IS_HANDLER", {"approver_id": "s1"}),
        ("APPROVER_IS_HANDLER", {"approver_id": "s7", "requested_by": "s7"}),
        ("REASON_REQUIRED", {"reason": "  "}),
        ("NOTICE_NO_REQUIRED", {"notice": Notice(" ", day("2026-11-24"))}),
        ("NOTICE_DATE_INVALID", {"notice": Notice("1号", day("2026-11-25"))}),
        ("NOTICE_DATE_INVALID", {"notice": Notice("1号", day("2026-11-20"))}),
    ],
)
def test_what_an_extension_needs(reason, over):
    case = accepted()
    before = (case.version, case.promised_due, case.deadline)
    assert reason_of(lambda: extended(case, **over)) == reason
    assert (case.version, case.promised_due, case.deadline) == before


def test_whoever_recorded_a_stage_is_a_handler():
    case = accepted()
    record_stage(case, Done("review", "s9"), now=on("2026-11-24"))
    assert reason_of(lambda: extended(case)) == "APPROVER_IS_HANDLER"


def test_who_handed_the_case_on_was_a_handler():
    case = accepted()
    transfer(case, "s2", by="s3", reason="轮岗", now=on("2026-11-24"))
    assert reason_of(lambda: extended(case, approver_id="s1", requested_by="s2")) == "APPROVER_IS_HANDLER"


def test_only_once_and_only_before_the_end():
    assert reason_of(lambda: extended(extended(accepted()))) == "CASE_ALREADY_EXTENDED"
    assert extended(accepted(), "2026-11-30").promised_due == day("2026-12-14")  # on the last day
    assert reason_of(lambda: extended(accepted(), "2026-12-01")) == "EXTENSION_AFTER_EXPIRY"


def test_not_while_a_special_procedure_runs():
    case = accepted()
    suspend(case, Procedure("hearing", 20, "x", Notice("1号", day("2026-11-24")), "s1"), now=on("2026-11-24"))
    assert reason_of(lambda: extended(case, "2026-11-25")) == "CASE_SUSPENDED"


def test_a_reminder_whose_day_lies_ahead_again_comes_again_and_no_other():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-11-27"))
    assert [(e.level, e.due) for e in told(case, h.DueSoon)] == [("blue", day("2026-11-30")), ("yellow", day("2026-11-30"))]
    extended(case, "2026-11-30")
    rungs = {rung.level: rung.on for rung in case.calculation().rungs}
    assert rungs == {"blue": day("2026-12-03"), "yellow": day("2026-12-11")}
    for when in ("2026-12-01", "2026-12-03", "2026-12-04", "2026-12-11", "2026-12-14"):
        run_timer(case, an_item(), now=on(when))
    assert [(e.level, e.due, e.at.date()) for e in told(case, h.DueSoon)][2:] == [
        ("blue", day("2026-12-14"), day("2026-12-03")), ("yellow", day("2026-12-14"), day("2026-12-11")),
    ]  # fmt: skip


def test_a_reminder_that_was_sent_and_whose_day_stays_past_is_not_sent_again():
    case = accepted(item=an_item(promised_days=10))
    run_timer(case, an_item(), now=on("2026-11-30"))
    assert [e.level for e in told(case, h.DueSoon)] == ["blue"]
    extended(case, "2026-12-02", days=1)  # half of eleven days is 1 December
    run_timer(case, an_item(), now=on("2026-12-03"))
    assert [e.level for e in told(case, h.DueSoon)] == ["blue"]
