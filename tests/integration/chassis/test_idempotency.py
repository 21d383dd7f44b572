"""A mutating call is carried out once for each caller, method and request_id; who repeats it gets the first answer."""

import threading
import uuid

import pytest

from chassis import context
from chassis.caller import Caller
from chassis.testing import make_service
from chassis.wire import Call
from tests.support.probe.service import REFUSED_VALUE, ProbeConfig, ProbeService


@pytest.fixture
def db(make_db):
    return make_db("probe")


@pytest.fixture
def put(db):
    """`put(request, caller=…)` as the RPC server calls it: (answer, error)."""
    service = make_service(ProbeService, db=db, config=ProbeConfig())

    def call(request, caller=None):
        return ProbeService.put_thing(service, Call(request, context.Context(caller=caller or Caller.system())))

    return call


def a_request(**over):
    return {"thing_id": "a", "value": 7, "request_id": str(uuid.uuid4()), **over}


def rows(db, query):
    with db.read() as tx:
        return [tuple(row) for row in tx.execute(query)]


def test_a_repeated_request_changes_nothing(db, put):
    request = a_request()
    first, error = put(request)
    assert (first["version"], error) == (1, None)
    again, error = put(request)
    assert (again["version"], error) == (1, None)
    assert rows(db, "select value, version from probe.things") == [(7, 1)]
    assert rows(db, "select count(*) from probe.outbox") == [(1,)]


def test_another_request_under_a_used_id_is_refused(db, put):
    request = a_request()
    put(request)
    answer, error = put({**request, "value": 8})
    assert answer is None
    assert error is not None
    assert (error.reason, error.violations[0].field) == ("REQUEST_ID_REUSED", "request_id")
    assert rows(db, "select value from probe.things") == [(7,)]


def test_a_secret_that_is_told_once_is_not_stored(db, put):
    request = a_request()
    assert put(request)[0]["secret"] == "once"
    assert "secret" not in put(request)[0]
    assert "once" not in str(rows(db, "select reply from probe.idempotency"))


def test_the_same_id_from_another_caller_is_another_request(put):
    request = a_request()
    everywhere = ("*",)
    assert put(request, Caller("one", None, everywhere))[0]["version"] == 1
    assert put(request, Caller("two", None, everywhere))[0]["version"] == 2


def test_a_refused_request_may_be_repeated_under_its_id(db, put):
    request = a_request(region="52.02.01", hall_id="h0002")
    assert put(request, Caller("clerk", None, ("hall:h0003",)))[1].reason == "OUT_OF_SCOPE"
    assert rows(db, "select count(*) from probe.idempotency") == [(0,)]
    assert put(request, Caller("clerk", None, ("hall:h0002",)))[0]["version"] == 1


def test_of_two_at_the_same_moment_one_works_and_both_get_its_answer(db, put):
    request, answers, gate = a_request(), [], threading.Barrier(4)

    def ask():
        gate.wait(10)
        answers.append(put(request))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [(answer and answer["version"], error) for answer, error in answers] == [(1, None)] * 4
    assert rows(db, "select version from probe.things") == [(1,)]


@pytest.mark.parametrize("wrong", [None, "", "not-a-uuid", 7])
def test_a_request_without_a_proper_id_is_refused_before_anything_is_done(db, put, wrong):
    answer, error = put(a_request(request_id=wrong))
    assert answer is None
    assert (error.reason, error.violations[0].field) == ("REQUEST_ID_REQUIRED", "request_id")
    assert rows(db, "select count(*) from probe.things") == [(0,)]


def test_a_refusal_that_is_returned_leaves_its_record_once(db, put):
    request = a_request(value=REFUSED_VALUE)
    for _ in range(2):
        answer, error = put(request)
        assert answer is None
        assert (error.reason, error.metadata, error.code) == ("VALUE_REFUSED", {"value": str(REFUSED_VALUE)}, "failed_precondition")
    assert rows(db, "select value, version from probe.things") == [(REFUSED_VALUE, 1)]
    assert rows(db, "select count(*) from probe.outbox") == [(1,)]
