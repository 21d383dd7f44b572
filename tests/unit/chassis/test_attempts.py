"""How a batch is tried: lost races at once and not for ever, absent infrastructure with patience, neighbours apart."""

import threading

import pytest
from amqp.basic_message import Message

from chassis import metrics
from chassis.attempts import TRIES_AFTER_A_RACE, Attempts, Outcome
from chassis.delivery import Delivery
from chassis.errors import Aborted, DeadlineExceeded, FailedPrecondition, Unavailable
from chassis.testing import a_received
from chassis.topology import RETRY_LADDER
from tests.support.probe.contracts import REGISTRY

RACE = Aborted("CONCURRENT_UPDATE", "lost a race")
AWAY = Unavailable("DATABASE_UNAVAILABLE", "away")


class Stale(Exception):
    """As a domain may say that somebody else was faster."""

    code = "aborted"
    reason = "PERSON_DAY_CHANGED"


class Script:
    """A handler that goes through its lines, one a try, and then succeeds; it remembers what it was called with."""

    def __init__(self, *lines):
        self.lines, self.calls = list(lines), []

    def __call__(self, events):
        self.calls.append([event.subject for event in events])
        line = self.lines.pop(0) if self.lines else None
        error = line(events) if callable(line) else line
        return Outcome(error=error) if error else Outcome(fresh=frozenset(event.id for event in events))


def a_delivery(subject="a", attempt=0):
    message = Message(b"{}", application_headers={"hallbus-attempt": attempt})
    return Delivery(message, a_received(REGISTRY, "probe.thing.changed", {"thing_id": subject, "value": 1}, subject=subject))


def tried(script, *deliveries, answers=True, stopping=None):
    attempts = Attempts("probe.things", script, lambda: answers, stopping or threading.Event())
    return [(delivery.event.subject, verdict.reason, verdict.hopeless) for delivery, verdict in attempts.process(deliveries)]


def counted(outcome):
    return metrics.events_consumed.labels("probe.thing.changed", outcome)._value.get()


def pauses():
    return metrics.consumer_pauses.labels("probe.things")._value.get()


@pytest.mark.parametrize("race", [RACE, Stale("the day was judged meanwhile")])
def test_a_lost_race_is_tried_again_at_once_and_is_no_pause(race):
    before, waited = counted("raced"), pauses()
    script = Script(race, race)
    assert tried(script, a_delivery()) == []
    assert len(script.calls) == 3
    assert (counted("raced") - before, pauses() - waited) == (2, 0)


def test_a_race_that_is_always_lost_climbs_the_ladder():
    script = Script(*[RACE] * 50)
    assert tried(script, a_delivery()) == [("a", "CONCURRENT_UPDATE", False)]
    assert len(script.calls) == 1 + TRIES_AFTER_A_RACE


def test_and_is_parked_after_the_last_rung():
    assert tried(Script(*[RACE] * 50), a_delivery(attempt=len(RETRY_LADDER))) == [("a", "CONCURRENT_UPDATE", True)]


def test_a_batch_that_always_loses_is_taken_apart_and_only_the_loser_pays():
    def unlucky(events):
        return RACE if any(event.subject == "b" for event in events) else None

    script = Script(*[unlucky] * 50)
    assert tried(script, a_delivery("a"), a_delivery("b"), a_delivery("c")) == [("b", "CONCURRENT_UPDATE", False)]
    together, alone = 1 + TRIES_AFTER_A_RACE, 1 + TRIES_AFTER_A_RACE
    assert script.calls == [["a", "b", "c"]] * together + [["a"]] + [["b"]] * alone + [["c"]]


def test_a_database_that_is_away_is_waited_for_and_no_message_pays():
    waited = pauses()
    script = Script(AWAY, OSError("reset"))
    assert tried(script, a_delivery(), a_delivery("b")) == []
    assert script.calls == [["a", "b"]] * 3
    assert pauses() - waited == 2


def test_races_before_and_after_an_outage_add_up():
    script = Script(RACE, RACE, AWAY, RACE, RACE)
    assert tried(script, a_delivery()) == [("a", "CONCURRENT_UPDATE", False)]
    assert len(script.calls) == 5


def test_a_slow_handler_pays_and_a_frozen_database_does_not():
    slow = DeadlineExceeded("TRANSACTION_TIMEOUT", "20 s")
    assert tried(Script(slow), a_delivery()) == [("a", "TRANSACTION_TIMEOUT", False)]
    assert tried(Script(slow), a_delivery(), answers=False) == []


def test_another_error_is_the_messages_own():
    before = counted("failed")
    assert tried(Script(FailedPrecondition("NOT_YET", "later")), a_delivery()) == [("a", "NOT_YET", False)]
    assert counted("failed") - before == 1


def test_a_process_that_stops_while_it_waits_gives_the_message_back():
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(Unavailable, match="STOPPING"):
        tried(Script(AWAY), a_delivery(), stopping=stopping)
