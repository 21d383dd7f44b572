"""RPC echo with 32 callers on one raw AMQP connection: what the server side of a call costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bench import payloads
from bench.arena import Arena
from bench.comparisons.e2e import latencies
from bench.loads.rpc import RpcLoad, RpcLoadError
from bench.processes import Child, running
from bench.subject import Comparison, Floor, IncorrectResultError, Role, Sample, Subject

CALLERS = 32
WARM_UP_SECONDS = 1.0


class EchoServer(Protocol):
    """What the driver needs to know of one server of nameko's RPC wire."""

    @property
    def method(self) -> str:
        """`<service>.<method>`."""

    def prepare(self, arena: Arena) -> None:
        """Whatever it needs before it starts."""

    def headers(self) -> Mapping[str, object]:
        """Message headers of every call."""

    def start(self, arena: Arena) -> list[Child]:
        """Start it."""

    def request(self, number: int) -> dict[str, object]:
        """The number-th request, which is also the answer."""


@dataclass
class EchoRun:
    """One contestant of the echo comparison."""

    name: str
    role: Role
    server: EchoServer
    absent: Callable[[], str | None] = lambda: None

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return self.absent()

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Every answer must be the request, exactly once."""
        self.server.prepare(arena)
        with running(self.server.start(arena)) as children:
            load = RpcLoad(
                arena.amqp_uri,
                method=self.server.method,
                request=self.server.request,
                headers=self.server.headers(),
                in_flight=CALLERS,
            )
            try:
                load.run(WARM_UP_SECONDS)
                meter = arena.meter(children)
                result = load.run(seconds)
                cpu = meter.per_operation(result.answered)
            except RpcLoadError as error:
                raise IncorrectResultError(f"{self.name}: {error}") from error
            finally:
                load.close()
        return Sample(result.answered, result.seconds, cpu, latencies(result.latencies))


@dataclass
class EchoPeer:
    """A module of bench.peers that serves `echo.echo`."""

    module: str
    method: str = "echo.echo"

    def prepare(self, arena: Arena) -> None:
        """Nothing."""

    def headers(self) -> Mapping[str, object]:
        """None."""
        return {}

    def start(self, arena: Arena) -> list[Child]:
        """One process."""
        return [arena.child("server", self.module)]

    def request(self, number: int) -> dict[str, object]:
        """One acceptance."""
        return payloads.case(number)


def comparison(ours: Sequence[Subject] = ()) -> Comparison:
    """The chassis' RPC entrypoint against a bare kombu server and stock nameko."""
    peers = (
        EchoRun("raw-kombu", "limit", EchoPeer("bench.peers.kombu_echo")),
        EchoRun("stock-nameko", "peer", EchoPeer("bench.peers.nameko_echo")),
    )
    return Comparison(
        name="rpc-echo",
        title="RPC echo, 32 callers on one AMQP connection",
        unit="calls/s",
        subjects=(*ours, *peers),
        floors=(Floor("raw-kombu", 0.60, binding=False), Floor("stock-nameko", None)),
    )
