"""The inbox: an event counts once for each consumer, whatever the broker does."""

import threading

import pytest

from chassis.testing import a_received, deliver, eventually, make_service
from tests.support.probe.contracts import REGISTRY
from tests.support.probe.service import ProbeConfig, ProbeService


@pytest.fixture
def db(make_db):
    return make_db("probe")


@pytest.fixture
def service(db):
    return make_service(ProbeService, db=db, config=ProbeConfig(fail_subject="bad"))


def changed(subject, version=1, **over):
    return a_received(REGISTRY, "probe.thing.changed", {"thing_id": subject, "value": version}, subject=subject, version=version, **over)


def tick(number):
    return a_received(REGISTRY, "probe.tick.happened", {"number": number}, subject=f"s{number}", version=1)


def effects(db):
    with db.read() as tx:
        return [tuple(row) for row in tx.execute("select subject, version from probe.effects order by id")]


def test_a_duplicate_never_reaches_the_handler(db, service):
    event = changed("a")
    assert deliver(service, [event], entry="on_thing") == {event.id}
    assert deliver(service, [event], entry="on_thing") == frozenset()
    assert effects(db) == [("a", 1)]


def test_a_duplicate_within_one_batch_counts_once(db, service):
    one, two = tick(1), tick(2)
    assert deliver(service, [one, two, one], entry="on_ticks") == {one.id, two.id}
    assert sorted(effects(db)) == [("s1", 1), ("s2", 1)]


def test_each_consumer_has_its_own_inbox(db):
    with db.transaction():
        assert db.claim("probe.things", ["e1"]) == {"e1"}
        assert db.claim("probe.others", ["e1"]) == {"e1"}
        assert db.claim("probe.things", ["e1", "e2"]) == {"e2"}


def test_a_failing_handler_leaves_neither_effect_nor_inbox_row(db, service):
    event = changed("bad")
    with pytest.raises(RuntimeError):
        deliver(service, [event], entry="on_thing")
    with db.read() as tx:
        assert tx.execute("select count(*) from probe.inbox").scalar() == 0
    assert effects(db) == []


def test_8_a_redelivery_that_overtakes_the_first_waits_for_it_and_then_skips(db, service):
    event, entered, leave, results = changed("a"), threading.Event(), threading.Event(), []

    def first():
        with db.transaction():
            results.append(db.claim("probe.things", [event.id]))
            entered.set()
            leave.wait(10)

    running = threading.Thread(target=first)
    running.start()
    assert entered.wait(10)
    second = threading.Thread(target=lambda: results.append(deliver(service, [event], entry="on_thing")))
    second.start()
    eventually(lambda: _waits_for_a_lock(db), within=5)
    leave.set()
    running.join(10)
    second.join(10)
    assert results == [{event.id}, frozenset()]


def _waits_for_a_lock(db):
    with db.read() as tx:
        return tx.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%inbox%'").scalar() == 1
