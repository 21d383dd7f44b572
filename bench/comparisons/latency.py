"""Commit → effect of a consumer at 200 events/s: ours alone, against a bound in milliseconds."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bench.arena import Arena
from bench.comparisons.e2e import latencies
from bench.deadline import wait_until
from bench.processes import Child, running
from bench.subject import Comparison, IncorrectResultError, Limit, Role, Sample, Subject

EVENTS_PER_SECOND = 200
WARM_UP_EVENTS = 200

Emit = Callable[[int], str]


class Pipeline(Protocol):
    """What the driver needs to know of outbox, relay, queue and consumer together."""

    def prepare(self, arena: Arena) -> None:
        """Empty tables and queues."""

    def start(self, arena: Arena) -> list[Child]:
        """Start relay and consumer."""

    def emitter(self, arena: Arena) -> AbstractContextManager[Emit]:
        """A function that commits the number-th event and returns its id."""

    def effects(self, arena: Arena) -> list[tuple[str, float]]:
        """Event ids with the time of their effect, seconds since 1970 by the database's clock on this machine."""


@dataclass
class LatencyRun:
    """One pipeline under a steady trickle."""

    name: str
    role: Role
    pipeline: Pipeline
    absent: Callable[[], str | None] = lambda: None

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Commit on a fixed timetable, whatever the pipeline does; the clock starts before the commit is sent."""
        self.pipeline.prepare(arena)
        count = WARM_UP_EVENTS + int(EVENTS_PER_SECOND * seconds)
        committed: dict[str, float] = {}
        with running(self.pipeline.start(arena)) as children:
            meter = arena.meter(children)
            with self.pipeline.emitter(arena) as emit:
                started = time.monotonic()
                for number in range(count):
                    time.sleep(max(0.0, started + number / EVENTS_PER_SECOND - time.monotonic()))
                    at = time.time()
                    committed[emit(number)] = at
                taken = time.monotonic() - started
            cpu = meter.per_operation(count)
            wait_until(lambda: len(self.pipeline.effects(arena)) >= count, within=30, what=f"{self.name}: effects", every=0.1)
        effects = self.pipeline.effects(arena)
        if len(effects) != count or {identity for identity, _ in effects} != set(committed):
            raise IncorrectResultError(f"{self.name}: {count} events committed, {len(effects)} effects")
        measured = list(committed)[WARM_UP_EVENTS:]
        applied = dict(effects)
        return Sample(count, taken, cpu, latencies([applied[identity] - committed[identity] for identity in measured]))


def comparison(ours: Sequence[Subject] = ()) -> Comparison:
    """Our pipeline against its bound."""
    return Comparison(
        name="latency",
        title=f"commit → consumer effect at {EVENTS_PER_SECOND} events/s",
        unit="ev/s",
        subjects=tuple(ours),
        limits=(Limit("p99_ms", 25.0),),
    )
