"""First-asked duty not done: two persons, and the accused is heard before."""

import pytest

from services.intake.domain.errors import Refused
from services.intake.domain.first_asked import FailureDecided, FailureRecorded, FirstAskedFailure
from tests.unit.intake.cases import on

AT = on("2026-11-23").at


def a_failure(**over) -> FirstAskedFailure:
    values = {
        "failure_id": "f1", "kind": "misrouted", "enquiry_id": "e1", "region": "52", "hall_id": "h1", "unit_id": "u1", "window_id": "w1", "staff_id": "s1",
        "occurred_at": AT, "recorded_at": AT, "recorded_by": "inspector", "recorded_identity": "a1", "evidence": "x",
    }  # fmt: skip
    failure = FirstAskedFailure(**{**values, **over})
    failure.record()
    return failure


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_it_is_judged_by_somebody_who_has_no_part_in_it_and_may_be_taken_back():
    failure = a_failure()
    for by in ("inspector", "a1", "s1"):
        refused("SAME_PERSON", failure.decide, true=True, by=by, note="", at=AT)
    failure.decide(true=True, by="verifier", note="", at=AT)
    refused("FAILURE_DECIDED", failure.decide, true=True, by="verifier", note="", at=AT)
    failure.decide(true=False, by="verifier", note="申诉成立", at=AT)
    refused("FAILURE_DECIDED", failure.decide, true=True, by="verifier", note="", at=AT)
    assert [(type(e), e.version) for e in failure.pending_events] == [(FailureRecorded, 1), (FailureDecided, 2), (FailureDecided, 3)]


def test_the_accused_alone_replies_once_and_before_the_verdict():
    failure = a_failure()
    refused("NOT_ACCUSED", failure.reply_to, "x", by="s9", by_unit="u1", at=AT)
    failure.reply_to("当时已登记", by="s1", by_unit="u1", at=AT)
    refused("ALREADY_REPLIED", failure.reply_to, "x", by="s1", by_unit="u1", at=AT)
    late = a_failure()
    late.decide(true=True, by="verifier", note="", at=AT)
    refused("FAILURE_DECIDED", late.reply_to, "x", by="s1", by_unit="u1", at=AT)


def test_where_nobody_is_named_one_of_the_unit_replies():
    failure = a_failure(staff_id=None)
    refused("NOT_ACCUSED", failure.reply_to, "x", by="s9", by_unit="u9", at=AT)
    failure.reply_to("当日窗口有登记", by="s9", by_unit="u1", at=AT)
    assert failure.replied_by == "s9"
    with pytest.raises(Refused):
        a_failure(staff_id=None, window_id=None, unit_id=None)
