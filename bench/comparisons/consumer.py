"""Inbox and effect per event from a prefilled quorum queue; the database's own clock times first to last commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench import payloads
from bench.arena import Arena
from bench.deadline import wait_until
from bench.processes import Child, running
from bench.queues import depth, fresh_queue, prefill
from bench.subject import Comparison, Floor, IncorrectResultError, Role, Sample, Subject

DUPLICATES = 50
SCHEMA = (Path(__file__).parent.parent / "sql" / "consumer.sql").read_text()


class Consumer(Protocol):
    """What the driver needs to know of one consumer."""

    @property
    def expected_rate(self) -> float:
        """Rough events per second, only to size the work of a round."""

    @property
    def queue(self) -> str:
        """The queue it reads."""

    def prepare(self, arena: Arena) -> None:
        """Empty tables and an empty queue."""

    def fill(self, arena: Arena, numbers: Sequence[int]) -> None:
        """Put these events into the queue."""

    def start(self, arena: Arena) -> list[Child]:
        """Start the consumer."""

    def effects(self, arena: Arena) -> int:
        """Effects committed so far."""

    def timing(self, arena: Arena) -> tuple[int, int, int, float]:
        """Effects, distinct events among them, effects after the first commit, seconds from first to last commit."""


@dataclass
class ConsumerRun:
    """One contestant of the consumer comparison."""

    name: str
    role: Role
    consumer: Consumer
    absent: Callable[[], str | None] = lambda: None

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Fill the queue (a few events twice), start the consumer, wait until it is empty, count every effect."""
        count = max(1000, int(self.consumer.expected_rate * seconds))
        self.consumer.prepare(arena)
        self.consumer.fill(arena, [*range(count), *range(DUPLICATES)])
        with arena.channel() as channel:
            wait_until(lambda: depth(channel, self.consumer.queue) >= count + DUPLICATES, within=30, what="queue filled")
            with running(self.consumer.start(arena)) as children:
                meter = arena.meter(children)
                within = 20 * seconds + 60
                wait_until(lambda: depth(channel, self.consumer.queue) == 0, within=within, what=f"{self.name}: queue empty", every=0.05)
                wait_until(lambda: self.consumer.effects(arena) >= count, within=within, what=f"{self.name}: effects", every=0.05)
                cpu = meter.per_operation(count)
        rows, distinct, after_first, taken = self.consumer.timing(arena)
        if not (rows == distinct == count):
            raise IncorrectResultError(f"{self.name}: {count} events (and {DUPLICATES} duplicates), {rows} effects, {distinct} distinct")
        return Sample(after_first, taken, cpu)


TIMING = """
select count(*), count(distinct message_id), count(*) filter (where applied_at > first.at + interval '1 millisecond'),
       extract(epoch from max(applied_at) - first.at)::float8
  from {table}, (select min(applied_at) as at from {table}) as first
 group by first.at
"""


def timing(arena: Arena, table: str) -> tuple[int, int, int, float]:
    """The four figures of `Consumer.timing` from a table with message_id and applied_at."""
    ((rows, distinct, after_first, seconds),) = arena.fetch(TIMING.format(table=table))
    return int(str(rows)), int(str(distinct)), int(str(after_first)), float(str(seconds))


@dataclass
class FaststreamConsumer:
    """One message, one statement, one ack."""

    expected_rate: float = 1_400.0
    queue: str = "bench.consumed"

    def prepare(self, arena: Arena) -> None:
        """Empty tables and queue."""
        arena.execute(SCHEMA + "truncate inbox, effect")
        with arena.channel() as channel:
            fresh_queue(channel, self.queue)

    def fill(self, arena: Arena, numbers: Sequence[int]) -> None:
        """Through the default exchange."""
        events = (payloads.event(number) for number in numbers)
        with arena.channel() as channel:
            messages = [(str(event["id"]), payloads.compact(event)) for event in events]
            prefill(channel, messages, exchange="", routing_key=self.queue)

    def start(self, arena: Arena) -> list[Child]:
        """One process."""
        return [arena.child("consumer", "bench.peers.faststream_consumer")]

    def effects(self, arena: Arena) -> int:
        """Rows so far."""
        return int(str(arena.fetch("select count(*) from effect")[0][0]))

    def timing(self, arena: Arena) -> tuple[int, int, int, float]:
        """From the effects' own clock."""
        return timing(arena, "effect")


def comparison(ours: Sequence[Subject] = ()) -> Comparison:
    """Our batched consumer against FastStream per message."""
    return Comparison(
        name="consumer",
        title="inbox + effect per event, prefilled quorum queue, one process",
        unit="ev/s",
        subjects=(*ours, ConsumerRun("faststream-asyncpg", "peer", FaststreamConsumer())),
        floors=(Floor("faststream-asyncpg", 6.0),),
    )
