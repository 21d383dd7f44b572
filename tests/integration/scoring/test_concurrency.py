"""Two writers of one sheet: the second waits and sees what the first brought."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import sqlalchemy as sa

from chassis.testing import eventually
from services.scoring.usecases.reports import take_reports
from services.scoring.usecases.rulebooks import end_assignment

from .conftest import day_assessed, finding, mark


def waiting(db):
    """Whether somebody waits for a lock of scoring."""
    with db.read() as tx:
        return tx.execute(
            sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        ).scalar_one()


def held_open(db, act, other, look):
    """Run `act` in a transaction that commits only when `other`, started meanwhile, waits for it."""
    done = threading.Event()

    def first():
        with db.transaction():
            act()
            done.set()
            eventually(lambda: waiting(look))

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(first)
        assert done.wait(10)
        second = pool.submit(other)
        running.result(20)
        second.result(20)


def test_a_cascade_of_two_people_is_not_lost_between_two_writers(house, make_db):
    """-2 and -3 of two people make 5 only together; neither writer alone would see it."""
    house.publish("mj.v1")
    house.assign("MJ", parameters=[{"code": "cascade", "option": "b"}])
    house.tell(day_assessed("2026-11-02", mark("late")))
    house.tell(day_assessed("2026-11-02", revision=2))  # the sheets are there already, with nothing on them
    late, drunk = day_assessed("2026-11-03", mark("late")), finding("verified", 2, "ALCOHOL", staff_id="q")
    other = make_db("scoring")
    held_open(house.db, lambda: take_reports(house.db, [late]), lambda: take_reports(other, [drunk]), make_db("scoring"))
    assert house.points("MJ", "unit", "u1_1") == "-2.00"
    assert house.differences() == []


def test_an_assignment_and_a_fact_do_not_miss_each_other(house, make_db):
    house.publish("mj.v1")
    assignment = house.assign("MJ")
    late, other = day_assessed("2026-11-03", mark("late")), make_db("scoring")

    def end():
        end_assignment(other, assignment_id=assignment["assignment_id"], valid_to=date(2026, 10, 31))

    held_open(house.db, lambda: take_reports(house.db, [late]), end, make_db("scoring"))
    assert house.service.rescore_dirty.__wrapped__(house.service) == 2
    assert house.differences() == []
