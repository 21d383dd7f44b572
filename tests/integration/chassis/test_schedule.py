"""Scheduled work in real processes: full batches go on at once, two processes share, trouble is survived."""

import pytest

from chassis.testing import eventually
from tests.plugin import open_db
from tests.support.databases import administer

ROWS = "insert into probe.effects (event_id, subject, version, number) select 'x', 'swept', n, n from generate_series(1, 60) n"


@pytest.fixture
def db(database_url, template):
    made = open_db(database_url, "probe")
    yield made
    made.close()


def left(db):
    with db.read() as tx:
        return tx.execute("select count(*) from probe.effects").scalar()


def test_sixty_batches_take_far_less_than_sixty_periods(run_services, db):
    running = run_services("probe")
    with db.transaction() as tx:
        tx.execute(ROWS)
    eventually(lambda: left(db) == 0, within=8)  # one row a pass, five passes a second if it waited each time
    eventually(lambda: running.metric("probe", "hallbus_due_runs_total", task="sweep", outcome="full") == 60, within=5)
    assert running.metric("probe", "hallbus_due_runs_total", task="sweep", outcome="failed") == 0


def test_a_pass_that_fails_is_tried_again(run_services, db, database_url):
    running = run_services("probe")
    administer(database_url, "ALTER TABLE probe.effects RENAME TO away")
    eventually(lambda: running.metric("probe", "hallbus_due_runs_total", task="sweep", outcome="failed") >= 2, within=10)
    administer(database_url, "ALTER TABLE probe.away RENAME TO effects")
    with db.transaction() as tx:
        tx.execute(ROWS)
    eventually(lambda: left(db) == 0, within=15)
