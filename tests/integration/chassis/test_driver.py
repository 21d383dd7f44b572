"""Where a transaction's borders travel, told by what the server is sent: BEGIN with the first statement, COMMIT with the last, what may wait with the next."""

import psycopg2
import pytest
import sqlalchemy as sa

from chassis.events import Event
from tests.support.probe.orm import Thing, things

INSERT = "insert into probe.things (thing_id, value, version, region, hall_id) values (%s, 1, 1, '52.02', 'h0001')"
PUT_A = "insert into probe.things (thing_id, value, version, region, hall_id) values ('a', 7, 1, '52.02', 'h0001')"


@pytest.fixture
def db(make_db):
    return make_db("probe")


@pytest.fixture
def sent(db):
    """Everything that goes to the server, one entry a round trip."""
    said = []

    class Cursor(psycopg2.extensions.cursor):
        def execute(self, query, parameters=None):
            said.append(self.mogrify(query, parameters).decode())
            super().execute(query, parameters)

    def connected(connection, _record):
        connection.cursor_factory = Cursor

    sa.event.listen(db.engine, "connect", connected)
    return said


def an_event(tx, subject="a", version=1):
    return Event("probe.thing.changed", subject, version, "52.02", "h0001", tx.now, {"thing_id": subject, "value": 1})


def count(db, table="things"):
    with db.read() as tx:
        return tx.execute(f"select count(*) from probe.{table}").scalar()


def words(said):
    """BEGIN, INSERT … of each round trip; what is prepared once for a connection is left out."""
    return [[part.split()[0].upper() for part in one.split("; ")] for one in said if not one.startswith("PREPARE")]


def test_begin_travels_with_the_first_statement_and_commit_with_the_events(db, sent):
    with db.transaction() as tx:
        tx.execute("select 1")
        tx.execute("select 2")
        tx.emit(an_event(tx))
    assert words(sent) == [["BEGIN", "SELECT"], ["SELECT"], ["EXECUTE", "COMMIT"]]
    assert count(db, "outbox") == 1


def test_a_transaction_without_events_commits_by_itself(db, sent):
    with db.transaction() as tx:
        tx.connection.exec_driver_sql(INSERT, ("a",))
    assert words(sent) == [["BEGIN", "INSERT"], ["COMMIT"]]
    assert count(db) == 1


def test_a_transaction_that_says_nothing_sends_nothing(db, sent):
    with db.transaction():
        pass
    assert sent == []


def test_a_read_ends_by_rollback(db, sent):
    count(db)
    assert words(sent) == [["BEGIN", "SELECT"], ["ROLLBACK"]]


def test_what_nobody_asks_about_travels_with_the_commit(db, sent):
    with db.transaction() as tx:
        tx.write(things.insert(), {"thing_id": "a", "value": 1, "version": 1, "region": "52.02", "hall_id": "h0001"})
        tx.write("update probe.things set value = :value", {"value": 5})
        tx.emit(an_event(tx))
    assert len(sent) == 2
    assert words(sent[1:]) == [["EXECUTE", "COMMIT"]]
    assert sent[0].startswith("BEGIN; INSERT INTO probe.things")
    assert "PREPARE" in sent[0]
    with db.transaction() as tx:
        tx.write(things.insert(), {"thing_id": "b", "value": 1, "version": 1, "region": "52.02", "hall_id": "h0001"})
        tx.emit(an_event(tx, "b"))
    assert words(sent)[-1] == ["BEGIN", "INSERT", "EXECUTE", "COMMIT"]
    assert (count(db), count(db, "outbox")) == (2, 2)


def test_what_was_written_is_seen_by_the_next_statement(db):
    with db.transaction() as tx:
        tx.write(PUT_A)
        assert tx.execute("select value from probe.things").scalar() == 7


def test_what_was_written_commits_also_when_nothing_follows(db, sent):
    with db.transaction() as tx:
        tx.write(PUT_A)
    assert words(sent) == [["BEGIN", "INSERT", "COMMIT"]]
    assert count(db) == 1


def test_an_error_of_what_was_written_is_told_by_the_commit_and_undoes_all(db):
    with pytest.raises(sa.exc.IntegrityError, match="pk_things"), db.transaction() as tx:  # noqa: PT012  the block is what fails
        for _ in range(2):
            tx.write(PUT_A)
        tx.emit(an_event(tx))
    assert (count(db), count(db, "outbox")) == (0, 0)


def test_what_was_written_before_an_exception_is_never_sent(db, sent):
    with pytest.raises(RuntimeError), db.transaction() as tx:  # noqa: PT012  the block is what fails
        tx.write(PUT_A)
        raise RuntimeError
    assert sent == []
    assert count(db) == 0  # on the same connection


def test_new_aggregates_travel_with_the_commit_too(db, sent):
    with db.transaction() as tx:
        for name in ("a", "b"):
            thing = Thing(name, "52.02", "h0001")
            thing.change(1)
            tx.add(thing)
    assert [one.split()[0] for one in sent] == ["BEGIN;", "EXECUTE"]
    assert "INSERT INTO probe.things" in sent[0]
    assert (count(db), count(db, "outbox")) == (2, 2)


def test_a_value_that_cannot_be_sent_begins_nothing(db):
    with pytest.raises(sa.exc.ProgrammingError), db.transaction() as tx:
        tx.connection.exec_driver_sql(INSERT, (object(),))
    with db.transaction() as tx:
        tx.connection.exec_driver_sql(INSERT, ("a",))
    assert count(db) == 1


def test_repeated_statements_are_part_of_the_transaction(db):
    with pytest.raises(RuntimeError), db.transaction() as tx:  # noqa: PT012  the block is what fails
        tx.connection.exec_driver_sql(INSERT, [("a",), ("b",)])
        raise RuntimeError
    assert count(db) == 0


def test_the_ending_is_prepared_once_for_a_connection_even_if_the_first_transaction_fails(db, sent):
    for subject in ("a", "a", "b", "c"):
        try:
            with db.transaction() as tx:
                tx.connection.exec_driver_sql(INSERT, (subject,))
                tx.emit(an_event(tx, subject))
        except sa.exc.IntegrityError:
            assert subject == "a"
    assert len([one for one in sent if one.startswith("PREPARE")]) == 1
    assert count(db, "outbox") == 3


def test_isolation_levels_are_refused_with_the_way_to_do_it(db):
    with pytest.raises(NotImplementedError, match="SET TRANSACTION"):
        db.engine.connect().execution_options(isolation_level="SERIALIZABLE")
