"""The broker goes away under the gateway: killed, frozen, back again. On a node of the test's own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hallbus.v1 import events_pb2

from chassis.events import STREAM
from chassis.testing import eventually
from deploy.local.rabbit import VHOST, RabbitNode
from tests.integration.gateway.conftest import EchoClient
from tests.integration.gateway.harness import GatewayProcess, refused
from tests.integration.gateway.log_writer import LogWriter
from tests.integration.gateway.subscriber import Subscriber
from tests.plugin import Running

EVERYTHING = (("events.subscribe", "*"),)


@pytest.fixture
def rabbit(tmp_path):
    node = RabbitNode(tmp_path / "rabbit")
    node.start()
    yield node
    node.thaw()
    node.kill()
    node.stop()


@pytest.fixture
def house(rabbit, database_url, keys, echo_path, tmp_path):
    """A gateway with the echo service on that node."""
    uri = rabbit.amqp_uri()
    LogWriter(uri).close()  # declares the bus
    services = Running(uri, database_url, tmp_path, env={"HALLBUS_HEARTBEAT_SECONDS": "4"})
    services.start("echo", {"HALLBUS_SERVICE_MODULE": "tests.integration.gateway.echo"})
    settings = {"HALLBUS_HEARTBEAT_SECONDS": "4", "HALLBUS_GATEWAY_KEEPALIVE_SECONDS": "0.5"}
    gateway = GatewayProcess(uri, keys, tmp_path, env=settings, extra_path=str(echo_path)).start()
    yield gateway
    gateway.close()
    services.close()


@pytest.fixture
def client(house, messages, keys):
    with house.channel() as channel:
        yield EchoClient(channel, messages, keys)


def _answers(client):
    try:
        return client.Say(text="there", within=3).text == "there"
    except grpc.RpcError as error:
        raise AssertionError(error.code()) from None


def _ends_within(client, seconds, **fields):
    began = time.monotonic()
    error = refused(client.Say, within=seconds, **fields)
    assert time.monotonic() - began < seconds + 0.5
    return error


def test_a_killed_broker_makes_calls_unavailable_at_once_and_is_found_again(house, rabbit, client, keys):
    subscriber = Subscriber(house, keys.bearer(*EVERYTHING)).opened()
    writer = LogWriter(rabbit.amqp_uri())
    ids = writer.write(20)
    subscriber.has(ids)
    writer.close()
    rabbit.kill()
    eventually(lambda: house.get("/readyz")[0] == 503, within=10)
    assert house.get("/healthz")[0] == 200
    for _ in range(3):
        began = time.monotonic()
        error = refused(client.Say, within=5)
        assert (error.code, error.domain) == (grpc.StatusCode.UNAVAILABLE, "gateway.hallbus")
        assert time.monotonic() - began < 1
    away = Subscriber(house, keys.bearer(*EVERYTHING), start=events_pb2.START_EARLIEST)
    assert away.fails(within=8).code == grpc.StatusCode.UNAVAILABLE
    away.close()
    rabbit.start()
    eventually(lambda: _answers(client), within=40)
    eventually(lambda: house.get("/readyz")[0] == 200, within=10)
    writer = LogWriter(rabbit.amqp_uri(), first=21)
    ids += writer.write(20)
    subscriber.has(ids, within=30)
    writer.close()
    _meet_a_stream_that_is_not_up_yet(house, rabbit)
    eventually(lambda: _answers(client), within=40)
    writer = LogWriter(rabbit.amqp_uri(), first=41)
    ids += writer.write(20)
    subscriber.has(ids, within=30)
    subscriber.close()
    writer.close()


def _meet_a_stream_that_is_not_up_yet(house, rabbit):
    """As in the first seconds after a restart: durable, known, and not among the live queues."""
    refused = "is down or inaccessible"
    before = house.log().count(refused)
    name = f'{{resource, <<"{VHOST}">>, queue, <<"{STREAM}">>}}'
    rabbit.ctl("eval", f"mnesia:dirty_delete(rabbit_queue, {name}).")
    rabbit.ctl("close_all_connections", "-p", VHOST, "as after a restart")
    eventually(lambda: house.log().count(refused) >= before + 2, within=20)
    assert house.get("/healthz")[0] == 200
    rabbit.ctl("eval", f"[Q] = mnesia:dirty_read(rabbit_durable_queue, {name}), mnesia:dirty_write(rabbit_queue, Q).")


def test_a_call_under_way_when_the_broker_dies_ends_in_time_too(house, rabbit, client):
    ended = []
    waiting = threading.Thread(target=lambda: ended.append(refused(client.Wait, seconds=30, within=8)))
    began = time.monotonic()
    waiting.start()
    eventually(lambda: house.metric("hallbus_gateway_requests_in_flight") == 1)
    rabbit.kill()
    waiting.join(12)
    assert ended[0].code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    assert time.monotonic() - began < 8.5


def test_a_frozen_broker_never_makes_a_call_hang(house, rabbit, client, keys):
    """Sockets stay open and silent: first deadlines end the calls, then the heartbeat finds out and they fail at once."""
    rabbit.freeze()
    assert _ends_within(client, 1.0).code in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)
    assert _ends_within(client, 1.0, text="x" * 900_000).code in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)
    eventually(lambda: _ends_within(client, 1.0).code == grpc.StatusCode.UNAVAILABLE, within=20)
    began = time.monotonic()
    late = Subscriber(house, keys.bearer(*EVERYTHING), start=events_pb2.START_EARLIEST)
    assert late.fails(within=8).code == grpc.StatusCode.UNAVAILABLE
    assert time.monotonic() - began < 8
    late.close()
    assert house.get("/healthz")[0] == 200
    rabbit.thaw()
    eventually(lambda: _answers(client), within=40)


def test_many_large_calls_into_a_frozen_broker_do_not_stop_the_event_loop(house, rabbit, client):
    """The kernel's buffers fill up, a write would block: health and other calls must go on."""
    rabbit.freeze()
    with house.channel() as channel, ThreadPoolExecutor(32) as pool:
        calls = [pool.submit(_ends_within, client, 2.0, text="x" * 900_000) for _ in range(64)]
        health = health_pb2_grpc.HealthStub(channel)
        while not all(call.done() for call in calls):
            health.Check(health_pb2.HealthCheckRequest(), timeout=1.0)
        errors = [call.result() for call in calls]
    assert {error.code for error in errors} <= {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
    assert house.get("/healthz")[0] == 200
    rabbit.thaw()
    eventually(lambda: _answers(client), within=40)


def test_it_starts_without_a_broker_and_serves_when_there_is_one(rabbit, keys, tmp_path):
    rabbit.kill()
    gateway = GatewayProcess(rabbit.amqp_uri(), keys, tmp_path).start(ready=False)
    try:
        eventually(lambda: gateway.get("/healthz")[0] == 200, within=15)
        assert gateway.get("/readyz")[0] == 503
        waiting = Subscriber(gateway, keys.bearer(*EVERYTHING))
        assert waiting.fails(within=8).code == grpc.StatusCode.UNAVAILABLE
        waiting.close()
        rabbit.start()
        eventually(lambda: gateway.get("/readyz")[0] == 200, within=20)
        later = Subscriber(gateway, keys.bearer(*EVERYTHING)).opened()
        writer = LogWriter(rabbit.amqp_uri())
        later.has(writer.write(3))
        later.close()
        writer.close()
    finally:
        gateway.close()
