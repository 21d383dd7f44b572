"""The private nodes keep what they acknowledged, whatever is done to them, and touch nothing that is not theirs."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import amqp
import psycopg2
import pytest

from deploy.local import processes
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresNode
from deploy.local.rabbit import RabbitNode
from tests.support.guardian import guarded

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory):
    with guarded(RabbitNode(tmp_path_factory.mktemp("rabbit"), plugins=("rabbitmq_management",))) as node:
        node.start()
        yield node
        node.stop()
        assert node.pids() == []


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with guarded(PostgresNode(tmp_path_factory.mktemp("postgres") / "data")) as node:
        node.start()
        node.create_database("hallbus")
        yield node
        node.stop()
        assert node.pids() == []


def amqp_connection(node):
    return amqp.Connection(f"127.0.0.1:{node.ports.amqp}", "hallbus", "hallbus", virtual_host="hallbus")


def test_a_confirmed_message_survives_the_kill_of_the_broker(rabbit):
    with amqp_connection(rabbit) as connection:
        channel = connection.channel()
        channel.queue_declare("kept.queue", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        rabbit.wait_recorded("kept.queue")
        channel.confirm_select()
        channel.basic_publish_confirm(amqp.Message("fact", delivery_mode=2), routing_key="kept.queue")
        rabbit.kill()
        assert rabbit.pids() == []
        assert not rabbit.is_ready()
        connection.collect()
    rabbit.start()
    with amqp_connection(rabbit) as connection:
        kept = connection.channel().basic_get("kept.queue", no_ack=True)
    assert kept.body == "fact"


def test_a_committed_row_survives_the_kill_of_the_database(postgres):
    with psycopg2.connect(host="127.0.0.1", port=postgres.port, user="hallbus", dbname="hallbus") as connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT 7 AS fact")
        connection.commit()
        postgres.kill()
        assert postgres.pids() == []
    connection.close()
    postgres.start()
    assert postgres.sql("SELECT fact FROM kept", database="hallbus") == "7"


def test_a_frozen_broker_is_silent_and_goes_on_when_thawed(rabbit):
    rabbit.freeze()
    try:
        with socket.create_connection(("127.0.0.1", rabbit.ports.amqp), timeout=0.5) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            with pytest.raises(TimeoutError):
                connection.recv(1)
    finally:
        rabbit.thaw()
    rabbit.wait_ready(within=60)


def test_a_frozen_database_is_silent_and_goes_on_when_thawed(postgres):
    connection = psycopg2.connect(host="127.0.0.1", port=postgres.port, user="hallbus", dbname="hallbus")
    postgres.freeze()
    try:
        assert {processes._stat(pid)[0] for pid in postgres.pids()} == {"T"}
        assert len(postgres.pids()) > 1, "postmaster and backends"
    finally:
        postgres.thaw()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    connection.close()


def test_rabbitmqctl_reaches_the_node(rabbit):
    assert "hallbus" in rabbit.ctl("list_vhosts", "--quiet")


def nodes(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local.nodes", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process):
    out, err = process.communicate(timeout=400)
    return process.returncode, out, err


@pytest.fixture
def private(tmp_path):
    """Environment of a checkout of its own, without the one this test run itself may have been given."""
    names = ["AMQP", "MANAGEMENT", "MQTT", "POSTGRES", "DIST", "EPMD", "STREAM", "BROKER_METRICS"]
    environment = {f"HALLBUS_{name}_PORT": str(free_port()) for name in names}
    environment |= {"HALLBUS_LOCAL_DIR": str(tmp_path / "local"), "AMQP_URI": "", "DATABASE_URL": ""}
    yield environment
    code, _, err = finished(nodes("purge", **environment))
    assert code == 0, err


def state_of(environment):
    return json.loads((Path(environment["HALLBUS_LOCAL_DIR"]) / "nodes.json").read_text())


def test_the_life_of_a_pair_of_nodes(private):
    # Nobody wanted them to stay: the last borrower stops what it started and hands on the exit code.
    code, _, err = finished(nodes("with", sys.executable, "-c", "raise SystemExit(3)", **private))
    assert code == 3, err
    assert not processes.is_alive(state_of(private)["postgres"]["pid"])

    # Two callers at once start one pair.
    both = [finished(caller) for caller in (nodes("up", **private), nodes("up", **private))]
    assert [code for code, _, _ in both] == [0, 0], both
    assert sorted("already up" in err for _, _, err in both) == [False, True]
    state = state_of(private)
    assert state["rabbit"]["ports"]["amqp"] == int(private["HALLBUS_AMQP_PORT"])
    assert all(processes.is_alive(pid) for pid in state["rabbit"]["pids"])

    code, out, _ = finished(nodes("env", **private))
    assert (code, f"export DATABASE_URL={state['database_url']}" in out) == (0, True)

    # A borrower leaves nodes alone that somebody started for good, and tells its child where they are.
    show = "import os; print(os.environ['AMQP_URI'])"
    code, out, err = finished(nodes("with", sys.executable, "-c", show, **private))
    assert (code, out.strip()) == (0, state["amqp_uri"]), err
    assert processes.is_alive(state["postgres"]["pid"])

    assert finished(nodes("down", **private))[0] == 0
    assert not any(processes.is_alive(pid) for pid in [*state["rabbit"]["pids"], state["postgres"]["pid"]])


def test_named_servers_are_used_and_nothing_is_started(private):
    servers = {"AMQP_URI": "pyamqp://u:p@broker.example/v", "DATABASE_URL": "postgresql+psycopg2://u@db.example/d"}
    code, _, err = finished(nodes("up", **private | servers))
    assert code == 0, err
    assert "rabbit" not in state_of(private)
    assert state_of(private)["amqp_uri"] == servers["AMQP_URI"]


def test_half_of_the_named_servers_is_refused(private):
    code, _, err = finished(nodes("up", **private | {"AMQP_URI": "pyamqp://u:p@broker.example/v"}))
    assert code == 2
    assert "DATABASE_URL is not set" in err


def test_a_taken_port_that_was_asked_for_is_refused_by_name(private):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        code, _, err = finished(nodes("up", **private | {"HALLBUS_POSTGRES_PORT": taken}))
    assert code == 2
    assert f"HALLBUS_POSTGRES_PORT: port {taken} is taken" in err


def test_something_that_is_no_port_is_refused_by_name(private):
    code, _, err = finished(nodes("up", **private | {"HALLBUS_AMQP_PORT": "rabbit"}))
    assert code == 2
    assert "HALLBUS_AMQP_PORT: 'rabbit' is no port number" in err
