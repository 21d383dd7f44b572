"""Key presses find their case, in every order of arrival; those that fit none are kept and listed."""

import threading
from datetime import timedelta

import pytest

from chassis.paging import Page
from chassis.testing import deliver, make_service, outbox_events
from services.evaluation import queries
from services.evaluation.config import EvaluationConfig
from services.evaluation.service import EvaluationService

from .conftest import case_decided, pressed


def rated(db, case_id):
    return queries.rating(db, session_id="", case_id=case_id)


def unmatched(db):
    return [(p["press_id"], p["reason"]) for p in queries.list_presses(db, page=Page(50, None), unmatched=True)["presses"]]


def test_a_press_rates_the_case_before_it(city, db, now):
    deliver(city, [case_decided(at=now)], entry="on_case_decided")
    press = pressed(at=now + timedelta(minutes=1), key=4)
    deliver(city, [press], entry="on_rating_pressed")
    answer = rated(db, "c1")
    assert (answer["grade"], answer["channel"], answer["submitted_at"]) == ("dissatisfied", "device", now + timedelta(minutes=1))
    assert [e["type"] for e in outbox_events(db)] == ["hallbus.evaluation.rating.submitted.v1", "hallbus.evaluation.bad_review.opened.v1"]


def test_a_press_that_arrives_twice_counts_once(city, db, now):
    deliver(city, [case_decided(at=now)], entry="on_case_decided")
    press = pressed(at=now)
    deliver(city, [press], entry="on_rating_pressed")
    assert deliver(city, [press], entry="on_rating_pressed") == set()
    deliver(city, [pressed(at=now)], entry="on_rating_pressed")  # re-sent by the device under a new event id
    assert len(outbox_events(db)) == 1
    assert queries.list_presses(db, page=Page(50, None), unmatched=False)["total_size"] == 1


def test_a_press_before_its_case_is_known_waits_for_it(city, db, now):
    deliver(city, [pressed(at=now + timedelta(seconds=30), key=2)], entry="on_rating_pressed")
    assert unmatched(db) == [("p1", "NO_SESSION")]
    deliver(city, [case_decided(at=now)], entry="on_case_decided")
    assert rated(db, "c1")["grade"] == "satisfied"
    assert unmatched(db) == []


@pytest.mark.parametrize("order", ["dpdp", "ddpp", "ppdd", "pddp"])
def test_two_citizens_are_not_mixed_up_whatever_comes_first(city, db, now, order):
    decided = [case_decided("c1", at=now), case_decided("c2", at=now + timedelta(minutes=3))]
    presses = [pressed("p1", at=now + timedelta(minutes=1), key=1), pressed("p2", at=now + timedelta(minutes=4), key=5)]
    for kind in order:
        if kind == "d":
            deliver(city, [decided.pop(0)], entry="on_case_decided")
        else:
            deliver(city, [presses.pop(0)], entry="on_rating_pressed")
    assert (rated(db, "c1")["grade"], rated(db, "c2")["grade"]) == ("very_satisfied", "very_dissatisfied")


def test_an_impatient_second_press_rates_nobody_else(city, db, now):
    deliver(city, [case_decided("c1", at=now), case_decided("c2", at=now + timedelta(minutes=3))], entry="on_case_decided")
    first, second = now + timedelta(minutes=4), now + timedelta(minutes=4, seconds=2)
    deliver(city, [pressed("p1", at=first), pressed("p2", at=second)], entry="on_rating_pressed")
    assert rated(db, "c1")["state"] == "invited"
    assert unmatched(db) == [("p2", "ALREADY_RATED")]


def test_a_key_without_a_grade_is_kept_and_listed(city, db, now):
    deliver(city, [case_decided(at=now)], entry="on_case_decided")
    deliver(city, [pressed(at=now, key=7)], entry="on_rating_pressed")
    assert unmatched(db) == [("p1", "BAD_KEY")]
    assert rated(db, "c1")["state"] == "invited"


def test_a_settling_press_is_bound_by_the_sweep(city, db, now):
    patient = make_service(EvaluationService, db=db, config=EvaluationConfig(press_settle_seconds=3600))
    deliver(patient, [pressed(at=now)], entry="on_rating_pressed")
    deliver(patient, [case_decided(at=now)], entry="on_case_decided")
    assert patient.bind_presses() == 0
    assert rated(db, "c1")["state"] == "invited"
    assert city.bind_presses() == 1
    assert rated(db, "c1")["state"] == "rated"
    assert city.bind_presses() == 0


def test_a_case_and_its_press_that_arrive_at_once_always_meet(city, db, now):
    """Opening the session and binding the press take turns: neither may miss the other's uncommitted row."""
    events = [
        (case_decided(f"c{n}", at=now, window_id=f"w{n}"), pressed(f"p{n}", at=now + timedelta(seconds=1), window_id=f"w{n}"))
        for n in range(20)
    ]
    start = threading.Barrier(2)

    def run(entry, index):
        for pair in events:
            start.wait(30)
            deliver(city, [pair[index]], entry=entry)

    threads = [threading.Thread(target=run, args=arguments) for arguments in (("on_case_decided", 0), ("on_rating_pressed", 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [rated(db, f"c{n}")["state"] for n in range(20)] == ["rated"] * 20


def test_pages_of_presses_tell_devices_apart(city, db, now):
    events = [pressed("p1", at=now, device_id=f"RATE-{n:04}", window_id="w0077") for n in range(5)]
    deliver(city, events, entry="on_rating_pressed")
    seen, token = [], None
    while token != "":
        page = queries.list_presses(db, page=Page.of(2, token, keys=2), unmatched=True)
        seen += [p["device_id"] for p in page["presses"]]
        token = page["next_page_token"]
    assert sorted(seen) == [f"RATE-{n:04}" for n in range(5)]
