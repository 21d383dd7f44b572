"""The consuming loop in a real process: crashes, failing and unreadable messages, a queue that vanishes under it."""

import orjson
import pytest
from amqp.exceptions import AMQPError

from chassis.amqp import Link
from chassis.parking import listing, replay
from chassis.testing import eventually
from chassis.topology import RETRY_LADDER, declare_consumer
from deploy.local.broker import management_url_for, put_policy, vhost_of
from tests.plugin import open_db

THING, TICK = "probe.thing.changed", "probe.tick.happened"


@pytest.fixture
def effects(database_url, template):
    """`effects()`: (subject, how often), sorted."""
    db = open_db(database_url, "probe")

    def read():
        with db.read() as tx:
            return [tuple(r) for r in tx.execute("select subject, count(*) from probe.effects group by subject order by subject")]

    yield read
    db.close()


@pytest.fixture
def queues(amqp_uri):
    """Both work queues, before any process."""
    link = Link(amqp_uri, "test")
    channel = link.channel()
    declare_consumer(channel, "probe.things", [THING], 1)
    declare_consumer(channel, "probe.ticks", [TICK], 1)
    yield channel
    link.close()


@pytest.fixture
def short_ladder(nodes, amqp_uri):
    """Every rung takes a moment."""
    for delay in RETRY_LADDER:
        definition = {"message-ttl": 100, "dead-letter-exchange": "", "dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}
        put_policy(management_url_for(nodes), vhost_of(amqp_uri), f"short-{delay}", rf"^hallbus\.retry\.{delay}$", definition, priority=50)


def message(type_, subject, data, **over):
    body = {
        "specversion": "1.0", "id": f"id-{subject}", "source": "/hallbus/probe", "type": f"hallbus.{type_}.v1", "subject": subject,
        "time": "2026-11-23T01:00:00+00:00", "datacontenttype": "application/json", "region": "52.02", "hallid": "h0001", "version": 1,
        "sequence": f"{1:016d}", "epoch": 1, "correlationid": "c", "data": data,
    }  # fmt: skip
    return orjson.dumps(body | over)


def thing(subject, **over):
    return message(THING, subject, {"thing_id": subject, "value": 1}, **over)


def tick(subject, **over):
    return message(TICK, subject, {"number": 1}, **over)


def send(bus, body, type_=THING, message_id=""):
    bus.publish_raw(body, f"{type_}.v1.52.02.h0001", message_id)


def test_a_crash_inside_the_transaction_gives_the_event_back(run_services, queues, bus, effects):
    send(bus, thing("a"))
    running = run_services()
    running.start("probe", {"HALLBUS_FAILPOINT": "consumer.after_handler_before_commit:1"}, wait=False)
    eventually(lambda: running.processes["probe"].poll() == 137, within=30)
    assert effects() == []
    running.start("probe")
    eventually(lambda: effects() == [("a", 1)], within=15)


def test_a_crash_between_commit_and_ack_counts_once(run_services, queues, bus, effects):
    send(bus, thing("a"))
    running = run_services()
    running.start("probe", {"HALLBUS_FAILPOINT": "consumer.after_commit_before_ack:1"}, wait=False)
    eventually(lambda: running.processes["probe"].poll() == 137, within=30)
    running.start("probe")
    eventually(lambda: running.metric("probe", "hallbus_events_consumed_total", outcome="duplicate") == 1, within=15)
    assert effects() == [("a", 1)]


def test_a_hopeless_event_climbs_the_ladder_and_is_parked(run_services, queues, bus, effects, amqp_uri, short_ladder):
    running = run_services("probe", env={"HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    send(bus, thing("bad"), message_id="bad-1")
    send(bus, thing("good"))
    parked = eventually(lambda: listing(amqp_uri, "probe.things"), within=25)
    assert [(p.event_id, p.reason, p.type) for p in parked] == [("bad-1", "RuntimeError", "hallbus.probe.thing.changed.v1")]
    assert effects() == [("good", 1)]
    assert running.metric("probe", "hallbus_events_consumed_total", outcome="retried") == len(RETRY_LADDER)
    assert running.metric("probe", "hallbus_dead_letters_total", reason="RuntimeError") == 1


def test_batch_mates_of_a_failing_event_go_through(run_services, queues, bus, effects, amqp_uri, short_ladder):
    names = [f"t{number:02d}" for number in range(20)]
    for name in names:
        send(bus, tick("bad" if name == "t07" else name), TICK)
    run_services("probe", env={"HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    eventually(lambda: effects() == [(name, 1) for name in names if name != "t07"], within=15)
    parked = eventually(lambda: listing(amqp_uri, "probe.ticks"), within=25)
    assert [p.detail for p in parked] == ["a poison tick"]


def test_what_cannot_be_read_is_parked_and_does_not_stop_the_rest(run_services, queues, bus, effects, amqp_uri):
    wrong = {
        "garbage": b"\xff\xfe",
        "no-object": b"[1]",
        "no-type": b'{"id":"x"}',
        "unknown-type": thing("u", type="hallbus.probe.thing.vanished.v1"),
        "unknown-version": thing("v", type="hallbus.probe.thing.changed.v9"),
        "no-sequence": thing("s", sequence="many"),
        "no-time": thing("m", time="yesterday"),
        "wrong-data": message(THING, "d", {"thing_id": "d"}),
    }
    for name, body in wrong.items():
        send(bus, body, message_id=name)
    run_services("probe")
    send(bus, thing("good"))
    eventually(lambda: effects() == [("good", 1)], within=15)
    parked = eventually(lambda: len(found := listing(amqp_uri, "probe.things")) == len(wrong) and found, within=15)
    assert [(p.event_id, p.reason) for p in parked] == [(name, "UNDECODABLE") for name in wrong]
    assert all(p.detail for p in parked)


def test_a_replayed_message_is_worked_on_and_leaves_the_parking_queue(run_services, queues, bus, effects, amqp_uri, short_ladder):
    running = run_services("probe", env={"HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    send(bus, thing("bad"), message_id="bad-1")
    eventually(lambda: listing(amqp_uri, "probe.things"), within=25)
    running.stop("probe")
    running.start("probe", {"HALLBUS_PROBE_FAIL_SUBJECT": "nobody"})
    assert replay(amqp_uri, "probe.things") == 1
    eventually(lambda: effects() == [("bad", 1)], within=15)
    assert listing(amqp_uri, "probe.things") == []
    assert replay(amqp_uri, "probe.things") == 0


def test_a_queue_deleted_under_the_consumer_is_declared_again(run_services, queues, bus, effects):
    running = run_services("probe")
    send(bus, thing("before"))
    eventually(lambda: effects() == [("before", 1)], within=15)
    queues.queue_delete("probe.things")
    eventually(lambda: running.metric("probe", "hallbus_consumer_pauses_total", queue="probe.things") >= 1, within=15)
    eventually(lambda: running.get("probe", "/readyz")[0] == 200, within=15)
    send(bus, thing("after"))
    eventually(lambda: effects() == [("after", 1), ("before", 1)], within=15)


def test_a_body_of_five_megabytes_goes_through(run_services, queues, bus, effects):
    run_services("probe")
    send(bus, message(THING, "big", {"thing_id": "big", "value": 1, "unknown": "大" * 1_700_000}))
    send(bus, thing("small"))
    eventually(lambda: effects() == [("big", 1), ("small", 1)], within=20)


def test_duplicates_and_reordering_on_the_wire_are_absorbed(run_services, queues, bus, effects):
    names = [f"s{number}" for number in range(8)]
    for name in (*names, *reversed(names), *names[:3]):
        send(bus, thing(name))
    running = run_services("probe")
    eventually(lambda: running.metric("probe", "hallbus_events_consumed_total", outcome="duplicate") == 11, within=15)
    assert effects() == [(name, 1) for name in names]


def test_a_parking_place_that_was_deleted_costs_no_message(run_services, queues, bus, amqp_uri):
    running = run_services("probe")
    queues.queue_delete("probe.things.parked")
    send(bus, b"\xff", message_id="garbage-1")
    parked = eventually(lambda: _listed(amqp_uri), within=20)
    assert [p.event_id for p in parked] == ["garbage-1"]
    assert running.processes["probe"].poll() is None


def _listed(amqp_uri):
    try:
        return listing(amqp_uri, "probe.things")
    except AMQPError:  # not declared again yet, or only half
        return []
