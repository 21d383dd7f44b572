"""Fixed stories of relay and inbox, each on RabbitMQ and on the broker in memory: where both agree, the model test may use the latter."""

import random

import pytest

from tests.support.fake_broker import FAULTS
from tests.support.lane import THINGS, FakeGround, Lane, RealGround


@pytest.fixture(params=["memory", "rabbitmq"])
def lane(request, make_db, monkeypatch):
    db = make_db("probe")
    if request.param == "memory":
        return Lane(db, FakeGround(monkeypatch), monkeypatch)
    uri, url = request.getfixturevalue("amqp_uri"), request.getfixturevalue("database_url")
    return Lane(db, RealGround(uri, url), monkeypatch)


@pytest.fixture
def memory(make_db, monkeypatch):
    """Faults that only the broker in memory commits on command."""
    return Lane(make_db("probe"), FakeGround(monkeypatch), monkeypatch)


def test_commands_become_effects_once_and_in_order(lane):
    for name in "abacab":
        lane.command(name)
    lane.at_rest()
    lane.nothing_lost_nothing_twice()


@pytest.mark.parametrize(
    "point", ["relay.after_move_before_publish", "relay.after_publish_before_confirm", "relay.after_confirm_before_advance"]
)
def test_a_relay_that_dies_publishes_again_in_the_same_order(lane, point):
    for name in "abc":
        lane.command(name)
    lane.relay(crash=point)
    lane.command("d")
    lane.at_rest()
    lane.nothing_published_ahead()
    lane.nothing_lost_nothing_twice()


@pytest.mark.parametrize("point", ["consumer.after_handler_before_commit", "consumer.after_commit_before_ack"])
def test_a_consumer_that_dies_gets_its_batch_again(lane, point):
    for name in "abc":
        lane.command(name)
    lane.relay()
    assert lane.consume(crash=point) == -1
    lane.at_rest()
    lane.nothing_lost_nothing_twice()


@pytest.mark.parametrize("point", ["transaction.before_commit", "transaction.after_commit"])
def test_a_command_that_dies_at_its_commit_is_whole_or_not_there(lane, point):
    lane.command("a")
    lane.command("a", crash=point)
    lane.command("a")
    lane.at_rest()
    lane.nothing_lost_nothing_twice()


def test_a_hopeless_message_is_set_aside_and_comes_back_after_the_cure(memory):
    """On RabbitMQ, with a short ladder: test_consumer.py."""
    memory.failing("bad")
    for name in ("a", "bad", "b"):
        memory.command(name)
    memory.relay()
    for _ in range(5):
        while memory.consume():
            pass
        memory.ground.broker.expire()
    assert len(memory.ground.broker.parked(THINGS)) == 1
    memory.failing("")
    memory.ground.broker.replay(THINGS)
    memory.at_rest()
    memory.nothing_lost_nothing_twice()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_broker_dropped_before_its_confirm_is_published_again(memory, fault):
    for name in "abcd":
        memory.command(name)
    memory.ground.broker.fault = fault
    memory.relay()
    memory.nothing_published_ahead()
    memory.at_rest()
    memory.nothing_lost_nothing_twice()


@pytest.mark.parametrize("seed", range(3))
def test_disorder_and_repetition_on_the_way_change_nothing(memory, seed):
    for name in "abacabad":
        memory.command(name)
    memory.relay()
    memory.ground.broker.duplicate(THINGS)
    memory.ground.broker.shuffle(THINGS, random.Random(seed))
    memory.at_rest()
    memory.nothing_lost_nothing_twice()
