"""Confirms, blocked brokers and pauses, without a broker."""

import contextlib

import pytest
from amqp.basic_message import Message
from hypothesis import given
from hypothesis import strategies as st

from chassis.amqp import ConfirmedPublisher, Nacked, backoff
from chassis.errors import Unavailable


class Socket:
    """The shape of a link whose broker says what the test wants it to say."""

    def __init__(self):
        self.write = contextlib.nullcontext()
        self.blocked = None
        self.frames = []
        self.events = {"basic_ack": set(), "basic_nack": set(), "basic_return": set()}

    def channel(self):
        return self

    def together(self):
        return contextlib.nullcontext()

    def confirm_select(self):
        pass

    def send_method(self, *_):
        pass

    def drain(self, _seconds):
        if not self.frames:
            return False
        kind, tag, multiple = self.frames.pop(0)
        for listener in self.events[kind]:
            listener(tag, multiple)
        return True


@pytest.fixture
def socket():
    return Socket()


def sent(socket, count):
    publisher = ConfirmedPublisher(socket)
    for _ in range(count):
        publisher.send(Message(b"{}"), "x", "k")
    return publisher


@given(st.permutations(range(1, 9)), st.sets(st.integers(1, 8)))
def test_confirms_come_in_any_order_and_several_at_once(order, multiple):
    socket = Socket()
    publisher = sent(socket, 8)
    socket.frames = [("basic_ack", tag, tag in multiple) for tag in order]
    publisher.wait(1.0)
    assert publisher._open == set()


@given(st.integers(1, 8), st.sets(st.integers(1, 8)))
def test_a_confirm_that_is_missing_is_missed(missing, others):
    socket = Socket()
    publisher = sent(socket, 8)
    socket.frames = [("basic_ack", tag, False) for tag in range(1, 9) if tag != missing]
    with pytest.raises(Unavailable) as late:
        publisher.wait(0.001)
    assert late.value.reason == "CONFIRM_TIMEOUT"


def test_a_refusal_is_told_after_all_have_answered(socket):
    publisher = sent(socket, 3)
    socket.frames = [("basic_nack", 2, False), ("basic_ack", 1, False), ("basic_ack", 3, False)]
    with pytest.raises(Nacked):
        publisher.wait(1.0)
    assert socket.frames == []
    publisher.send(Message(b"{}"), "x", "k")
    socket.frames = [("basic_ack", 4, False)]
    publisher.wait(1.0)


def test_a_mandatory_message_without_a_queue_counts_as_refused(socket):
    publisher = sent(socket, 1)
    socket.frames = [("basic_return", None, None), ("basic_ack", 1, False)]
    with pytest.raises(Nacked):
        publisher.wait(1.0)


def test_a_blocked_broker_is_told_at_once(socket):
    publisher = sent(socket, 1)
    socket.blocked = "low on disk"
    with pytest.raises(Unavailable) as blocked:
        publisher.send(Message(b"{}"), "x", "k")
    assert (blocked.value.reason, blocked.value.message) == ("BROKER_BLOCKED", "low on disk")
    with pytest.raises(Unavailable, match="BROKER_BLOCKED"):
        publisher.wait(1.0)


def test_nothing_sent_is_nothing_to_wait_for(socket):
    ConfirmedPublisher(socket).wait(0.0)


def test_pauses_grow_up_to_their_ceiling():
    pauses = [backoff(n) for n in range(12)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1], pauses[-1]) == (0.1, 0.2, 5.0)
    assert backoff(10_000, ceiling=2.0) == 2.0
