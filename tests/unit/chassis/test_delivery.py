"""What becomes of a message that failed."""

from datetime import UTC, datetime

import pytest
from amqp.basic_message import Message

from chassis.delivery import ATTEMPT, DETAIL, REASON, Delivery, Verdict, _copy, judge
from chassis.errors import FailedPrecondition, InvalidArgument
from chassis.topology import RETRY_LADDER, retry_queue


class Wrong(Exception):
    """As a domain may define it."""

    code = "invalid_argument"
    reason = "PIN_UNKNOWN"


def a_delivery(**properties):
    message = Message(b"{}", **properties)
    message.delivery_info = {"delivery_tag": 5}
    return Delivery(message, None)


@pytest.mark.parametrize("attempt", range(len(RETRY_LADDER)))
def test_every_rung_of_the_ladder_is_climbed(attempt):
    verdict = judge(RuntimeError("not now"), attempt)
    assert verdict == Verdict("RuntimeError", "not now", attempt, hopeless=False)


def test_after_the_last_rung_there_is_no_hope():
    assert judge(RuntimeError("never"), len(RETRY_LADDER)).hopeless
    assert judge(RuntimeError("never"), 99).hopeless


@pytest.mark.parametrize("error", [InvalidArgument("BAD_DATA", "wrong"), Wrong("pin 7")])
def test_a_wrong_message_is_hopeless_at_once(error):
    verdict = judge(error, 0)
    assert (verdict.hopeless, verdict.reason) == (True, error.reason)


def test_a_wrong_state_may_become_right():
    verdict = judge(FailedPrecondition("NOT_YET", "the hall is not known yet"), 0)
    assert (verdict.hopeless, verdict.reason) == (False, "NOT_YET")


def test_details_are_kept_short():
    assert len(judge(RuntimeError("x" * 5000), 0).detail) == 500


@pytest.mark.parametrize(("header", "attempt"), [(None, 0), (3, 3), ("2", 2), ("many", 0), (-4, 0), ([], 0), ({}, 0)])
def test_an_attempt_count_that_is_none_counts_from_the_start(header, attempt):
    assert a_delivery(application_headers={ATTEMPT: header} if header is not None else {}).attempt == attempt
    assert Delivery(Message(b"{}"), None).attempt == 0


def test_the_tag_and_the_moment_come_from_the_message():
    sent = datetime(2026, 11, 23, 1, tzinfo=UTC)
    delivery = a_delivery(timestamp=sent)
    assert (delivery.tag, delivery.logged_at) == (5, sent.timestamp())
    assert a_delivery().logged_at is None


@pytest.mark.parametrize("body", [b"\xff\x00", "文"])
def test_a_copy_keeps_the_message_and_drops_what_others_wrote_on_it(body):
    original = Message(
        body,
        application_headers={"x-death": [1], "x-first-death-queue": "q", ATTEMPT: 1, REASON: "old", "traceparent": "t"},
        message_id="m-1",
        content_type="application/cloudevents+json",
        expiration="1000",
        reply_to="r",
    )
    copy = _copy(original, {ATTEMPT: 2, REASON: "new", DETAIL: "d"})
    assert copy.properties["application_headers"] == {"traceparent": "t", ATTEMPT: 2, REASON: "new", DETAIL: "d"}
    assert copy.body == (body if isinstance(body, bytes) else body.encode())
    assert (copy.properties["message_id"], copy.properties["delivery_mode"]) == ("m-1", 2)
    assert not {"expiration", "reply_to"} & copy.properties.keys()


def test_rungs_have_queues():
    assert [retry_queue(delay) for delay in RETRY_LADDER] == [f"hallbus.retry.{d}" for d in ("1s", "10s", "1m", "10m")]
