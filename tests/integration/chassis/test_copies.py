"""Local copies: whatever arrives late, twice or in one batch with its successor, the newest stands."""

import itertools
import threading
from datetime import UTC, datetime

import pytest

from chassis.copies import keep_newest, keep_parts, write_newest
from chassis.testing import a_received, eventually
from tests.support.probe.contracts import REGISTRY
from tests.support.probe.orm import parts, periods, wholes

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def db(make_db):
    return make_db("probe")


def changed(whole, version, *listed, name="", said=None):
    """A whole says its name and all its parts, at the place `said` of its source's log; the clock stands still."""
    data = {"whole_id": whole, "name": name or f"{whole}{version}", "parts": list(listed)}
    return a_received(REGISTRY, "probe.whole.changed", data, subject=whole, version=version, at=START, sequence=said)


def take(db, *events):
    """As a consumer does with a batch; versions of the events that were written."""
    with db.transaction() as tx:
        written = keep_newest(tx, wholes, events, lambda event: {name: event.data[name] for name in ("whole_id", "name")})
        keep_parts(tx, parts, written, lambda event: [{"part_id": part} for part in event.data["parts"]], owner="whole_id")
    return sorted((event.subject, event.version) for event in written)


def stored(db):
    """(wholes with their names and versions, parts with their wholes)."""
    with db.read() as tx:
        of_wholes = {row.whole_id: (row.name, row.version) for row in tx.execute("select * from probe.wholes")}
        return of_wholes, {row.part_id: row.whole_id for row in tx.execute("select * from probe.parts")}


def test_a_newer_version_overwrites_and_tells(db):
    assert take(db, changed("a", 1, "p", "q")) == [("a", 1)]
    assert take(db, changed("a", 2, "q", "r")) == [("a", 2)]
    assert stored(db) == ({"a": ("a2", 2)}, {"q": "a", "r": "a"})


def test_an_older_version_and_a_duplicate_change_nothing_and_say_so(db):
    take(db, changed("a", 2, "p"))
    assert take(db, changed("a", 1, "q", name="older")) == []
    assert take(db, changed("a", 2, "q", name="same number, other words")) == []
    assert stored(db) == ({"a": ("a2", 2)}, {"p": "a"})


def test_a_batch_with_several_versions_of_one_row_keeps_the_newest(db):
    batch = [changed("a", 2, "q"), changed("b", 1), changed("a", 3, "r"), changed("a", 1, "p")]
    assert take(db, *batch) == [("a", 3), ("b", 1)]
    assert stored(db) == ({"a": ("a3", 3), "b": ("b1", 1)}, {"r": "a"})


def test_an_empty_batch_is_no_statement(db):
    with db.transaction() as tx:
        assert keep_newest(tx, wholes, [], lambda event: {}) == []
        assert write_newest(tx, wholes, []) == set()


def test_a_moved_part_ends_where_it_was_named_last_in_every_order(db, truncate):
    """p moves from a to b: with nothing lost and nothing back from the dead, in all 24 orders."""
    told = [changed("a", 7, "p", said=1), changed("b", 1, said=2), changed("a", 8, said=5), changed("b", 2, "p", said=6)]
    for order in itertools.permutations(told):
        truncate()
        for event in order:
            take(db, event)
        names = [(event.subject, event.version) for event in order]
        assert stored(db) == ({"a": ("a8", 8), "b": ("b2", 2)}, {"p": "b"}), names


def test_a_part_that_came_back_is_where_it_is(db, truncate):
    told = [changed("a", 1, "p", said=1), changed("b", 2, "p", said=5), changed("a", 3, "p", said=9), changed("b", 3, said=9)]
    for order in itertools.permutations(told):
        truncate()
        for event in order:
            take(db, event)
        assert stored(db)[1] == {"p": "a"}, [(event.subject, event.version) for event in order]


def test_a_part_that_is_listed_no_more_goes_and_an_older_list_does_not_bring_it_back(db):
    take(db, changed("a", 2))
    take(db, changed("a", 1, "p"))
    assert stored(db) == ({"a": ("a2", 2)}, {})


def test_a_crash_leaves_neither_whole_nor_parts_and_the_next_delivery_writes_both(db):
    event = changed("a", 1, "p")

    def crash():
        with db.transaction():
            take(db, event)
            raise RuntimeError("the process ends before the commit")

    with pytest.raises(RuntimeError):
        crash()
    assert stored(db) == ({}, {})
    assert take(db, event) == [("a", 1)]
    assert stored(db) == ({"a": ("a1", 1)}, {"p": "a"})


def test_two_consumers_with_the_same_rows_in_opposite_order_wait_and_do_not_deadlock(db):
    """The one that comes second sees what the first has written, and its older version loses."""
    entered, leave, results = threading.Event(), threading.Event(), []

    def first():
        with db.transaction():
            results.append(take(db, changed("b", 2), changed("a", 2)))
            entered.set()
            leave.wait(10)

    running = threading.Thread(target=first)
    running.start()
    assert entered.wait(10)
    second = threading.Thread(target=lambda: results.append(take(db, changed("a", 1), changed("b", 3))))
    second.start()
    eventually(lambda: _waits_for_a_lock(db), within=5)
    leave.set()
    running.join(10)
    second.join(10)
    assert results == [[("a", 2), ("b", 2)], [("b", 3)]]
    assert stored(db)[0] == {"a": ("a2", 2), "b": ("b3", 3)}


def test_the_version_may_have_another_name_and_the_key_several_columns(db):
    row = {"whole_id": "a", "number": 1, "note": "x", "revision": 5}
    with db.transaction() as tx:
        assert write_newest(tx, periods, [row, row | {"number": 2}], by="revision") == {("a", 1), ("a", 2)}
        assert write_newest(tx, periods, [row | {"note": "y", "revision": 6}, row | {"number": 2}], by="revision") == {("a", 1)}
    with db.read() as tx:
        found = tx.execute("select number, note, revision from probe.periods order by number")
        assert [tuple(line) for line in found] == [(1, "y", 6), (2, "x", 5)]


def test_a_key_of_another_type_than_its_column_is_refused(db):
    """A day as text would be written and never found among what came back: the caller would take a new row for an old one."""
    event = changed("a", 1)
    with db.transaction() as tx, pytest.raises(TypeError, match="wholes"):
        keep_newest(tx, wholes, [event], lambda _: {"whole_id": 7, "name": "a number"})


def _waits_for_a_lock(db):
    with db.read() as tx:
        return tx.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%wholes%'").scalar() == 1


@pytest.fixture
def truncate(db):
    """Empty both tables."""

    def run():
        with db.transaction() as tx:
            tx.execute("delete from probe.parts")
            tx.execute("delete from probe.wholes")

    return run
