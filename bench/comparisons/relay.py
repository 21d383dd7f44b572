"""Outbox rows → confirmed publish into a quorum queue: all rows committed at once, measured until the last has arrived."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from psycopg2.extras import execute_values

from bench import payloads
from bench.arena import Arena
from bench.deadline import wait_until
from bench.processes import Child, running
from bench.queues import bind_queue, depth, drain
from bench.subject import Comparison, Floor, IncorrectResultError, Role, Sample, Subject
from chassis.events import EXCHANGE, STREAM
from chassis.topology import declare_bus

WARM_UP_ROWS = 300
QUEUE = "bench.relayed"
SCHEMA = (Path(__file__).parent.parent / "sql" / "relay.sql").read_text()


class Relay(Protocol):
    """What the driver needs to know of one relay."""

    @property
    def expected_rate(self) -> float:
        """Rough messages per second, only to size the work of a round."""

    @property
    def ordered(self) -> bool:
        """Whether the order of the outbox is promised and therefore checked."""

    def prepare(self, arena: Arena) -> None:
        """Make or empty the tables."""

    def start(self, arena: Arena) -> list[Child]:
        """Start the relay."""

    def fill(self, arena: Arena, first: int, count: int) -> list[str]:
        """Commit `count` outbox rows in one transaction; returns their message ids in order."""

    def waiting(self, arena: Arena) -> int:
        """Rows that are not yet marked as sent."""


@dataclass
class RelayRun:
    """One contestant of the relay comparison."""

    name: str
    role: Role
    relay: Relay
    stream: bool = False
    absent: Callable[[], str | None] = lambda: None

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Warm up with a few rows, commit the rest, time until all are in the queue, then read every one of them."""
        self.relay.prepare(arena)
        count = max(1000, int(self.relay.expected_rate * seconds))
        with arena.channel() as channel:
            declare_bus(channel)
            bind_queue(channel, QUEUE, exchange=EXCHANGE)
            with running(self.relay.start(arena)) as children:
                ids = self.relay.fill(arena, 0, WARM_UP_ROWS)
                wait_until(lambda: depth(channel, QUEUE) >= WARM_UP_ROWS, within=60, what=f"{self.name}: warm-up rows relayed")
                if not self.stream:
                    # The house logs everything in a stream as well, which doubles the broker's work and would hide what relays cost.
                    channel.queue_unbind(STREAM, EXCHANGE, "#")
                meter = arena.meter(children)
                ids += self.relay.fill(arena, WARM_UP_ROWS, count)
                started = time.perf_counter()
                wait_until(lambda: depth(channel, QUEUE) >= len(ids), within=20 * seconds + 60, what=f"{self.name}: rows relayed")
                taken = time.perf_counter() - started
                cpu = meter.per_operation(count)
                wait_until(lambda: self.relay.waiting(arena) == 0, within=30, what=f"{self.name}: outbox empty")
            self._verify(ids, [str(message.properties["message_id"]) for message in drain(channel, QUEUE)])
        return Sample(count, taken, cpu)

    def _verify(self, sent: list[str], arrived: list[str]) -> None:
        if len(arrived) != len(set(arrived)) or set(arrived) != set(sent):
            raise IncorrectResultError(
                f"{self.name}: {len(sent)} rows committed, {len(arrived)} messages, {len(set(arrived))} distinct, "
                f"{len(set(sent) - set(arrived))} missing, {len(set(arrived) - set(sent))} unknown"
            )
        if self.relay.ordered and arrived != sent:
            raise IncorrectResultError(f"{self.name}: the messages did not arrive in the order of the outbox")


@dataclass
class BatchedPublisher:
    """500 rows, one wait, one commit."""

    expected_rate: float = 15_000.0
    ordered: bool = True

    def prepare(self, arena: Arena) -> None:
        """An empty outbox."""
        arena.execute(SCHEMA + "truncate outbox restart identity")

    def start(self, arena: Arena) -> list[Child]:
        """One process."""
        return [arena.child("relay", "bench.peers.batched_publisher")]

    def fill(self, arena: Arena, first: int, count: int) -> list[str]:
        """Rows of one transaction."""
        events = [payloads.event(number) for number in range(first, first + count)]
        rows = [(e["id"], payloads.routing_key(first + n), payloads.compact(e)) for n, e in enumerate(events)]
        return insert_rows(arena, "insert into outbox (message_id, topic, payload) values %s", rows, events)

    def waiting(self, arena: Arena) -> int:
        """Rows left."""
        return int(str(arena.fetch("select count(*) from outbox")[0][0]))


@dataclass
class FaststreamOutbox:
    """The library's own table and subscriber."""

    expected_rate: float = 1_500.0
    ordered: bool = False

    def prepare(self, arena: Arena) -> None:
        """The table as the library defines it, empty, with the autovacuum settings it recommends."""
        from faststream_outbox import make_outbox_table, outbox_autovacuum_ddl
        from sqlalchemy import MetaData, create_engine, text

        engine = create_engine(arena.dsn.replace("postgresql://", "postgresql+psycopg2://"))
        metadata = MetaData()
        make_outbox_table(metadata, table_name="outbox")
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(text("truncate outbox restart identity"))
            connection.execute(text(outbox_autovacuum_ddl("outbox")))
        engine.dispose()

    def start(self, arena: Arena) -> list[Child]:
        """One process."""
        return [arena.child("relay", "bench.peers.faststream_outbox")]

    def fill(self, arena: Arena, first: int, count: int) -> list[str]:
        """Rows of one transaction, as the library's own publish writes them; NOTIFY wakes the fetch loop as usual."""
        events = [payloads.event(number) for number in range(first, first + count)]
        headers = [json.dumps({"id": e["id"], "topic": payloads.routing_key(first + n)}) for n, e in enumerate(events)]
        rows = [("bench", payloads.compact(e).encode(), header) for e, header in zip(events, headers, strict=True)]
        ids = insert_rows(arena, "insert into outbox (queue, payload, headers) values %s", rows, events)
        arena.execute("select pg_notify('outbox_outbox', 'bench')")
        return ids

    def waiting(self, arena: Arena) -> int:
        """Rows left."""
        return int(str(arena.fetch("select count(*) from outbox")[0][0]))


def insert_rows(arena: Arena, statement: str, rows: Sequence[tuple[object, ...]], events: Sequence[dict[str, object]]) -> list[str]:
    """Insert in one transaction; the ids of the events in order."""
    with arena.database() as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            execute_values(cursor, statement, rows, page_size=1000)
        connection.commit()
    return [str(event["id"]) for event in events]


def comparison(ours: Sequence[Subject] = ()) -> Comparison:
    """Ours against the bare batched publisher and faststream-outbox."""
    peers = (
        RelayRun("bare-batched-publisher", "peer", BatchedPublisher()),
        RelayRun("faststream-outbox", "peer", FaststreamOutbox()),
    )
    return Comparison(
        name="relay",
        title="outbox → confirmed publish into a quorum queue",
        unit="msg/s",
        subjects=(*ours, *peers),
        floors=(Floor("bare-batched-publisher", 0.65), Floor("faststream-outbox", 6.0)),
    )
