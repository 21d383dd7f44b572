"""gRPC → AMQP RPC → service → case and outbox row → commit, 16 calls in flight."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench import payloads
from bench.arena import Arena
from bench.loads.grpc import GrpcLoad, LoadResult
from bench.ports import free_port
from bench.processes import Child, running
from bench.protos import messages
from bench.subject import Comparison, Floor, IncorrectResultError, Role, Sample, Subject

IN_FLIGHT = 16
WARM_UP_SECONDS = 1.0
SCHEMA = (Path(__file__).parent.parent / "sql" / "e2e.sql").read_text()


class Command(Protocol):
    """What the driver needs to know of one system that takes a command by gRPC."""

    @property
    def path(self) -> str:
        """Full method, for example `/hallbus.v1.BenchService/AcceptCase`."""

    def prepare(self, arena: Arena) -> None:
        """Make or empty the tables."""

    def start(self, arena: Arena, port: int) -> list[Child]:
        """Start service and gateway; the gateway listens on the port."""

    def metadata(self, arena: Arena) -> Sequence[tuple[str, str]]:
        """Headers of every call (an API key for ours, none for the peers)."""

    def message(self, number: int) -> bytes:
        """The number-th request as protobuf bytes."""

    def stored(self, arena: Arena) -> tuple[int, int, int]:
        """Rows, distinct requests among them, outbox (or already relayed) events."""


@dataclass
class EndToEnd:
    """One contestant of the end-to-end comparison."""

    name: str
    role: Role
    command: Command
    absent: Callable[[], str | None] = lambda: None
    _next: int = field(default=0, init=False)

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Fresh processes and empty tables, a warm-up, the measured stretch, then every answer held against the rows."""
        self.command.prepare(arena)
        port = free_port()
        with running(self.command.start(arena, port)) as children:
            load = GrpcLoad(port, self.command.path, metadata=self.command.metadata(arena), in_flight=IN_FLIGHT)
            try:
                warm = load.run(self.command.message, first=0, seconds=WARM_UP_SECONDS)
                meter = arena.meter(children)
                result = load.run(self.command.message, first=len(warm.replies), seconds=seconds)
                cpu = meter.per_operation(len(result.replies))
            finally:
                load.close()
            self._verify(arena, warm, result)
        return Sample(len(result.replies), result.seconds, cpu, latencies(result.latencies))

    def _verify(self, arena: Arena, *results: LoadResult) -> None:
        answered = [number for result in results for number, _ in result.replies]
        rows, distinct, events = self.command.stored(arena)
        if len(set(answered)) != len(answered):
            raise IncorrectResultError(f"{self.name}: a call was answered twice")
        if not (rows == distinct == events == len(answered)):
            raise IncorrectResultError(
                f"{self.name}: {len(answered)} commands answered, but {rows} cases, {distinct} distinct requests, {events} events"
            )


def latencies(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50_ms": cuts[49] * 1000, "p99_ms": cuts[98] * 1000}


@dataclass
class AsyncioPeer:
    """grpc.aio gateway of the named module in front of FastStream + asyncpg."""

    gateway: str
    path: str = "/hallbus.v1.BenchService/AcceptCase"

    def prepare(self, arena: Arena) -> None:
        """Empty tables."""
        arena.execute(SCHEMA + "truncate cases, outbox restart identity")

    def start(self, arena: Arena, port: int) -> list[Child]:
        """Service and gateway, each a process."""
        service = arena.child("service", "bench.peers.faststream_service")
        gateway = arena.child("gateway", self.gateway, env={"BENCH_PORT": str(port)})
        return [service, gateway]

    def metadata(self, arena: Arena) -> Sequence[tuple[str, str]]:
        """The peers do not authenticate; that is a cost only ours carries."""
        return ()

    def message(self, number: int) -> bytes:
        """One acceptance."""
        return bytes(messages().BenchCaseRequest(**payloads.case(number)).SerializeToString())

    def stored(self, arena: Arena) -> tuple[int, int, int]:
        """What the tables say."""
        ((rows, distinct, events),) = arena.fetch(
            "select count(*), count(distinct request_id), (select count(distinct message_id) from outbox) from cases"
        )
        return int(str(rows)), int(str(distinct)), int(str(events))


def comparison(ours: Sequence[Subject] = ()) -> Comparison:
    """Ours against the FastStream `request` gateway and the one made by hand on aio-pika."""
    peers = (
        EndToEnd("faststream-request", "peer", AsyncioPeer("bench.peers.faststream_gateway")),
        EndToEnd("aio-pika-by-hand", "peer", AsyncioPeer("bench.peers.aiopika_gateway")),
    )
    return Comparison(
        name="e2e",
        title="gRPC → AMQP RPC → service → case + outbox row → commit, 16 in flight",
        unit="calls/s",
        subjects=(*ours, *peers),
        floors=(Floor("faststream-request", 2.5), Floor("aio-pika-by-hand", 0.85)),
    )
