"""One transaction per fact: rows and their events together, or neither."""

import gc

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from chassis import context
from chassis.errors import Aborted, DeadlineExceeded, NotFound, Unavailable
from chassis.events import Event
from chassis.roles import admin_dsn
from tests.support.probe.orm import Thing, things


@pytest.fixture
def db(make_db):
    return make_db("probe")


@pytest.fixture
def administer(database_url):
    engine = sa.create_engine(admin_dsn(database_url), poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def execute(statement):
        with engine.connect() as connection:
            return connection.exec_driver_sql(statement)

    yield execute
    engine.dispose()


def put(tx, name, value=1):
    thing = Thing(name, "52.02", "h0001")
    thing.change(value)
    tx.add(thing)
    return thing


def count(db, table):
    with db.read() as tx:
        return tx.execute(f"select count(*) from probe.{table}").scalar()


def test_a_commit_that_fails_leaves_neither_row_nor_event(db, administer):
    administer("create function probe.refuse() returns trigger language plpgsql as $$ begin raise exception 'at commit'; end $$")
    administer(
        "create constraint trigger refuse after insert on probe.things deferrable initially deferred for each row execute function probe.refuse()"
    )
    with pytest.raises(sa.exc.DatabaseError, match="at commit"), db.transaction() as tx:
        put(tx, "a")
    assert (count(db, "things"), count(db, "outbox")) == (0, 0)
    administer("drop function probe.refuse() cascade")  # the database is used again


def test_a_wrong_payload_fails_the_whole_transaction(db):
    with pytest.raises(Exception, match="value"), db.transaction() as tx:  # noqa: PT012  the block is what fails
        put(tx, "a")
        tx.emit(Event("probe.thing.changed", "a", 2, "52.02", "h0001", tx.now, {"thing_id": "a", "value": "many"}))
    assert (count(db, "things"), count(db, "outbox")) == (0, 0)


def test_blocks_inside_a_block_are_one_transaction(db):
    with pytest.raises(RuntimeError), db.transaction() as outer:  # noqa: PT012  the block is what fails
        with db.transaction() as inner:
            assert inner is outer
            put(inner, "a")
        with db.read() as reading:
            assert reading is outer
        raise RuntimeError("after the inner block")
    assert (count(db, "things"), count(db, "outbox")) == (0, 0)


def test_events_of_an_aggregate_that_nobody_holds_any_more_are_told_all_the_same(db):
    with db.transaction() as tx:
        for number in range(5):
            put(tx, f"t{number}")
            tx.execute("select 1")
            gc.collect()
    assert count(db, "outbox") == 5
    with db.transaction() as tx:
        for number in range(5):
            tx.get(Thing, f"t{number}").change(2)
            tx.execute("select 1")
            gc.collect()
    assert count(db, "outbox") == 10


def test_reading_commits_nothing(db):
    with db.read() as tx:
        put(tx, "a")
        tx.session.flush()
    assert (count(db, "things"), count(db, "outbox")) == (0, 0)


def test_what_is_missing_is_told_by_its_name(db):
    with db.transaction() as tx:
        assert tx.find(Thing, "none") is None
        with pytest.raises(NotFound) as missing:
            tx.get(Thing, "none")
    assert (missing.value.reason, missing.value.metadata) == ("THING_NOT_FOUND", {"id": "none"})


def test_a_lost_race_is_aborted_and_may_be_tried_again(db, make_db):
    another = make_db("probe")
    with db.transaction() as tx:
        put(tx, "a")
    with db.transaction() as tx:
        tx.get(Thing, "a", for_update=True)
        with pytest.raises(Aborted) as lost, another.transaction() as second:  # noqa: PT012  the block is what fails
            second.execute("set local lock_timeout = '50ms'")
            second.get(Thing, "a", for_update=True)
    assert (lost.value.reason, lost.value.retryable) == ("CONCURRENT_UPDATE", True)


def test_a_cut_connection_is_unavailable_and_the_next_transaction_has_a_new_one(db, administer):
    with db.read() as tx:
        tx.execute("select 1")
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hallbus-probe' and datname = current_database()"
    with pytest.raises(Unavailable) as away, db.transaction() as tx:  # noqa: PT012  the block is what fails
        administer(cut)
        tx.execute("select 1")
    assert away.value.reason == "DATABASE_UNAVAILABLE"
    with db.transaction() as tx:
        put(tx, "a")
    assert count(db, "things") == 1


def test_a_connection_cut_before_the_commit_is_told_as_unknown(db, administer):
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hallbus-probe' and datname = current_database()"
    with pytest.raises(Unavailable) as unknown, db.transaction() as tx:  # noqa: PT012  the block is what fails
        tx.execute(sa.insert(things).values(thing_id="a", region="52.02", hall_id="h0001", value=1, version=1))
        administer(cut)
    assert unknown.value.reason == "COMMIT_UNKNOWN"


def test_no_time_left_means_no_transaction(db):
    with context.use(context.Context(deadline=1.0)), pytest.raises(DeadlineExceeded), db.transaction():
        raise AssertionError("the block must not run")


def test_a_database_that_is_not_there_does_not_answer():
    from chassis.database import Db
    from tests.plugin import free_port
    from tests.support.probe.contracts import REGISTRY

    nobody = Db(f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/x", "probe", REGISTRY)
    assert nobody.ping() is False
    assert nobody.wait_ready(0.2) is False
    with pytest.raises(Unavailable), nobody.transaction():
        raise AssertionError("the block must not run")
