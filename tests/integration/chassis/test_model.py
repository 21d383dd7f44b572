"""Relay and inbox against every interleaving that hypothesis can think of: crashes, lost and late confirms, repetition, disorder, failing handlers.

The broker is the one in memory, the database is real. A failure prints the shortest list of steps that leads to it.
"""

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.support.fake_broker import FAULTS
from tests.support.lane import THINGS, FakeGround, Lane

NAMES = st.sampled_from(["a", "b", "bad"])
RELAY_CRASHES = ["relay.after_move_before_publish", "relay.after_publish_before_confirm", "relay.after_confirm_before_advance"]
CONSUMER_CRASHES = [
    "consumer.after_handler_before_commit",
    "consumer.after_commit_before_ack",
    "consumer.after_retry_publish_before_ack",
    "transaction.before_commit",
    "transaction.after_commit",
]
COMMAND_CRASHES = ["transaction.before_commit", "transaction.after_commit"]


def or_none(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, None, None, *values])


class Interleavings(RuleBasedStateMachine):
    """Steps on one lane."""

    lane: Lane

    def __init__(self) -> None:
        super().__init__()
        self.lane.reset()
        self.broker = self.lane.ground.broker
        self.slow: list[sa.Connection] = []
        self.untold = False

    @rule(names=st.lists(NAMES, min_size=1, max_size=4), crash=or_none(COMMAND_CRASHES))
    def command(self, names, crash):
        self.untold = True
        for name in names[1:]:
            self.lane.command(name)
        self.lane.command(names[0], crash=crash)

    @rule(names=st.lists(NAMES, min_size=1, max_size=2))
    def overtake(self, names):
        self.untold = True
        self.slow.append(self.lane.slow_transaction())
        for name in names:
            self.lane.command(name)

    @precondition(lambda self: self.slow)
    @rule()
    def commit_at_last(self):
        self.untold = True
        with self.slow.pop(0) as connection:
            connection.commit()

    @precondition(lambda self: self.untold)
    @rule(crash=or_none(RELAY_CRASHES), fault=or_none(list(FAULTS)))
    def relay(self, crash, fault):
        self.broker.fault = fault
        self.lane.relay(crash=crash)
        self.untold = bool(crash or fault)
        self.broker.fault = None

    @precondition(lambda self: self.broker.ready[THINGS])
    @rule(crash=or_none(CONSUMER_CRASHES), fault=or_none(list(FAULTS)))
    def consume(self, crash, fault):
        self.broker.fault = fault
        self.lane.consume(crash=crash)
        self.broker.fault = None

    @precondition(lambda self: self.broker.ready[THINGS] or self.broker.ladder)
    @rule(seed=st.integers(0, 9), twice=st.booleans())
    def lose_the_order(self, seed, twice):
        if twice:
            self.broker.duplicate(THINGS)
        self.broker.shuffle(THINGS, random.Random(seed))
        self.broker.expire()

    @initialize(subject=st.sampled_from(["", "bad"]))
    def begin_with_this_handler(self, subject):
        self.lane.failing(subject)

    @rule(subject=st.sampled_from(["", "bad"]))
    def change_the_handler(self, subject):
        self.lane.failing(subject)

    @invariant()
    def nothing_is_published_ahead(self):
        self.lane.nothing_published_ahead()

    def teardown(self):
        while self.slow:
            self.commit_at_last()
        self.lane.failing("")
        self.lane.at_rest()
        self.broker.expire()
        self.broker.replay(THINGS)
        self.lane.at_rest()
        self.lane.nothing_lost_nothing_twice()


@pytest.mark.timeout(400)  # quick when all is well; a failure is shrunk for as long as hypothesis likes
def test_no_interleaving_loses_or_doubles_anything(make_db, monkeypatch):
    lane = Lane(make_db("probe"), FakeGround(monkeypatch), monkeypatch)
    machine = type("Interleavings", (Interleavings,), {"lane": lane})
    health = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=30, stateful_step_count=14, deadline=None, suppress_health_check=health, print_blob=True)
    )
