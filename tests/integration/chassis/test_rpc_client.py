"""Calls out: every one ends, in time and once, whatever the other side or the broker does."""

import contextlib
import threading
import time
import uuid
from concurrent.futures import wait

import pytest
from amqp.basic_message import Message

from chassis.errors import DeadlineExceeded, HallbusError, Internal, Unavailable
from chassis.rpc_client import RpcClient
from chassis.testing import PATIENCE, eventually
from chassis.wire import CORRELATION, read_request, reply_message
from deploy.local.broker import create_vhost
from deploy.local.rabbit import RabbitNode
from tests.support.guardian import guarded
from tests.support.responder import Responder


def id_of(message):
    return message.properties["correlation_id"]


def answered(message, value):
    return reply_message(id_of(message), value, None)


def test_a_late_reply_is_discarded_and_the_next_call_gets_its_own(amqp_uri, rpc):
    kept = []

    def answer(message, send):
        if read_request(message).request == {"slow": True}:
            kept.append((message, send))
        else:
            send(answered(message, "quick"))

    with Responder(amqp_uri, "peer", answer):
        with pytest.raises(DeadlineExceeded):
            rpc.call("peer", "ask", {"slow": True}, timeout=0.3)
        (message, send), *_ = kept
        send(answered(message, "late"))
        assert rpc.call("peer", "ask", {}, timeout=5) == "quick"
    assert rpc.open_calls == 0
    assert rpc.connected


def test_a_reply_that_comes_twice_counts_once(amqp_uri, rpc):
    def answer(message, send):
        send(answered(message, read_request(message).request["n"]))
        send(answered(message, "again"))

    with Responder(amqp_uri, "peer", answer):
        assert [rpc.call("peer", "ask", {"n": n}, timeout=5) for n in range(20)] == list(range(20))
    assert rpc.open_calls == 0


def test_replies_in_any_order_find_their_callers(amqp_uri, rpc):
    kept = []

    def answer(message, send):
        kept.append((message, send))
        if len(kept) == 30:
            for waiting, give in reversed(kept):
                give(answered(waiting, read_request(waiting).request["n"]))

    with Responder(amqp_uri, "peer", answer):
        futures = [rpc.submit("peer", "ask", {"n": n}, timeout=10) for n in range(30)]
        assert [future.result(10) for future in futures] == list(range(30))


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"5", b"null", b"{}", b'{"error":"text"}', b'{"error":[1]}', b'{"error":{"exc_type":"RpcError","exc_args":5}}',
             b'{"error":{"exc_type":"RpcError","exc_args":["internal","X","m","no json"]}}',
             b'{"error":{"exc_type":"RpcError","exc_args":["internal","X","m","[]"]}}'],
)  # fmt: skip
def test_a_reply_that_is_none_ends_the_call_and_not_the_connection(amqp_uri, rpc, body):
    with Responder(amqp_uri, "peer", lambda message, send: send(Message(body, correlation_id=id_of(message)))):
        with pytest.raises(Internal) as odd:
            rpc.call("peer", "ask", {}, timeout=2)
    assert odd.value.reason in ("MALFORMED_REPLY", "REMOTE_ERROR")
    assert rpc.connected


def test_calls_that_nobody_answers_leave_nothing_behind(amqp_uri, rpc):
    with Responder(amqp_uri, "peer", lambda *_: None):
        futures = [rpc.submit("peer", "ask", {"n": n}, timeout=0.2 + n / 500) for n in range(100)]
        done, late = wait(futures, timeout=5)
        assert (len(done), late) == (100, set())
        assert {type(future.exception()) for future in done} == {DeadlineExceeded}
    assert rpc.open_calls == 0
    assert rpc._deadlines == []


def test_a_caller_who_went_away_disturbs_nobody(amqp_uri, rpc):
    kept = []
    with Responder(amqp_uri, "peer", lambda message, send: kept.append((message, send)) if not kept else send(answered(message, 2))):
        future = rpc.submit("peer", "ask", {}, timeout=5)
        eventually(lambda: kept)
        assert future.cancel()
        kept[0][1](answered(kept[0][0], 1))
        assert rpc.call("peer", "ask", {}, timeout=5) == 2
    assert rpc.connected


def test_nobody_there_is_told_at_once(rpc):
    started = time.monotonic()
    with pytest.raises(Unavailable) as nobody:
        rpc.call("absent", "ask", {}, timeout=20)
    assert nobody.value.reason == "SERVICE_UNAVAILABLE"
    assert time.monotonic() - started < 10


def test_no_time_left_is_no_call(rpc):
    for timeout in (0, -1.0):
        with pytest.raises(DeadlineExceeded):
            rpc.call("absent", "ask", {}, timeout=timeout)
    assert rpc.open_calls == 0


def test_a_closed_client_fails_open_calls_and_takes_no_new_ones(amqp_uri):
    client = RpcClient(amqp_uri, name="test")
    assert client.wait_connected(10 * PATIENCE)
    with Responder(amqp_uri, "peer", lambda *_: None):
        open_call = client.submit("peer", "ask", {}, timeout=30)
        client.close()
        assert open_call.exception(5).reason == "CONNECTION_LOST"
    with pytest.raises(Unavailable, match="CLIENT_CLOSED"):
        client.call("peer", "ask", {}, timeout=5)


def test_correlation_and_caller_travel(amqp_uri, rpc):
    from chassis.caller import Caller

    seen = []

    def answer(message, send):
        seen.append(message)
        send(answered(message, None))

    caller = Caller("account-1", "s0001", ("hall:h0001",))
    with Responder(amqp_uri, "peer", answer):
        rpc.call("peer", "ask", {}, timeout=5, caller=caller, correlation_id="c-1")
    assert read_request(seen[0]).context.caller == caller
    assert seen[0].properties["application_headers"][CORRELATION] == "c-1"


def test_a_service_asks_a_peer_in_its_caller_s_name_and_within_his_time(run_services, amqp_uri, rpc):
    from chassis.caller import Caller

    seen = []

    def answer(message, send):
        seen.append(read_request(message).context)
        send(answered(message, {"told": True}))

    run_services("probe")
    caller = Caller("account-1", None, ("*",))
    with Responder(amqp_uri, "absent", answer):
        asked = rpc.call("probe", "ask_absent", {"seconds": 60.0}, timeout=4, caller=caller, correlation_id="c-7")
    assert asked == {"told": True}
    assert (seen[0].caller, seen[0].correlation_id) == (caller, "c-7")
    assert seen[0].remaining(100.0) <= 4.0


# --- a broker of its own, to be maltreated -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with guarded(RabbitNode(tmp_path_factory.mktemp("rabbit"), plugins=("rabbitmq_management",))) as made:
        made.start()
        yield made
        made.thaw()
        made.stop()


@pytest.fixture
def uri(node):
    name = f"test-{uuid.uuid4().hex[:8]}"
    create_vhost(node.management_url, name)
    return node.amqp_uri(name)


@pytest.fixture
def client(uri):
    made = RpcClient(uri, name="test", heartbeat=2)
    assert made.wait_connected(10 * PATIENCE)
    yield made
    made.close()


def echo(message, send):
    send(answered(message, read_request(message).request))


def test_a_broker_that_restarts_costs_the_calls_of_that_time_and_no_others(node, uri, client):
    with Responder(uri, "peer", echo):
        assert client.call("peer", "ask", {"n": 1}, timeout=5) == {"n": 1}
    with Responder(uri, "silent", lambda *_: None):
        under_way = client.submit("silent", "ask", {}, timeout=30)
        node.kill()
        lost = under_way.exception(10)
    assert isinstance(lost, Unavailable)
    assert lost.reason == "CONNECTION_LOST"
    eventually(lambda: not client.connected, within=5)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="BROKER_UNAVAILABLE"):
        client.call("peer", "ask", {}, timeout=10)
    assert time.monotonic() - started < 4
    node.start()
    assert client.wait_connected(20 * PATIENCE)
    with Responder(uri, "peer", echo):
        assert client.call("peer", "ask", {"n": 2}, timeout=5) == {"n": 2}
    assert client.open_calls == 0


def test_a_broker_short_of_disk_is_told_in_time_and_forgiven_afterwards(node, uri, client):
    with Responder(uri, "peer", echo):
        assert client.call("peer", "ask", {}, timeout=5) == {}
        node.ctl("set_disk_free_limit", "100000GB")
        try:
            reasons = eventually(lambda: _reason(client) == "BROKER_BLOCKED" and ["BROKER_BLOCKED"], within=20)
            assert reasons
            started = time.monotonic()
            assert _reason(client, within=10) == "BROKER_BLOCKED"
            assert time.monotonic() - started < 4
        finally:
            node.ctl("set_disk_free_limit", "50MB")
        eventually(lambda: _reason(client) is None, within=20)
    assert client.open_calls == 0


def test_a_frozen_broker_hangs_no_call(node, uri, client):
    with Responder(uri, "peer", echo):
        node.freeze()
        try:
            started = time.monotonic()
            futures = [client.submit("peer", "ask", {}, timeout=1.0) for _ in range(5)]
            errors = [future.exception(20) for future in futures]
            assert time.monotonic() - started < 6
            assert {type(error) for error in errors} <= {DeadlineExceeded, Unavailable}
        finally:
            node.thaw()
    with Responder(uri, "peer", echo):
        eventually(lambda: _reason(client) is None, within=20)


def test_a_frozen_broker_makes_no_submit_wait_and_what_waits_is_bounded(node, uri, client):
    """Large calls, far more than the kernel's buffers take: each is taken or refused at once."""
    with Responder(uri, "peer", echo):
        node.freeze()
        try:
            futures, longest = [], 0.0
            for _ in range(40):
                started = time.monotonic()
                futures.append(client.submit("peer", "ask", {"text": "x" * 1_000_000}, timeout=1.0))
                longest = max(longest, time.monotonic() - started)
            assert longest < 1.0
            reasons = {future.exception(10).reason for future in futures}
            assert "BROKER_BLOCKED" in reasons
            assert reasons <= {"BROKER_BLOCKED", "DEADLINE_EXCEEDED", "CONNECTION_LOST", "BROKER_UNAVAILABLE"}
        finally:
            node.thaw()
        eventually(lambda: _reason(client) is None, within=20)
        assert client.call("peer", "ask", {"text": "x" * 1_000_000}, timeout=10) == {"text": "x" * 1_000_000}


def _reason(client, within=0.5):
    try:
        client.call("peer", "ask", {}, timeout=within)
    except HallbusError as error:
        return error.reason
    return None


def test_threads_that_call_while_the_connection_comes_and_goes_all_end(node, uri, client):
    ended, stopping = [], threading.Event()

    def work():
        while not stopping.is_set():
            started = time.monotonic()
            with contextlib.suppress(Unavailable, DeadlineExceeded):
                client.call("peer", "ask", {"n": 1}, timeout=1.0)
            ended.append(time.monotonic() - started)

    threads = [threading.Thread(target=work) for _ in range(4)]
    with Responder(uri, "peer", echo):
        for thread in threads:
            thread.start()
        for _ in range(3):
            eventually(lambda: client.connected, within=10)
            count = len(ended)
            eventually(lambda count=count: len(ended) > count + 20, within=10)
            link = client._link
            if link is not None:
                link.raw._transport.sock.shutdown(2)
        stopping.set()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert max(ended) < 5
    eventually(lambda: client.open_calls == 0, within=3)
