"""Outbox → event log → broker: one active relay per service, the others stand by on an advisory lock.

It takes whatever is visible in the outbox, gives it a dense `seq` and publishes in that order, waiting once per batch for the confirms, then advances
`published`. A crash anywhere means "published again, same order, same ids". It never remembers the last outbox id: rows become visible out of order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from amqp.basic_message import Message
from sqlalchemy import exc as sa_exc
from sqlalchemy.pool import NullPool

from chassis import metrics
from chassis.amqp import CONNECTION_ERRORS, ConfirmedPublisher, Link, Nacked, backoff
from chassis.database import CONNECT_ARGS
from chassis.errors import HallbusError, Unavailable
from chassis.events import EXCHANGE, sequenced
from chassis.failpoints import failpoint
from chassis.log import get_logger
from chassis.timeouts import bounded
from chassis.topology import declare_bus

log = get_logger(__name__)

BATCH = 500
STEP_SECONDS = 15.0
#: Dead tuples at the head of the index slow a scan from the start while a long snapshot is open; rows that a floor hides are found by the sweep.
LOOK_BACK = 20_000
SWEEP_SECONDS = 1.0
KEEP_DAYS = 30
INTERRUPTIONS: tuple[type[BaseException], ...] = (HallbusError, Nacked, sa_exc.SQLAlchemyError, *CONNECTION_ERRORS)

_MOVE = """
WITH moved AS (
    DELETE FROM {s}.outbox WHERE id = ANY (ARRAY(SELECT id FROM {s}.outbox WHERE id > %(floor)s ORDER BY id LIMIT %(batch)s))
    RETURNING id, event_id, routing_key, envelope
), numbered AS (
    SELECT m.id, m.event_id, m.routing_key, m.envelope, r.epoch, r.seq + row_number() OVER (ORDER BY m.id) AS seq
    FROM moved m, {s}.relay_state r
), logged AS (
    INSERT INTO {s}.event_log (seq, event_id, routing_key, envelope) SELECT seq, event_id, routing_key, envelope FROM numbered
), advanced AS (
    UPDATE {s}.relay_state SET seq = seq + (SELECT count(*) FROM moved) WHERE (SELECT count(*) FROM moved) > 0
)
SELECT seq, epoch, event_id, routing_key, envelope, id FROM numbered ORDER BY seq
"""
_UNPUBLISHED = """
SELECT l.seq, r.epoch, l.event_id, l.routing_key, l.envelope, 0 FROM {s}.event_log l, {s}.relay_state r
WHERE l.seq > r.published ORDER BY l.seq LIMIT %(batch)s
"""
# A crash that forgets this commit publishes a batch again, which is allowed at any time; waiting for the disk would only delay the next one.
_ADVANCE = """
BEGIN; SET LOCAL synchronous_commit TO off; UPDATE {s}.relay_state SET published = %(seq)s; COMMIT
"""
# A queue's statistics are always those of another moment: left to the planner, a burst into an empty outbox is read whole for every batch.
_PLANNER = " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
_PENDING = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM {s}.outbox LIMIT 100000) o) + (SELECT seq - published FROM {s}.relay_state),
       coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(created_at) FROM {s}.outbox)), 0)
"""


@dataclass(frozen=True)
class RelaySettings:
    """`poll_ms` between looks while events flow, growing to `idle_ms`."""

    dsn: str
    schema: str
    amqp_uri: str
    poll_ms: float = 4.0
    idle_ms: float = 50.0
    heartbeat: int = 10


class Relay:
    """Runs in a (green) thread of each service process; `run` returns after `stop`."""

    def __init__(self, settings: RelaySettings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._engine = sa.create_engine(
            settings.dsn,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                **CONNECT_ARGS,
                "application_name": f"hallbus-{settings.schema}-relay",
                "options": f"{CONNECT_ARGS['options']}{_PLANNER}",
            },
        )
        self._sql = {
            name: text.format(s=settings.schema)
            for name, text in (("move", _MOVE), ("rest", _UNPUBLISHED), ("advance", _ADVANCE), ("pending", _PENDING))
        }
        self._highest = 0
        self._swept = 0.0
        self._measured = 0.0
        self.active = False

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped; trouble with database or broker means: connect again, continue where `published` stands."""
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._session()
            except INTERRUPTIONS as error:
                failures = 0 if time.monotonic() - started > 30 else failures + 1
                log.warning("relay_interrupted", schema=self._settings.schema, reason=str(error)[:300])
                self._stopping.wait(backoff(failures, ceiling=2.0))
            finally:
                self.active = False
                metrics.relay_active.set(0)
        self._engine.dispose()

    def _session(self) -> None:
        with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE")):
            connection = self._engine.connect()
        try:
            if self._wait_for_lock(connection):
                self.active = True
                metrics.relay_active.set(1)
                self._publish_all(connection)
        finally:
            # Not a polite close: a frozen server would keep it waiting, and the lock goes with the socket.
            connection.invalidate()
            connection.close()

    def _wait_for_lock(self, connection: sa.Connection) -> bool:
        while not self._stopping.is_set():
            with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE")):
                key = {"name": f"hallbus-relay-{self._settings.schema}"}
                if connection.exec_driver_sql("SELECT pg_try_advisory_lock(hashtext(%(name)s))", key).scalar():
                    return True
            self._stopping.wait(0.5)
        return False

    def _publish_all(self, connection: sa.Connection) -> None:
        link = Link(self._settings.amqp_uri, f"{self._settings.schema}-relay", heartbeat=self._settings.heartbeat)
        try:
            with link.write:
                declare_bus(link.channel())
            publisher = ConfirmedPublisher(link)
            self._partitions(connection)
            while self._forward(connection, publisher, self._fetch(connection, "rest")):
                pass
            self._loop(connection, link, publisher)
        finally:
            link.close()

    def _loop(self, connection: sa.Connection, link: Link, publisher: ConfirmedPublisher) -> None:
        pause, drained = self._settings.poll_ms, time.monotonic()
        while not self._stopping.is_set():
            rows = self._fetch(connection, "move")
            if rows:
                failpoint("relay.after_move_before_publish")
                self._forward(connection, publisher, rows)
                pause = self._settings.poll_ms
            else:
                self._stopping.wait(pause / 1000)
                pause = min(pause * 1.5, self._settings.idle_ms)
                if time.monotonic() - drained > 1.0:
                    # A publisher that never reads is taken for dead by its own heartbeat check.
                    link.drain(0.001)
                    link.check_alive()
                    drained = time.monotonic()
            self._measure(connection)

    def _fetch(self, connection: sa.Connection, what: str) -> list[Any]:
        floor = self._highest - LOOK_BACK
        if what == "move" and time.monotonic() - self._swept > SWEEP_SECONDS:
            floor, self._swept = -1, time.monotonic()
        with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE", "the relay's database does not answer")):
            rows = list(connection.exec_driver_sql(self._sql[what], {"floor": floor, "batch": BATCH}))
        if rows:
            self._highest = max(self._highest, *(row[5] for row in rows))
        return rows

    def _forward(self, connection: sa.Connection, publisher: ConfirmedPublisher, rows: list[Any]) -> bool:
        if not rows:
            return False
        publisher.send_all(_messages(rows), EXCHANGE)
        failpoint("relay.after_publish_before_confirm")
        publisher.wait()
        failpoint("relay.after_confirm_before_advance")
        with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE", "the relay's database does not answer")):
            connection.exec_driver_sql(self._sql["advance"], {"seq": rows[-1][0]})
        metrics.outbox_published.labels("ok").inc(len(rows))
        return True

    def _partitions(self, connection: sa.Connection) -> None:
        with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE")):
            connection.exec_driver_sql(f"SELECT {self._settings.schema}.keep_event_log(%(days)s)", {"days": KEEP_DAYS})

    def _measure(self, connection: sa.Connection) -> None:
        if time.monotonic() - self._measured < 5.0:
            return
        if int(self._measured / 3600) != int(time.monotonic() / 3600):
            self._partitions(connection)
        self._measured = time.monotonic()
        with bounded(STEP_SECONDS, Unavailable("DATABASE_UNAVAILABLE")):
            pending, age = connection.exec_driver_sql(self._sql["pending"]).one()
        metrics.outbox_pending.set(pending)
        metrics.outbox_oldest_seconds.set(age)


def _messages(rows: list[Any]) -> Iterator[tuple[Message, str]]:
    stamp = int(time.time())
    for seq, epoch, event_id, key, envelope, _ in rows:
        message = Message(
            sequenced(envelope, seq, epoch),
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=event_id,
            timestamp=stamp,
        )
        yield message, key
