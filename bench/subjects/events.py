"""Our relay, our batched consumer, and both together."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import payloads
from bench.arena import Arena
from bench.comparisons.consumer import timing
from bench.comparisons.latency import Emit
from bench.comparisons.relay import insert_rows
from bench.processes import Child
from bench.queues import prefill
from bench.subjects import house
from bench.subjects.contracts import REGISTRY, TYPE
from chassis.database import Db
from chassis.events import Event
from chassis.roles import service_dsn
from chassis.topology import declare_consumer

QUEUE = "bench_reader.effects"
WAITING = "select (select count(*) from bench.outbox) + (select seq - published from bench.relay_state)"


@dataclass
class ChassisRelay:
    """The relay as it runs in every service process, with its event log, dense sequence and advisory lock."""

    expected_rate: float = 12_000.0
    ordered: bool = True

    def prepare(self, arena: Arena) -> None:
        """An empty outbox and log."""
        house.prepare(arena, "bench", "cases")

    def start(self, arena: Arena) -> list[Child]:
        """One service process; nobody calls it, so its relay is all that works."""
        return [house.service(arena, "bench")]

    def fill(self, arena: Arena, first: int, count: int) -> list[str]:
        """Rows as the unit of work writes them."""
        events = [payloads.envelope(number) for number in range(first, first + count)]
        rows = [(e["id"], payloads.routing_key(first + n), payloads.compact(e)) for n, e in enumerate(events)]
        return insert_rows(arena, "insert into bench.outbox (event_id, routing_key, envelope) values %s", rows, events)

    def waiting(self, arena: Arena) -> int:
        """In the outbox or logged and not yet confirmed."""
        return int(str(arena.fetch(WAITING)[0][0]))


@dataclass
class BatchedConsumer:
    """`@consumes(…, batch=200)` with its inbox."""

    expected_rate: float = 10_000.0
    queue: str = QUEUE

    def prepare(self, arena: Arena) -> None:
        """Empty tables, an empty queue with its bindings."""
        house.prepare(arena, "bench_reader", "effect")
        with arena.channel() as channel:
            channel.queue_delete(QUEUE)
            declare_consumer(channel, QUEUE, [TYPE], 1)

    def fill(self, arena: Arena, numbers: Sequence[int]) -> None:
        """Straight into the queue, so that only the consumer is timed."""
        events = (payloads.event(number) for number in numbers)
        with arena.channel() as channel:
            messages = [(str(event["id"]), payloads.compact(event)) for event in events]
            prefill(channel, messages, exchange="", routing_key=QUEUE)

    def start(self, arena: Arena) -> list[Child]:
        """One service process."""
        return [house.service(arena, "bench_reader")]

    def effects(self, arena: Arena) -> int:
        """Rows so far."""
        return int(str(arena.fetch("select count(*) from bench_reader.effect")[0][0]))

    def timing(self, arena: Arena) -> tuple[int, int, int, float]:
        """From the effects' own clock."""
        return timing(arena, "bench_reader.effect")


@dataclass
class OutboxToEffect:
    """A producer's relay and another service's consumer, each in its own process, as in the house."""

    def prepare(self, arena: Arena) -> None:
        """Both schemas empty, the queue empty."""
        house.prepare(arena, "bench", "cases")
        BatchedConsumer().prepare(arena)

    def start(self, arena: Arena) -> list[Child]:
        """The producer (relay) and the consumer."""
        return [house.service(arena, "bench"), house.service(arena, "bench_reader")]

    @contextlib.contextmanager
    def emitter(self, arena: Arena) -> Iterator[Emit]:
        """Commits through the unit of work of the house, under the service's own role."""
        db = Db(service_dsn(house.database_url(arena), "bench"), "bench", REGISTRY)

        def emit(number: int) -> str:
            subject = f"case-{number}"
            with db.transaction() as tx:
                data = {"item_code": "520200-00001-01", "staff_id": "s00001", "points": 1}
                tx.emit(Event(TYPE, subject, 1, payloads.REGION, f"h{number % 40:04d}", tx.now, data))
            return subject

        try:
            yield emit
        finally:
            db.close()

    def effects(self, arena: Arena) -> list[tuple[str, float]]:
        """By subject, which the emitter makes unique."""
        rows = arena.fetch("select subject, extract(epoch from applied_at)::float8 from bench_reader.effect")
        return [(str(subject), float(str(at))) for subject, at in rows]
