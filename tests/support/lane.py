"""The way of a fact through the chassis, step by step under a test's hand: command → outbox → relay → broker → inbox → effect.

Relay, consumer and database are the real ones; a step runs in the calling thread until there is nothing left to do, until an error would make it pause,
or until a crash point that the test chose. The broker is RabbitMQ or the one in memory.
"""

from __future__ import annotations

import sys
import threading
import types
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from chassis.amqp import ConfirmedPublisher, Link
from chassis.consumer import INTERRUPTIONS, Consume, consumes
from chassis.database import Db
from chassis.events import ReceivedEvent
from chassis.ids import new_id
from chassis.relay import Relay, RelaySettings
from chassis.testing import make_service
from chassis.topology import declare_consumer
from tests.support.fake_broker import FakeBroker, FakeLink, FakePublisher
from tests.support.oracles import Oracles
from tests.support.probe.contracts import REGISTRY
from tests.support.probe.orm import Thing
from tests.support.probe.service import ProbeConfig, ProbeService

THINGS = "probe.things"
BATCH = 4
BINDINGS = {"probe.thing.changed": THINGS, "probe.tick.happened": "probe.ticks"}


@consumes("probe.thing.changed", queue="things", batch=BATCH)
def on_things(service: Any, batch: list[ReceivedEvent]) -> None:
    """The probe's handler, many at a time."""
    for event in batch:
        ProbeService.on_thing.__wrapped__(service, event)


class Crash(BaseException):
    """The process died here: nobody may catch this."""


class CrashPoint:
    """Takes the place of `chassis.failpoints.failpoint`; `at` names where the next step dies."""

    def __init__(self) -> None:
        self.at: str | None = None

    def __call__(self, name: str) -> None:
        if name == self.at:
            self.at = None
            raise Crash(name)


class FakeGround:
    """The broker in memory, put in the place of the connection classes."""

    uri = "fake"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broker = FakeBroker(BINDINGS)
        for module in ("chassis.relay", "chassis.consumer"):
            monkeypatch.setattr(f"{module}.Link", self._connect)
            monkeypatch.setattr(f"{module}.ConfirmedPublisher", FakePublisher)

    def _connect(self, *_: Any, **__: Any) -> FakeLink:
        return self.broker.link()

    def open(self) -> tuple[Any, Any, Any]:
        """Link, channel and publisher of a consumer."""
        link = self.broker.link()
        return link, link, FakePublisher(link)

    def log(self) -> list[dict[str, Any]]:
        """Everything that went over the exchange, in order."""
        return self.broker.log


class RealGround:
    """RabbitMQ."""

    def __init__(self, uri: str, database_url: str) -> None:
        self.uri = uri
        self._oracles = Oracles(database_url, uri)
        link = Link(uri, "lane")
        for type_, queue in BINDINGS.items():
            declare_consumer(link.channel(), queue, [type_], 1)
        link.close()

    def open(self) -> tuple[Any, Any, Any]:
        """Link, channel and publisher of a consumer."""
        link = Link(self.uri, "lane")
        return link, link.channel(), ConfirmedPublisher(link)

    def log(self) -> list[dict[str, Any]]:
        """The stream from its first message."""
        return self._oracles.stream()


class _UntilIdle(threading.Event):
    """A relay that would wait for work, or after an error, ends instead."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


class _Container:
    """What the consuming loop needs of nameko's: here a worker is a plain call."""

    service_name = "probe"

    def __init__(self, service: ProbeService, db: Db, uri: str) -> None:
        self._service = service
        process = types.SimpleNamespace(amqp_uri=uri, heartbeat_seconds=10)
        self.config = {"process": process, "contracts": REGISTRY, "db": db}

    def spawn_worker(self, entrypoint: Consume, args: tuple[Any, ...], _kwargs: Any, *, handle_result: Callable[..., Any]) -> None:
        """Run the handler and hand over its outcome."""
        result, failed = None, None
        try:
            result = entrypoint.method(self._service, *args)
        except Exception:  # noqa: BLE001  handed over as nameko does
            failed = sys.exc_info()
        handle_result(None, result, failed)


class Lane:
    """One probe, its rows, its relay and its consumer of things."""

    def __init__(self, db: Db, ground: FakeGround | RealGround, monkeypatch: pytest.MonkeyPatch) -> None:
        self.db, self.ground, self.crash = db, ground, CrashPoint()
        for module in ("relay", "consumer", "database"):
            monkeypatch.setattr(f"chassis.{module}.failpoint", self.crash)
        self.service = make_service(ProbeService, db=db, config=ProbeConfig())
        self.told: dict[str, list[int]] = defaultdict(list)
        self._engine = sa.create_engine(db.dsn, poolclass=NullPool)
        self._value = 0
        self._relay: Relay | None = None

    def reset(self) -> None:
        """Empty tables and an empty broker (in memory): the next example starts from nothing."""
        self.told.clear()
        self.crash.at, self._value, self._relay = None, 0, None
        self.failing("")
        assert isinstance(self.ground, FakeGround)
        self.ground.broker = FakeBroker(BINDINGS)
        with self.db.transaction() as tx:
            for table in ("outbox", "event_log", "inbox", "idempotency", "things", "effects"):
                tx.execute(f"DELETE FROM probe.{table}")
            tx.execute("UPDATE probe.relay_state SET seq = 0, published = 0")

    def failing(self, subject: str) -> None:
        """From now on the handler cannot stand this subject."""
        self.service.config = ProbeConfig(fail_subject=subject)

    def command(self, name: str, *, crash: str | None = None) -> None:
        """Set a thing to the next value; what was committed is what must take effect, crash or not."""
        self._value += 1
        self.crash.at = crash
        try:
            with self.db.transaction() as tx:
                thing = tx.find(Thing, name, for_update=True) or Thing(name, "52.02", "h0001")
                tx.add(thing)
                thing.change(self._value)
        except Crash as crashed:
            if str(crashed) == "transaction.before_commit":
                return
        self.told[name].append(self._value)

    def relay(self, *, crash: str | None = None) -> None:
        """The relay works until it is idle, meets an error or dies; only after a death it is another process that goes on."""
        relay = self._relay = self._relay or Relay(RelaySettings(self.db.dsn, "probe", self.ground.uri))
        relay._stopping = _UntilIdle()
        self.crash.at = crash
        try:
            relay.run()
        except Crash:
            self._relay = None
        finally:
            self.crash.at = None

    def consume(self, *, crash: str | None = None) -> int:
        """A consumer takes a batch of what waits and works on it; how many it took. Dying or meeting an error, it leaves them to the broker."""
        consume = Consume(on_things.subscription)
        consume.container, consume.method_name = _Container(self.service, self.db, self.ground.uri), "on_things"
        consume.method = on_things
        consume.setup()
        link, channel, publisher = self.ground.open()
        self.crash.at = crash
        try:
            waiting = [m for m in (channel.basic_get(THINGS, no_ack=False) for _ in range(BATCH)) if m is not None]
            if waiting:
                consume._work(link, channel, publisher, [consume._decoded(message) for message in waiting])
            return len(waiting)
        except (Crash, *INTERRUPTIONS):
            return -1
        finally:
            self.crash.at = None
            link.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the probe's schema."""
        with self.db.read() as tx:
            return [tuple(row) for row in tx.execute(query)]

    def slow_transaction(self) -> sa.Connection:
        """An open transaction that has written to the outbox; rows committed by others meanwhile overtake it."""
        connection = self._engine.connect()
        connection.exec_driver_sql(
            "INSERT INTO probe.outbox (event_id, routing_key, envelope) VALUES (%(id)s, 'probe.tick.happened.v1.52.02.h0001', %(body)s)",
            {"id": (name := new_id()), "body": f'{{"id":"{name}"}}'},
        )
        return connection

    def at_rest(self) -> None:
        """Let everything run to its end."""
        self.relay()
        while self.consume():
            pass

    def nothing_published_ahead(self) -> None:
        """What counts as published is in the broker's log."""
        known = {event["id"] for event in self.ground.log()}
        query = "select event_id from probe.event_log where seq <= (select published from probe.relay_state)"
        missing = {row[0] for row in self.rows(query)} - known
        assert not missing, f"counted as published, never confirmed: {sorted(missing)}"

    def nothing_lost_nothing_twice(self) -> None:
        """O1-O5 of a lane at rest."""
        effects: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for subject, version, number in self.rows("select subject, version, number from probe.effects order by subject, version, id"):
            effects[subject].append((version, number))
        expected = {name: list(enumerate(values, 1)) for name, values in self.told.items() if values}
        assert dict(effects) == expected, "O1-O3: effects are not what was committed"
        assert self.rows("select count(*), seq - published from probe.relay_state, probe.outbox group by seq, published") == []
        logged = self.rows("select seq, event_id from probe.event_log order by seq")
        assert [seq for seq, _ in logged] == list(range(1, len(logged) + 1)), "O4: the log has gaps"
        seen = list(dict.fromkeys(event["id"] for event in self.ground.log()))
        assert seen == [event_id for _, event_id in logged], "O5: the stream is not the log"
