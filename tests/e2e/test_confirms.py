"""`published` never runs ahead of the broker's word, and nobody waits for that word for ever."""

import time

import pytest

from chassis.amqp import Link
from chassis.testing import eventually
from tests.support.journal import Load

STATE = "select seq, published from probe.relay_state"


def test_16_nothing_counts_as_published_while_the_broker_is_frozen(arena):
    arena.running.start("probe")
    with Load(arena.amqp_uri, writers=1) as load:
        load.wait_for(10)
    arena.oracles.at_rest(20)
    before = arena.oracles.rows(STATE)[0]
    arena.queues_recorded()
    arena.victims.rabbit.freeze()
    arena.execute(
        "insert into probe.outbox (event_id, routing_key, envelope) select 'x' || n, 'probe.tick.happened.v1.52.02.h0001', "
        """'{"id":"x' || n || '","data":{}}' from generate_series(1, 20) n"""
    )
    eventually(lambda: arena.oracles.rows(STATE)[0][0] == before[0] + 20, within=10)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        assert arena.oracles.rows(STATE)[0][1] == before[1], "advanced without a confirm"
    arena.victims.rabbit.kill()
    arena.victims.rabbit.start()
    eventually(lambda: arena.oracles.rows(STATE)[0][1] == before[0] + 20, within=40)
    eventually(lambda: {f"x{n}" for n in range(1, 21)} <= {event["id"] for event in arena.oracles.stream()}, within=20)


def test_16_an_answer_that_a_frozen_broker_owes_is_not_waited_for_without_a_bound(arena):
    """The kernel of a frozen process goes on acknowledging bytes, so that neither TCP nor a write ever fails."""
    link = Link(arena.amqp_uri, "test", answer_seconds=1.0)
    arena.victims.rabbit.freeze()
    try:
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            link.channel()
        assert time.monotonic() - started < 10
    finally:
        arena.victims.rabbit.thaw()
        link.close()
