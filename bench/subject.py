"""What a contestant looks like to the harness, and what one round of it yields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bench.arena import Arena

Role = Literal["ours", "variant", "peer", "limit"]


class IncorrectResultError(AssertionError):
    """A message was lost, doubled or answered wrongly: the figures of this subject mean nothing."""


@dataclass(frozen=True)
class Sample:
    """One measured stretch: `operations` done in `seconds`, CPU microseconds per operation and process, extra figures."""

    operations: int
    seconds: float
    cpu_us: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.operations / self.seconds


class Subject(Protocol):
    """One contestant of one comparison."""

    @property
    def name(self) -> str:
        """Unique within the comparison, for example `hallbus` or `faststream-request`."""

    @property
    def role(self) -> Role:
        """`ours` is held against every other subject of the comparison."""

    def missing(self) -> str | None:
        """Why this subject cannot run here, or None."""

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Start own processes, measure for about `seconds`, prove correctness, stop own processes.

        Raises IncorrectResultError when anything was lost, doubled or wrong.
        """


@dataclass(frozen=True)
class Floor:
    """What our side must reach against one peer: rate(ours) / rate(peer) >= minimum.

    Without a minimum, or when it does not bind, the ratio is shown and not judged.
    """

    peer: str
    minimum: float | None
    binding: bool = True


@dataclass(frozen=True)
class Limit:
    """A bound on one extra figure of our own subject, for example p99_ms <= 25."""

    figure: str
    maximum: float


@dataclass(frozen=True)
class Comparison:
    """Subjects that do the same work, with the floors they are judged by."""

    name: str
    title: str
    unit: str
    subjects: tuple[Subject, ...]
    floors: tuple[Floor, ...] = ()
    limits: tuple[Limit, ...] = ()
