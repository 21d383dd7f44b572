"""Kill and freeze every part under load; the journal outside decides."""

import os
import signal

from chassis.parking import listing, replay
from chassis.testing import eventually
from deploy.local.broker import put_policy
from tests.support.journal import Load


def test_killed_services_lose_nothing(arena):
    arena.running.start("probe")
    with Load(arena.amqp_uri) as load:
        load.wait_for(60)
        baseline = arena.baseline()
        for _ in range(3):
            load.wait_for(60)
            arena.running.kill("probe")
            arena.running.start("probe")
        load.wait_for(60)
        arena.gives_back(baseline)
    arena.oracles.hold(load.journal)


def test_a_broker_frozen_and_then_killed_loses_nothing(arena):
    arena.running.start("probe")
    with Load(arena.amqp_uri) as load:
        load.wait_for(100)
        baseline = arena.baseline()
        arena.queues_recorded()
        arena.victims.rabbit.freeze()
        # Long enough that publishes are under way without a confirm when the kill comes.
        eventually(lambda: load.journal.unknown > 0, within=15)
        arena.victims.rabbit.kill()
        arena.victims.rabbit.start()
        load.wait_for(100, within=60)
        arena.gives_back(baseline)
    arena.oracles.hold(load.journal)


def test_a_killed_database_loses_nothing(arena):
    arena.running.start("probe")
    with Load(arena.amqp_uri) as load:
        load.wait_for(100)
        baseline = arena.baseline()
        arena.victims.postgres.kill()
        eventually(lambda: load.journal.unknown > 0, within=15)
        arena.victims.postgres.start()
        load.wait_for(100, within=60)
        arena.gives_back(baseline)
    arena.oracles.hold(load.journal)


def test_a_frozen_database_hangs_no_call_and_loses_nothing(arena):
    arena.running.start("probe", {"HALLBUS_TRANSACTION_SECONDS": "4"})
    with Load(arena.amqp_uri) as load:
        load.wait_for(100)
        baseline = arena.baseline()
        arena.victims.postgres.freeze()
        eventually(lambda: load.journal.unknown >= 8, within=30)
        arena.victims.postgres.thaw()
        load.wait_for(100, within=60)
        arena.gives_back(baseline)
    arena.oracles.hold(load.journal)


def test_duplicates_and_reordering_are_absorbed(arena):
    arena.running.start("probe")
    with Load(arena.amqp_uri) as load:
        load.wait_for(200)
    arena.oracles.at_rest(20)
    arena.running.stop("probe")
    # The relay publishes the whole log again, and half of it comes in reversed order besides.
    db_rows = arena.oracles.rows("select routing_key, envelope, seq from probe.event_log order by seq desc limit 100")
    arena.bus.republish(db_rows)
    arena.execute("update probe.relay_state set published = 0")
    arena.running.start("probe")
    eventually(lambda: arena.running.metric("probe", "hallbus_events_consumed_total", outcome="duplicate") >= 250, within=30)
    arena.oracles.at_rest(20)
    arena.oracles.each_command_once(load.journal)


def test_two_relays_keep_one_dense_order(arena):
    arena.running.start("probe")
    arena.running.start("probe", alias="second")
    with Load(arena.amqp_uri) as load:
        load.wait_for(100)
        active = next(a for a in ("probe", "second") if arena.running.metric(a, "hallbus_relay_active") == 1)
        other = "second" if active == "probe" else "probe"
        # Frozen while it believes to be active, then awake again: no split brain, at worst duplicates.
        os.kill(arena.running.processes[active].pid, signal.SIGSTOP)
        load.wait_for(1, within=30)
        os.kill(arena.running.processes[active].pid, signal.SIGCONT)
        load.wait_for(60, within=30)
        arena.running.kill(active)
        eventually(lambda: arena.running.metric(other, "hallbus_relay_active") == 1, within=15)
        load.wait_for(60)
    arena.oracles.hold(load.journal)


def test_sigterm_under_load_ends_cleanly_and_loses_nothing(arena):
    arena.running.start("probe")
    arena.running.start("probe", alias="second")
    with Load(arena.amqp_uri) as load:
        for alias in ("probe", "second", "probe"):
            load.wait_for(80)
            assert arena.running.stop(alias) == 0
            arena.running.start("probe", alias=alias)
        load.wait_for(80)
    arena.oracles.hold(load.journal)


def test_a_hopeless_message_is_parked_alone_and_replayed_after_the_cure(arena, bus_on_arena):
    for delay in ("1s", "10s", "1m", "10m"):
        definition = {"message-ttl": 150, "dead-letter-exchange": "", "dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}
        put_policy(arena.management_url, arena.vhost, f"short-{delay}", f"^hallbus\\.retry\\.{delay}$", definition, priority=50)
    arena.running.start("probe", {"HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    for number in range(30):
        bus_on_arena.publish_thing("bad" if number == 11 else f"good{number}", number)
    effects = "select count(*), count(*) filter (where subject = 'bad') from probe.effects"
    eventually(lambda: arena.oracles.rows(effects) == [(29, 0)], within=20)
    parked = eventually(lambda: listing(arena.amqp_uri, "probe.things"), within=20)
    assert [(p.reason, p.type) for p in parked] == [("RuntimeError", "hallbus.probe.thing.changed.v1")]
    assert "cannot stand bad" in parked[0].detail
    arena.running.stop("probe")
    arena.running.start("probe")
    assert replay(arena.amqp_uri, "probe.things") == 1
    eventually(lambda: arena.oracles.rows(effects) == [(30, 1)], within=20)
    assert listing(arena.amqp_uri, "probe.things") == []
