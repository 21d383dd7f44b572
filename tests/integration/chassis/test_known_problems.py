"""The known problems of nameko, eventlet, kombu and the drivers, each with the test that holds its cure in place.

The numbers are those of the list that they were collected in; 8, the redelivery that runs beside the first, is in test_inbox.py; 16 has a second test, with a frozen broker, in
tests/e2e/test_confirms.py.
"""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import threading
import time
import uuid

import amqp
import pytest
from amqp.basic_message import Message

from chassis.amqp import ConfirmedPublisher, Link, publish
from chassis.errors import DeadlineExceeded, Unavailable
from chassis.testing import eventually
from chassis.topology import RPC_EXCHANGE, declare_rpc
from chassis.wire import DEADLINE
from contracts.registry import ContractError
from deploy.local.broker import list_queues, management_url_for, vhost_of
from tests.plugin import ROOT, open_db

SOURCES = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}


def effects(url):
    db = open_db(url, "probe")
    with db.read() as tx:
        found = [tuple(row) for row in tx.execute("select subject, version from probe.effects order by id")]
    db.close()
    return found


def test_1_a_slow_query_does_not_stall_the_hub(run_services, rpc):
    run_services("probe")
    slow = [rpc.submit("probe", "wait_in_database", {"seconds": 1.0}, timeout=10) for _ in range(4)]
    longest = 0.0
    while not all(future.done() for future in slow):
        started = time.monotonic()
        rpc.call("probe", "wait", {"seconds": 0}, timeout=5)
        longest = max(longest, time.monotonic() - started)
    assert all(future.result() == {"waited": True} for future in slow)
    assert longest < 0.8, "the hub stood still while PostgreSQL worked"


def test_1_the_driver_is_written_in_every_url():
    from chassis.roles import admin_dsn, service_dsn

    assert service_dsn("postgresql://a@h/d", "intake").startswith("postgresql+psycopg2://")
    assert admin_dsn("postgresql://a@h/d").startswith("postgresql+psycopg2://")


def test_2_a_blocked_hub_costs_time_but_neither_the_process_nor_the_message(run_services, bus, database_url):
    running = run_services("probe", env={"HALLBUS_HEARTBEAT_SECONDS": "2", "HALLBUS_PROBE_BLOCK_SECONDS": "7"})
    bus.publish_raw(thing("block"), "probe.thing.changed.v1.52.02.h0001")
    eventually(lambda: effects(database_url) == [("block", 1)], within=25)
    bus.publish_raw(thing("after"), "probe.thing.changed.v1.52.02.h0001")
    eventually(lambda: effects(database_url) == [("block", 1), ("after", 1)], within=25)
    assert running.processes["probe"].poll() is None


def test_3_the_gateway_refuses_a_patched_process():
    code = "import eventlet; eventlet.monkey_patch(); from gateway.__main__ import main; main()"
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=SOURCES, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "without eventlet's monkey patch" in ended.stderr


def test_3_no_service_loads_grpc():
    code = "import sys; from chassis.runner import work_queues; assert work_queues(); assert not [m for m in sys.modules if m.split('.')[0] == 'grpc']"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=SOURCES, check=True, timeout=60)


def test_4_one_client_serves_many_threads(run_services, rpc):
    run_services("probe")
    answers = []

    def work(number):
        for _ in range(20):
            answer = rpc.call("probe", "put_thing", {"thing_id": f"t{number}", "value": number, "request_id": str(uuid.uuid4())})
            answers.append((number, answer["value"]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 120
    assert all(number == value for number, value in answers)
    assert rpc.open_calls == 0


def test_5_a_call_to_an_absent_peer_ends_in_time_and_does_not_block_the_stop(run_services, rpc, amqp_uri):
    running = run_services("probe")
    with pytest.raises(Unavailable) as nobody:
        rpc.call("probe", "ask_absent", {"seconds": 5.0}, timeout=8)
    assert nobody.value.reason == "SERVICE_UNAVAILABLE"
    link = Link(amqp_uri, "test")
    declare_rpc(link.channel(), "absent")  # its queue exists, nobody serves it
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        rpc.call("probe", "ask_absent", {"seconds": 1.0}, timeout=20)
    assert time.monotonic() - started < 10
    rpc.submit("probe", "ask_absent", {"seconds": 30.0}, timeout=30)
    link.close()
    started = time.monotonic()
    running.stop("probe", within=25)
    assert time.monotonic() - started < 15


def test_5_a_request_whose_caller_has_given_up_is_never_executed(run_services, rpc, amqp_uri, database_url):
    running = run_services("probe")
    running.stop("probe")
    with pytest.raises(DeadlineExceeded):
        rpc.call("probe", "put_thing", {"thing_id": "zombie", "value": 1, "request_id": str(uuid.uuid4())}, timeout=0.5)
    # The same once more without the broker's own expiry: the header alone must be enough.
    link = Link(amqp_uri, "test")
    headers = {DEADLINE: repr(time.time() - 1)}
    body = b'{"args":[{"thing_id":"zombie","value":1,"request_id":"%s"}],"kwargs":{}}' % str(uuid.uuid4()).encode()
    publish(link.channel(), Message(body, application_headers=headers, content_type="application/json"), RPC_EXCHANGE, "probe.put_thing")
    running.start("probe")
    rpc.call("probe", "put_thing", {"thing_id": "living", "value": 1, "request_id": str(uuid.uuid4())}, timeout=5)
    link.close()
    eventually(lambda: effects(database_url) == [("living", 1)])
    assert running.metric("probe", "hallbus_rpc_server_requests_total", code="expired") == 1


def test_6_services_call_each_other_without_a_cycle():
    graph = {}
    for path in ROOT.glob("services/*/service.py"):
        calls = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Peer"
        ]
        graph[path.parent.name] = {call.args[0].value for call in calls}

    def reaches(start, goal, seen):
        return any(n == goal or (n not in seen and reaches(n, goal, seen | {n})) for n in graph.get(start, ()))

    assert graph
    assert [name for name in graph if reaches(name, name, {name})] == []


def test_7_neither_a_failing_nor_an_undecodable_message_is_lost(run_services, bus, amqp_uri):
    from chassis.parking import listing

    running = run_services("probe", env={"HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    bus.publish_raw(thing("bad"), "probe.thing.changed.v1.52.02.h0001", "bad-1")
    bus.publish_raw(b"\xff\xfe", "probe.thing.changed.v1.52.02.h0001", "garbage-1")
    parked = eventually(lambda: listing(amqp_uri, "probe.things"))
    assert [p.event_id for p in parked] == ["garbage-1"]
    eventually(lambda: running.metric("probe", "hallbus_events_consumed_total", outcome="retried") >= 2, within=10)


def test_9_queue_names_do_not_come_from_method_names():
    from tests.support.probe.service import ProbeService

    assert ProbeService.on_thing.subscription.queue == "things"
    assert "on_thing" not in ProbeService.on_thing.subscription.queue


def test_10_every_queue_outlives_a_restart_of_the_broker(run_services, rpc, nodes, amqp_uri):
    """RabbitMQ 4.3 refuses transient queues that are not exclusive, and classic queues of the first version."""
    run_services("probe")
    rpc.call("probe", "wait", {"seconds": 0}, timeout=5)
    queues = {queue["name"]: queue for queue in list_queues(management_url_for(nodes), vhost_of(amqp_uri))}
    assert {"probe.things", "probe.things.parked", "rpc-probe", "hallbus.log"} <= queues.keys()
    assert [name for name, queue in queues.items() if not (queue["durable"] or queue["exclusive"])] == []
    assert [name for name, queue in queues.items() if {"x-queue-mode", "x-queue-version"} & queue["arguments"].keys()] == []


def test_11_the_runner_needs_neither_the_nameko_command_nor_pkg_resources():
    code = "import sys; sys.modules['pkg_resources'] = None; import chassis.runner; assert 'nameko.cli.main' not in sys.modules"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True, timeout=60)


def test_12_pytest_runs_unpatched():
    import socket

    assert "eventlet" not in type(socket.socket).__module__
    assert not any("pytest_nameko" in name for name in sys.modules)
    assert importlib.metadata.version("nameko").startswith("2.14")


def test_13_nobody_uses_namekos_web_stack():
    """Its websockets do not work with werkzeug 3, and its HTTP costs ten times our own (decision 0015)."""
    own = [path for room in ("chassis", "services", "gateway", "simulator") for path in (ROOT / room).rglob("*.py")]
    assert own
    assert [str(path) for path in own if "nameko.web" in path.read_text(encoding="utf-8")] == []


def test_14_the_monkey_patch_comes_first_and_only_from_the_runner():
    module = ast.parse((ROOT / "chassis" / "runner.py").read_text(encoding="utf-8"))
    first = next(node for node in module.body if not isinstance(node, ast.Expr) and getattr(node, "module", "") != "__future__")
    assert isinstance(first, ast.If)
    assert [alias.name for alias in first.body[0].names] == ["chassis._patch"]
    others = [path for room in ("chassis", "services", "gateway") for path in (ROOT / room).rglob("*.py") if path.name != "runner.py"]
    assert [
        str(path)
        for path in others
        if re.search(r"^\s*(import|from) chassis\._patch|monkey_patch\(", path.read_text("utf-8"), re.MULTILINE)
    ] == [str(ROOT / "chassis" / "_patch.py")]
    pure = [path for layer in ("domain", "usecases", "queries") for path in (ROOT / "services").glob(f"*/{layer}/**/*.py")]
    assert pure
    assert [str(path) for path in pure if "eventlet" in path.read_text(encoding="utf-8")] == [], "the host must stay replaceable"


def test_15_a_stuck_worker_does_not_hold_up_the_stop(run_services, rpc):
    running = run_services("probe", env={"HALLBUS_DRAIN_SECONDS": "1"})
    rpc.submit("probe", "wait", {"seconds": 60}, timeout=60)
    eventually(lambda: rpc.call("probe", "wait", {"seconds": 0}) == {"waited": True})
    started = time.monotonic()
    assert running.stop("probe") == 1
    assert time.monotonic() - started < 10


def test_16_a_link_that_only_publishes_keeps_its_heartbeat(amqp_uri):
    """The broker ends a connection after two missed heartbeats; this one is left alone for longer than that."""
    link = Link(amqp_uri, "test", heartbeat=1)
    sent = link.raw.bytes_sent  # py-amqp counts frames
    eventually(lambda: link.raw.bytes_sent >= sent + 8, within=20)
    publisher = ConfirmedPublisher(link)
    publisher.send(Message("{}"), "", "nobody")
    publisher.wait(5)
    link.close()


def test_17_the_pool_fits_the_workers():
    from chassis.database import Db
    from tests.support.probe.contracts import REGISTRY

    db = Db("postgresql+psycopg2://nobody@127.0.0.1:1/x", "probe", REGISTRY, pool_size=12)
    assert (db.engine.pool.size(), db.engine.pool._max_overflow, db.engine.pool._timeout) == (12, 0, 5)


def test_18_readers_tolerate_what_writers_may_not_send():
    from tests.support.probe.contracts import REGISTRY

    contract = REGISTRY.get("probe.thing.changed", 1)
    newer = {"thing_id": "a", "value": 1, "of_a_later_version": True}
    assert contract.load(newer) == {"thing_id": "a", "value": 1}
    with pytest.raises(ContractError):
        contract.validate(newer)


def test_19_amqp_urls_never_pick_a_c_transport(amqp_uri):
    link = Link(amqp_uri.replace("pyamqp://", "amqp://"), "test")
    link.close()
    assert isinstance(link.raw, amqp.Connection), "not librabbitmq's"


def test_settings_report_every_error_at_once():
    env = {k: v for k, v in os.environ.items() if k not in ("AMQP_URI", "DATABASE_URL")}
    env |= {
        "HALLBUS_PROBE_MAX_WORKERS": "many",
        "HALLBUS_PROBE_FAIL_TIMES": "often",
        "HALLBUS_SERVICE_MODULE": "tests.support.probe.service",
    }
    command = [sys.executable, "-W", "ignore", "-m", "chassis.runner", "probe"]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    for name in ("AMQP_URI", "DATABASE_URL", "HALLBUS_PROBE_MAX_WORKERS", "HALLBUS_PROBE_FAIL_TIMES"):
        assert name in ended.stderr


def test_a_service_cannot_read_anothers_schema(make_db):
    import sqlalchemy as sa

    from chassis.migrations import services_with_migrations

    others = [name for name in services_with_migrations() if name != "probe"]
    assert others
    db = make_db("probe")
    for other in others:
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), db.read() as tx:
            tx.execute(f"SELECT 1 FROM {other}.outbox")


def thing(subject):
    import orjson

    return orjson.dumps(
        {
            "specversion": "1.0", "id": f"id-{subject}", "source": "/hallbus/probe", "type": "hallbus.probe.thing.changed.v1", "subject": subject,
            "time": "2026-11-23T01:00:00+00:00", "datacontenttype": "application/json", "region": "52.02", "hallid": "h0001", "version": 1,
            "sequence": f"{1:016d}", "epoch": 1, "correlationid": "c", "data": {"thing_id": subject, "value": 1},
        }
    )  # fmt: skip
