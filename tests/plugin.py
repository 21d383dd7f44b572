"""Fixtures: real nodes, a database and a vhost per test, real service processes. pytest itself is never monkey-patched."""

from __future__ import annotations

import os
import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
import pytest
from amqp.basic_message import Message

from chassis.amqp import CONNECTION_ERRORS, ConfirmedPublisher, Link
from chassis.database import Db
from chassis.events import EXCHANGE, Event, envelope, routing_key, sequenced
from chassis.migrations.runner import ELSEWHERE
from chassis.roles import service_dsn
from chassis.rpc_client import RpcClient
from chassis.testing import PATIENCE, declared_database, eventually
from chassis.topology import declare_bus
from contracts import REGISTRY
from deploy.local.broker import apply_policies, create_vhost, delete_vhost, management_url_for
from deploy.local.keys import sealing_environment
from deploy.local.nodes import Nodes, local_directory
from tests.support.databases import Template, make_template
from tests.support.leftovers import new_name, sweep
from tests.support.nursery import NURSERY, Child

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE["probe"] = ROOT / "tests" / "support" / "probe" / "migrations"
MODULES = {"probe": "tests.support.probe.service"}
#: Nine in the morning in Beijing on Monday 2026-11-23, with a whole working week ahead.
WORKING_DAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def nodes() -> Nodes:
    """The private nodes; `make nodes` starts them."""
    found = Nodes.current()
    sweep(found)
    return found


# --- databases -------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def template(nodes: Nodes) -> Iterator[Template]:
    """All services' schemas, migrated once a session."""
    made = make_template(nodes.database_url)
    yield made
    made.drop()


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    """A fresh database (administrator's URL)."""
    with template.clone() as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(template: Template) -> Iterator[str]:
    """A database for the tests of one module."""
    with template.clone() as url:
        yield url


def open_db(url: str, service: str) -> Db:
    """The service's `Db` under its own role."""
    import importlib

    module = importlib.import_module(MODULES.get(service, f"services.{service}.service"))
    cls = next(c for c in vars(module).values() if isinstance(c, type) and getattr(c, "name", None) == service)
    return declared_database(cls).make(service_dsn(url, service), pool_size=8)


@pytest.fixture
def make_db(database_url: str, template: Template) -> Iterator[Callable[[str], Db]]:
    """`make_db("intake")`: the service's database on this test's fresh clone."""
    opened: list[Db] = []

    def make(service: str) -> Db:
        template.require(service)
        opened.append(open_db(database_url, service))
        return opened[-1]

    yield make
    for db in opened:
        db.close()


# --- broker ----------------------------------------------------------------------------------------------------------------------------------


def _vhost(nodes: Nodes) -> Iterator[str]:
    name = new_name()
    management = management_url_for(nodes)
    create_vhost(management, name)
    apply_policies(management, name)
    parts = urlsplit(nodes.amqp_uri)
    uri = urlunsplit(parts._replace(path=f"/{name}"))
    link = Link(uri, "topology")
    declare_bus(link.channel())
    link.close()
    yield uri
    delete_vhost(management, name)


@pytest.fixture
def amqp_uri(nodes: Nodes) -> Iterator[str]:
    """A fresh vhost with policies and bus."""
    yield from _vhost(nodes)


@pytest.fixture(scope="module")
def module_amqp_uri(nodes: Nodes) -> Iterator[str]:
    """A vhost for the tests of one module."""
    yield from _vhost(nodes)


class Bus:
    """A producer and a listener on the event exchange, outside any service."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._received: list[dict[str, Any]] = []
        self._closing = threading.Event()
        self._ready = threading.Event()
        self._sequence: dict[str, int] = {}
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._ready.wait(10 * PATIENCE)

    def publish(
        self, type_: str, data: dict[str, Any], *, subject: str = "subject-1", version: int = 1, region: str = "52.02",
        hall_id: str | None = "h0001", at: datetime | None = None, event_id: str | None = None, check: bool = True,
    ) -> str:  # fmt: skip
        """Publish as a producer's relay would; returns the event's id."""
        contract = REGISTRY.get(type_)
        if check:
            contract.validate(data)
        event = Event(type_, subject, version, region, hall_id, at or datetime.now(UTC), data)
        body = envelope(event, contract, correlation_id=str(uuid.uuid4()), causation_id=None)
        if event_id:
            body["id"] = event_id
        source = body["source"]
        self._sequence[source] = self._sequence.get(source, 0) + 1
        self.publish_raw(sequenced(orjson.dumps(body).decode(), self._sequence[source], 1), routing_key(event), body["id"])
        return str(body["id"])

    def publish_raw(self, body: bytes, key: str, message_id: str = "") -> None:
        """Any bytes under any routing key."""
        link = Link(self._uri, "test-bus")
        publisher = ConfirmedPublisher(link)
        publisher.send(Message(body, delivery_mode=2, message_id=message_id, content_type="application/cloudevents+json"), EXCHANGE, key)
        publisher.wait()
        link.close()

    def events(self, type_: str | None = None) -> list[dict[str, Any]]:
        """What went over the exchange since this fixture began, as envelopes; `type_` "intake.case.accepted"."""
        wanted = None if type_ is None else f"hallbus.{type_}.v"
        return [e for e in list(self._received) if wanted is None or str(e.get("type", "")).startswith(wanted)]

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._thread.join(5)

    def _listen(self) -> None:
        queue = f"test-bus-{uuid.uuid4().hex}"
        while not self._closing.is_set():
            link = None
            try:
                link = Link(self._uri, "test-bus-listener")
                channel = link.channel()
                declare_bus(channel)
                channel.queue_declare(queue, exclusive=True, auto_delete=True)
                channel.queue_bind(queue, EXCHANGE, "#")
                channel.basic_consume(queue, no_ack=True, callback=lambda m: self._received.append(_decoded(m.body)))
                self._ready.set()
                while not self._closing.is_set():
                    link.drain(0.1)
            except CONNECTION_ERRORS:
                time.sleep(0.2)  # the broker of a fault test is away; what it sends meanwhile is not this listener's promise
            finally:
                if link is not None:
                    link.close()


def _decoded(body: Any) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@pytest.fixture
def bus(amqp_uri: str) -> Iterator[Bus]:
    """`bus.publish(...)`, `bus.events(type)` on this test's vhost."""
    made = Bus(amqp_uri)
    yield made
    made.close()


@pytest.fixture
def rpc(amqp_uri: str) -> Iterator[RpcClient]:
    """A client on this test's vhost."""
    client = RpcClient(amqp_uri, name="test")
    assert client.wait_connected(10 * PATIENCE)
    yield client
    client.close()


# --- processes -------------------------------------------------------------------------------------------------------------------------------


@dataclass
class Running:
    """Service processes started by a test; ports by name."""

    amqp_uri: str
    database_url: str
    logs: Path
    env: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Child] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, env: dict[str, str] | None = None, *, wait: bool = True, alias: str | None = None) -> None:
        """Start a service (several processes of one under different aliases) and wait until it is ready."""
        alias = alias or name
        port = free_port()
        upper = name.upper()
        environment = {
            **os.environ,
            **sealing_environment(local_directory() / "keys"),
            "AMQP_URI": self.amqp_uri,
            "DATABASE_URL": self.database_url,
            f"HALLBUS_{upper}_METRICS_PORT": str(port),
            f"HALLBUS_{upper}_HTTP_PORT": str(self.ports.setdefault(f"{alias}.http", free_port())),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
            "PYTHONUNBUFFERED": "1",
            **({"HALLBUS_SERVICE_MODULE": MODULES[name]} if name in MODULES else {}),
            **self.env,
            **(env or {}),
        }
        self.ports[alias] = port
        self.processes[alias] = NURSERY.start([name], env=environment, log=self.logs / f"{alias}.log")
        if wait:
            self.wait_ready(alias)

    def wait_ready(self, alias: str, within: float = 30.0) -> None:
        """Until /readyz says so."""
        eventually(lambda: self._is_ready(alias), within=within, every=0.05)

    def _is_ready(self, alias: str) -> bool:
        process = self.processes[alias]
        if process.poll() is not None:
            raise RuntimeError(f"{alias} ended with {process.returncode}:\n{self.log(alias)[-4000:]}")
        return self.get(alias, "/readyz")[0] == 200

    def get(self, alias: str, path: str) -> tuple[int, str]:
        """A page of the process' metrics and health port; (0, "") when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[alias]}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, alias: str, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels."""
        from prometheus_client.parser import text_string_to_metric_families

        total = 0.0
        for family in text_string_to_metric_families(self.get(alias, "/metrics")[1]):
            for sample in family.samples:
                if sample.name == name and all(sample.labels.get(k) == v for k, v in labels.items()):
                    total += sample.value
        return total

    def log(self, alias: str) -> str:
        """Everything the process has printed."""
        return (self.logs / f"{alias}.log").read_text(errors="replace")

    def kill(self, alias: str) -> None:
        """SIGKILL."""
        self.processes[alias].kill()
        self.processes[alias].wait(10)

    def stop(self, alias: str, within: float = 20.0) -> int:
        """SIGTERM; the exit code."""
        self.processes[alias].terminate()
        return self.processes[alias].wait(within * PATIENCE)

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
        for process in self.processes.values():
            process.wait(10)


RunServices = Callable[..., Running]


def _runner(amqp_uri: str, database_url: str, template: Template, logs: Path) -> tuple[Running, RunServices]:
    running = Running(amqp_uri, database_url, logs)

    def run(*names: str, env: dict[str, str] | None = None) -> Running:
        running.env.update(env or {})
        for name in names:
            template.require(name)
            running.start(name, wait=False)
        for name in names:
            running.wait_ready(name)
        return running

    return running, run


@pytest.fixture(scope="module")
def a_working_day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For processes whose deadlines a test reads: they show the morning of Monday 2026-11-23, running, on whatever day the suite runs."""
    path = tmp_path_factory.mktemp("clock") / "clock"
    path.write_text(f"{time.time()} {WORKING_DAY.timestamp()}\n")
    return {"HALLBUS_CLOCK_FILE": str(path)}


@pytest.fixture
def run_services(amqp_uri: str, database_url: str, template: Template, tmp_path: Path) -> Iterator[RunServices]:
    """`run_services("intake", "directory", env={…})` → Running."""
    running, run = _runner(amqp_uri, database_url, template, tmp_path)
    yield run
    running.close()


@pytest.fixture(scope="module")
def module_services(
    module_amqp_uri: str, module_database_url: str, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunServices]:
    """Like `run_services`, for a module: start once, use in many tests."""
    running, run = _runner(module_amqp_uri, module_database_url, template, tmp_path_factory.mktemp("services"))
    yield run
    running.close()
