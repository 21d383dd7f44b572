"""A hand-over of the comprehensive window: acknowledged, urged, late, fed back."""

import datetime as dt

import pytest

import workdays
from services.intake.domain import handovers as h
from services.intake.domain.errors import Refused
from services.intake.domain.rules import Book, Now
from tests.unit.intake.cases import BEIJING, day, on, told
from tests.unit.intake.registers import a_handover

MINE = {"by": "s5", "by_unit": "u2"}


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_received_urged_and_fed_back_in_time():
    handover = a_handover()
    assert (handover.due, handover.timer_at) == (day("2026-11-26"), dt.datetime(2026, 11, 27, tzinfo=BEIJING))
    handover.acknowledge(**MINE, now=on("2026-11-23"))
    handover.urge("", by="s1", now=on("2026-11-25"))
    handover.urge("再次催办", by="s1", now=on("2026-11-26"))
    handover.feed_back("done", "已办理", **MINE, now=on("2026-11-26"))
    assert [(entry["at"][:10], entry["note"]) for entry in handover.urgings] == [("2026-11-25", ""), ("2026-11-26", "再次催办")]
    assert [event.urgings for event in told(handover, h.HandOverUrged)] == [1, 2]
    assert (handover.state, handover.timer_at, told(handover, h.HandOverFedBack)[0].overdue_days) == ("fed_back", None, 0)
    assert [event.version for event in handover.pending_events] == list(range(1, handover.version + 1))


def test_only_the_owning_unit_answers_and_once():
    handover = a_handover()
    refused("HANDLER_OF_OTHER_UNIT", handover.acknowledge, by="s9", by_unit="u9", now=on("2026-11-23"))
    refused("HANDLER_OF_OTHER_UNIT", handover.feed_back, "done", "x", by="s9", by_unit="u9", now=on("2026-11-23"))
    handover.acknowledge(**MINE, now=on("2026-11-23"))
    refused("HANDOVER_ACKNOWLEDGED", handover.acknowledge, **MINE, now=on("2026-11-23"))
    handover.withdraw("误交", on("2026-11-24"))
    for command in (
        lambda: handover.acknowledge(**MINE, now=on("2026-11-24")), lambda: handover.urge("", by="s1", now=on("2026-11-24")),
        lambda: handover.feed_back("done", "x", **MINE, now=on("2026-11-24")), lambda: handover.withdraw("x", on("2026-11-24")),
        lambda: handover.decided(by="s5", now=on("2026-11-24")),
    ):  # fmt: skip
        refused("HANDOVER_CLOSED", command)


def test_who_feeds_back_has_received_it():
    handover = a_handover()
    handover.feed_back("needs_more", "缺平面图", **MINE, now=on("2026-11-24"))
    assert (handover.acknowledged_by, handover.fed_back_by) == ("s5", "s5")
    assert [type(event).__name__ for event in handover.pending_events] == ["HandedOver", "HandOverAcknowledged", "HandOverFedBack"]


def test_each_working_day_over_is_told_once_whatever_the_scheduler_missed():
    handover = a_handover()
    for moment in (on("2026-11-26", 23), on("2026-11-27"), on("2026-11-27", 22), on("2026-11-28"), on("2026-12-01")):
        handover.run_timer(moment)
    assert [(e.day.overdue_days, str(e.day.as_of)) for e in told(handover, h.HandOverOverdue)] == [
        (1, "2026-11-27"), (2, "2026-11-30"), (3, "2026-12-01"),
    ]  # fmt: skip
    handover.decided(by="s5", now=on("2026-12-02"))
    answer = told(handover, h.HandOverFedBack)[0]
    assert (answer.overdue_days, answer.by_decision, answer.outcome) == (4, True, "done")


def test_a_later_notice_moves_the_limit_and_takes_back_what_is_no_day_over():
    handover = a_handover()
    handover.run_timer(on("2026-11-27"))
    book = Book(workdays.Calendar([workdays.Override(day("2026-11-26"), False, "x", "1")]), 1)
    handover.catch_up(Now(dt.datetime(2026, 11, 27, 12, tzinfo=BEIJING), book))
    assert (handover.due, handover.told) == (day("2026-11-27"), [])
    assert [d.as_of for d in told(handover, h.HandOverOverdueWithdrawn)[0].days] == [day("2026-11-27")]
    assert handover.timer_at == dt.datetime(2026, 11, 30, tzinfo=BEIJING)
