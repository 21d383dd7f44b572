"""The joints of the chassis in one real process: call → commit → outbox → relay → broker → inbox → effect."""

import uuid

import pytest

from chassis.caller import Caller
from chassis.errors import FailedPrecondition, Internal, InvalidArgument, NotFound, PermissionDenied
from chassis.testing import eventually
from tests.plugin import open_db


def rid():
    return str(uuid.uuid4())


def rows(url, query):
    db = open_db(url, "probe")
    try:
        with db.read() as tx:
            return [tuple(row) for row in tx.execute(query)]
    finally:
        db.close()


@pytest.fixture
def probe(run_services):
    return run_services("probe")


def test_a_command_becomes_exactly_one_effect_at_the_consumer(probe, rpc, bus, database_url):
    answer = rpc.call("probe", "put_thing", {"thing_id": "a", "value": 7, "request_id": rid()})
    assert answer == {"thing_id": "a", "value": 7, "version": 1, "secret": "once"}
    eventually(lambda: rows(database_url, "select subject, version, number from probe.effects") == [("a", 1, 7)])
    eventually(lambda: len(bus.events("probe.thing.changed")) == 1)
    (event,) = bus.events("probe.thing.changed")
    assert event["sequence"] == f"{1:016d}"
    assert event["specversion"] == "1.0"
    assert event["hallid"] == "h0001"


def test_a_replayed_request_gets_the_first_answer_and_says_nothing_twice(probe, rpc, bus, database_url):
    request = {"thing_id": "a", "value": 7, "request_id": rid()}
    first = rpc.call("probe", "put_thing", request)
    again = rpc.call("probe", "put_thing", request)
    assert again == {k: v for k, v in first.items() if k != "secret"}
    with pytest.raises(InvalidArgument) as refused:
        rpc.call("probe", "put_thing", {**request, "value": 8})
    assert refused.value.reason == "REQUEST_ID_REUSED"
    eventually(lambda: rows(database_url, "select count(*) from probe.outbox") == [(0,)])
    assert rows(database_url, "select count(*), max(seq) from probe.event_log") == [(1, 1)]


def test_errors_arrive_with_code_reason_metadata_and_violations(probe, rpc):
    with pytest.raises(FailedPrecondition) as failed:
        rpc.call("probe", "fail", {"kind": "failed_precondition"})
    assert failed.value.reason == "PROBE_FAILS"
    assert failed.value.metadata == {"hall_id": "h0001"}
    assert failed.value.violations[0].field == "kind"
    with pytest.raises(Internal) as bug:
        rpc.call("probe", "fail", {"kind": "bug"})
    assert "secret" not in bug.value.message
    with pytest.raises(NotFound) as unknown:
        rpc.call("probe", "no_such_method", {})
    assert unknown.value.reason == "METHOD_NOT_FOUND"
    with pytest.raises(InvalidArgument) as wrong:
        rpc.call("probe", "put_thing", {"thing_id": "x" * 30, "value": "many", "extra": 1, "request_id": rid()})
    assert {v.field for v in wrong.value.violations} == {"thing_id", "value", "extra"}
    with pytest.raises(InvalidArgument) as bare:
        rpc.call("probe", "put_thing", {"thing_id": "x", "value": 1})
    assert bare.value.violations[0].field == "request_id"


def test_rows_outside_the_scope_are_refused_and_not_listed(probe, rpc):
    for number, (region, hall) in enumerate([("52.02.01", "h0002"), ("52.02.01.05", "h0005"), ("52.02.02", "h0003")]):
        rpc.call("probe", "put_thing", {"thing_id": f"t{number}", "value": 1, "region": region, "hall_id": hall, "request_id": rid()})
    county = Caller("a1", None, ("region:52.02.01",))
    assert rpc.call("probe", "list_things", {}, caller=county)["things"] == ["t0", "t1"]
    assert rpc.call("probe", "list_things", {}, caller=Caller("a2", None, ("hall:h0003",)))["things"] == ["t2"]
    assert rpc.call("probe", "list_things", {}, caller=Caller.anonymous())["things"] == []
    with pytest.raises(PermissionDenied):
        rpc.call("probe", "get_thing", {"thing_id": "t2"}, caller=county)


def test_a_batch_with_a_poison_message_loses_only_that_one(run_services, rpc, bus, database_url, amqp_uri):
    from chassis.parking import listing, replay
    from chassis.topology import RETRY_LADDER

    run_services("probe")
    for number in range(20):
        bus_key = f"probe.tick.happened.v1.52.02.h{number:04d}"
        body = b"{ not json" if number == 7 else tick(number)
        bus.publish_raw(body, bus_key, f"tick-{number}")
    eventually(lambda: rows(database_url, "select count(*) from probe.effects") == [(19,)])
    parked = eventually(lambda: listing(amqp_uri, "probe.ticks"))
    assert [(p.event_id, p.reason) for p in parked] == [("tick-7", "UNDECODABLE")]
    assert replay(amqp_uri, "probe.ticks") == 1
    eventually(lambda: [p.event_id for p in listing(amqp_uri, "probe.ticks")] == ["tick-7"])
    assert len(RETRY_LADDER) == 4


def tick(number):
    import orjson

    return orjson.dumps(
        {
            "specversion": "1.0", "id": f"id-{number}", "source": "/hallbus/probe", "type": "hallbus.probe.tick.happened.v1", "subject": f"s{number}",
            "time": "2026-11-23T01:00:00+00:00", "datacontenttype": "application/json", "region": "52.02", "hallid": "h0001", "version": 1,
            "sequence": f"{number:016d}", "epoch": 1, "correlationid": "c", "data": {"number": number},
        }
    )  # fmt: skip


def test_sigterm_drains_and_exits_zero(probe, rpc):
    future = rpc.submit("probe", "wait", {"seconds": 1.0}, timeout=5)
    eventually(lambda: probe.metric("probe", "hallbus_rpc_server_requests_total") >= 0)
    assert probe.stop("probe") == 0
    assert future.result(5) == {"waited": True}
