"""The relay: what is committed is published, in dense order, and `published` moves only over what the broker confirmed."""

import threading
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from chassis.relay import Relay, RelaySettings
from chassis.roles import service_dsn
from chassis.testing import eventually


@pytest.fixture
def db(make_db):
    return make_db("probe")


@pytest.fixture
def start_relay(database_url):
    started = []

    def start(uri):
        relay = Relay(RelaySettings(service_dsn(database_url, "probe"), "probe", uri))
        thread = threading.Thread(target=relay.run, daemon=True)
        thread.start()
        started.append((relay, thread))
        return relay

    yield start
    for relay, thread in started:
        relay.stop()
        thread.join(10)


def insert(connection, number):
    connection.exec_driver_sql(
        "INSERT INTO probe.outbox (event_id, routing_key, envelope) VALUES (%(id)s, 'probe.tick.happened.v1.52.02.h0001', %(body)s)",
        {"id": f"e{number}", "body": f'{{"id":"e{number}","type":"hallbus.probe.tick.happened.v1"}}'},
    )


def state(db):
    with db.read() as tx:
        return tuple(tx.execute("select seq, published, (select count(*) from probe.outbox) from probe.relay_state").one())


def test_a_row_that_becomes_visible_late_is_published_all_the_same(db, database_url, bus, amqp_uri, start_relay):
    """Outbox ids are given before the commit: a relay that remembers the last id loses the slower transaction."""
    engine = sa.create_engine(service_dsn(database_url, "probe"), poolclass=NullPool)
    with engine.connect() as slow, engine.connect() as fast:
        insert(slow, 1)
        insert(fast, 2)
        fast.commit()
        start_relay(amqp_uri)
        eventually(lambda: [e["id"] for e in bus.events()] == ["e2"])
        slow.commit()
        eventually(lambda: [e["id"] for e in bus.events()] == ["e2", "e1"])
    assert [e["sequence"] for e in bus.events()] == [f"{n:016d}" for n in (1, 2)]
    eventually(lambda: state(db) == (2, 2, 0))
    engine.dispose()


def test_the_head_of_the_outbox_is_found_by_its_index_whatever_the_statistics_say(db, database_url, amqp_uri):
    """After a burst into an empty outbox the planner believes in a small table and read all of it for every batch: 300 events/s instead of 4,000."""
    with db.transaction() as tx:
        tx.execute(
            "INSERT INTO probe.outbox (event_id, routing_key, envelope) SELECT 'e' || n, 'k', '{}' FROM generate_series(1, 20000) AS n"
        )
    relay = Relay(RelaySettings(service_dsn(database_url, "probe"), "probe", amqp_uri))
    with relay._engine.connect() as connection:
        rows = connection.exec_driver_sql("EXPLAIN (ANALYZE, FORMAT JSON) " + relay._sql["move"], {"floor": -1, "batch": 500})
        touched = list(_touched(rows.scalar()[0]["Plan"]))
    relay._engine.dispose()
    assert touched
    assert max(touched) <= 500


def _touched(plan):
    if plan.get("Relation Name") == "outbox":
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from _touched(part)


def test_many_rows_are_published_in_order_without_a_gap(db, bus, amqp_uri, start_relay):
    with db.transaction() as tx:
        for number in range(1, 1801):
            insert(tx.connection, number)
    start_relay(amqp_uri)
    eventually(lambda: len(bus.events()) == 1800, within=20)
    assert [int(e["sequence"]) for e in bus.events()] == list(range(1, 1801))
    assert [e["id"] for e in bus.events()] == [f"e{n}" for n in range(1, 1801)]


def test_what_was_logged_but_not_published_is_published_first(db, bus, amqp_uri, start_relay):
    with db.transaction() as tx:
        for number in (1, 2, 3):
            tx.execute(
                "INSERT INTO probe.event_log (seq, event_id, routing_key, envelope) VALUES (:n, :e, 'probe.tick.happened.v1.x.y', :b)",
                {"n": number, "e": f"e{number}", "b": f'{{"id":"e{number}"}}'},
            )
        tx.execute("UPDATE probe.relay_state SET seq = 3, published = 1")
        insert(tx.connection, 4)
    start_relay(amqp_uri)
    eventually(lambda: [e.get("id") for e in bus.events()] == ["e2", "e3", "e4"])
    eventually(lambda: state(db) == (4, 4, 0))


def test_only_one_of_two_relays_is_active(db, bus, amqp_uri, start_relay):
    relays = [start_relay(amqp_uri), start_relay(amqp_uri)]
    eventually(lambda: sum(relay.active for relay in relays) == 1)
    for number in range(1, 301):
        with db.transaction() as tx:
            insert(tx.connection, number)
    eventually(lambda: len(bus.events()) >= 300, within=20)
    assert sum(relay.active for relay in relays) == 1
    assert [int(e["sequence"]) for e in bus.events()] == list(range(1, 301))
    first = next(relay for relay in relays if relay.active)
    first.stop()
    eventually(lambda: [r.active for r in relays if r is not first] == [True], within=10)


def test_a_broken_transaction_leaves_no_event(db, bus, amqp_uri, start_relay):
    start_relay(amqp_uri)
    with pytest.raises(RuntimeError), db.transaction() as tx:  # noqa: PT012  the block is what fails
        insert(tx.connection, 1)
        raise RuntimeError("after the row")
    with db.transaction() as tx:
        insert(tx.connection, 2)
    eventually(lambda: [e["id"] for e in bus.events()] == ["e2"])
    eventually(lambda: state(db) == (1, 1, 0))


def test_held_snapshots_do_not_stop_the_relay(db, database_url, bus, amqp_uri, start_relay):
    engine = sa.create_engine(service_dsn(database_url, "probe"), poolclass=NullPool, isolation_level="REPEATABLE READ")
    start_relay(amqp_uri)
    with engine.connect() as snapshot:
        snapshot.exec_driver_sql("SELECT count(*) FROM probe.outbox")
        for number in range(1, 51):
            with db.transaction() as tx:
                insert(tx.connection, number)
        eventually(lambda: len(bus.events()) == 50)
    engine.dispose()


def test_partitions_of_the_log_are_made_ahead_and_dropped_only_when_published(db):
    with db.transaction() as tx:
        names = {row[0] for row in tx.execute("select relname from pg_class where relname like 'event_log_2%' and relkind = 'r'")}
    assert len(names) == 3
    assert f"event_log_{time.strftime('%Y%m%d', time.gmtime())}" in names
