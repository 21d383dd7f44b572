"""A RabbitMQ and a PostgreSQL that may be killed, and the probe on them: the ground of fault tests and chaos runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from amqp.basic_message import Message

from chassis.amqp import ConfirmedPublisher, Link
from chassis.config import ProcessConfig
from chassis.events import EXCHANGE, Event, envelope, routing_key, sequenced
from chassis.migrations import upgrade
from chassis.testing import PATIENCE, eventually
from chassis.topology import declare_bus, declare_consumer
from deploy.local.broker import apply_policies, create_vhost
from deploy.local.postgres import PostgresNode
from deploy.local.rabbit import RabbitNode
from tests.plugin import Running, open_db
from tests.support.footprint import Footprint, broker_holds, held_by
from tests.support.guardian import guarded
from tests.support.oracles import Oracles
from tests.support.probe.contracts import REGISTRY

DATABASE_CONNECTIONS = ProcessConfig.max_workers + 2 + 2
"""The most that one process may hold: its pool, and the relay's own."""


@dataclass
class Victims:
    """A RabbitMQ and a PostgreSQL that belong to the fault tests alone."""

    rabbit: RabbitNode
    postgres: PostgresNode

    def heal(self) -> None:
        """Both run and answer, whatever was done to them."""
        self.rabbit.thaw()
        self.postgres.thaw()
        self.rabbit.start()
        self.postgres.start()


@contextmanager
def victims_in(directory: Path) -> Iterator[Victims]:
    """Started once; killed and frozen by the tests, ended and deleted at the end."""
    rabbit = RabbitNode(directory / "rabbit", plugins=("rabbitmq_management", "rabbitmq_stream"))
    with guarded(rabbit), guarded(PostgresNode(directory / "postgres")) as postgres:
        made = Victims(rabbit, postgres)
        made.heal()
        yield made
        made.heal()
        made.rabbit.stop()
        made.postgres.stop()


@dataclass
class Arena:
    """The probe on the victims: one vhost and one database for one test."""

    victims: Victims
    running: Running
    oracles: Oracles
    management_url: str
    vhost: str
    bus: Producer

    def execute(self, statement: str) -> None:
        """Change the probe's rows behind its back."""
        db = open_db(self.running.database_url, "probe")
        with db.transaction() as tx:
            tx.execute(statement)
        db.close()

    def queues_recorded(self) -> None:
        """RabbitMQ 3.10 writes a quorum queue's membership after it has answered the declare; a SIGKILL in between is its loss, not ours."""
        for queue in ("probe.things", "probe.ticks"):
            self.victims.rabbit.wait_recorded(queue, vhost=self.vhost, within=10 * PATIENCE)
        self.victims.rabbit.wait_streams_recorded(within=10 * PATIENCE)

    def footprint(self) -> Footprint:
        """What the processes hold, and what broker and database hold for them (O9)."""
        broker, database = self.victims.rabbit.ports.amqp, self.victims.postgres.port
        processes = {alias: held_by(process.pid, broker, database) for alias, process in self.running.processes.items()}
        ((sessions,),) = self.oracles.rows(
            "select count(*) - 1 from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
        )
        return Footprint(processes, *broker_holds(self.management_url, self.vhost), sessions)

    def baseline(self) -> Footprint:
        """The footprint before the first fault; the broker's own count of connections is some seconds late."""
        return eventually(lambda: (now := self.footprint()).is_complete() and now, within=20, every=0.3)

    def gives_back(self, baseline: Footprint) -> None:
        """O9: nothing of what a fault made anybody hold is held for good."""

        def given_back() -> bool:
            problems = self.footprint().exceeds(baseline, DATABASE_CONNECTIONS)
            assert problems == [], f"O9: {'; '.join(problems)}"
            return True

        eventually(given_back, within=30, every=0.3)

    @property
    def amqp_uri(self) -> str:
        """The broker."""
        return self.running.amqp_uri


class Producer:
    """Publishes what a relay would, and what it would publish twice."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def publish_thing(self, subject: str, value: int) -> None:
        """One probe.thing.changed."""
        event = Event("probe.thing.changed", subject, 1, "52.02", "h0001", datetime.now(UTC), {"thing_id": subject, "value": value})
        body = envelope(event, REGISTRY.get("probe.thing.changed"), correlation_id="test", causation_id=None)
        self.send([(routing_key(event), sequenced(orjson.dumps(body).decode(), 1, 1), body["id"])])

    def republish(self, rows: list[tuple[str, str, int]]) -> None:
        """Rows of an event log (routing key, envelope, seq) in the order given."""
        self.send([(key, sequenced(text, seq, 1), orjson.loads(text)["id"]) for key, text, seq in rows])

    def send(self, messages: list[tuple[str, bytes, str]]) -> None:
        """(routing key, body, message id), confirmed."""
        link = Link(self._uri, "producer")
        declare_consumer(link.channel(), "probe.things", ["probe.thing.changed"], 1)
        publisher = ConfirmedPublisher(link)
        for key, body, message_id in messages:
            publisher.send(Message(body, delivery_mode=2, message_id=message_id), EXCHANGE, key)
        publisher.wait()
        link.close()


@contextmanager
def arena_on(victims: Victims, logs: Path) -> Iterator[Arena]:
    """A fresh vhost and database on the victims, no process yet."""
    victims.heal()
    name = f"arena_{uuid.uuid4().hex[:8]}"
    management = victims.rabbit.management_url
    create_vhost(management, name)
    apply_policies(management, name)
    victims.postgres.create_database(name)
    url = "postgresql+psycopg2://" + victims.postgres.url(name).split("://", 1)[1]
    upgrade(url, ["probe"])
    uri = victims.rabbit.amqp_uri(name)
    link = Link(uri, "topology")
    declare_bus(link.channel())
    link.close()
    running = Running(uri, url, logs, {"HALLBUS_HEARTBEAT_SECONDS": "3"})
    yield Arena(victims, running, Oracles(url, uri), management, name, Producer(uri))
    running.close()
    victims.heal()
