"""The correctness checks see one loss, one doubling, one wrong order."""

import pytest

from bench.comparisons.consumer import ConsumerRun
from bench.comparisons.e2e import EndToEnd
from bench.comparisons.relay import RelayRun
from bench.confirms import Confirms
from bench.loads.grpc import LoadResult
from bench.subject import IncorrectResultError


class Stored:
    def __init__(self, *figures, ordered=True):
        self.figures, self.ordered = figures, ordered

    def stored(self, arena):
        return self.figures


def answered(*numbers):
    return LoadResult(1.0, [(number, b"") for number in numbers])


def test_commands_that_are_all_there_once_are_right():
    EndToEnd("x", "ours", Stored(4, 4, 4))._verify(None, answered(0, 1), answered(2, 3))


@pytest.mark.parametrize("figures", [(3, 3, 4), (5, 4, 4), (4, 4, 3), (4, 3, 4)], ids=["lost", "twice", "event lost", "id twice"])
def test_commands_lost_or_doubled_are_seen(figures):
    with pytest.raises(IncorrectResultError, match="4 commands answered"):
        EndToEnd("x", "ours", Stored(*figures))._verify(None, answered(0, 1), answered(2, 3))


def test_a_call_answered_twice_is_seen():
    with pytest.raises(IncorrectResultError, match="twice"):
        EndToEnd("x", "ours", Stored(2, 2, 2))._verify(None, answered(0, 0))


@pytest.mark.parametrize(
    "arrived", [["a", "b"], ["a", "b", "c", "c"], ["a", "b", "d"], ["a", "c", "b"]], ids=["lost", "twice", "unknown", "order"]
)
def test_relayed_messages_lost_doubled_foreign_or_out_of_order_are_seen(arrived):
    with pytest.raises(IncorrectResultError):
        RelayRun("x", "ours", Stored())._verify(["a", "b", "c"], arrived)


def test_order_is_checked_only_where_it_is_promised():
    RelayRun("x", "peer", Stored(ordered=False))._verify(["a", "b", "c"], ["b", "c", "a"])


def test_a_consumer_without_its_queue_is_not_run():
    assert ConsumerRun("x", "ours", Stored(), lambda: "no chassis").missing() == "no chassis"


class Frames:
    """A channel that answers each drain with the next scripted ack."""

    def __init__(self, *acks):
        self.events, self.connection, self.acks = {"basic_ack": set(), "basic_nack": set()}, self, list(acks)

    def confirm_select(self):
        pass

    def basic_publish(self, *_args, **_kwargs):
        pass

    def drain_events(self, timeout):
        if not self.acks:
            raise TimeoutError
        (listener,) = self.events["basic_ack"]
        listener(*self.acks.pop(0))


def published(channel, count):
    confirms = Confirms(channel)
    for number in range(count):
        confirms.publish("{}", exchange="", routing_key="q", message_id=str(number))
    return confirms


@pytest.mark.parametrize(
    "acks", [[(4, True)], [(2, False), (1, False), (4, True)], [(4, False), (3, False), (2, True)], [(2, True), (3, False), (4, False)]]
)
def test_confirms_may_be_multiple_and_out_of_order(acks):
    channel = Frames(*acks)
    published(channel, 4).wait(1.0)
    assert channel.acks == []


@pytest.mark.parametrize("acks", [[(3, True)], [(2, False), (3, False), (4, False)]])
def test_a_missing_confirm_is_waited_for(acks):
    with pytest.raises(TimeoutError):
        published(Frames(*acks), 4).wait(1.0)
