"""Our RPC entrypoint under the echo load."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench import payloads
from bench.arena import Arena
from bench.processes import Child
from bench.subjects import house


@dataclass
class ChassisEcho:
    """Schema validation on the way in and out, as every method of the house has it."""

    method: str = "bench.echo"

    def prepare(self, arena: Arena) -> None:
        """The process wants its schema."""
        house.prepare(arena, "bench", "cases")

    def headers(self) -> Mapping[str, object]:
        """None: the caller is the house itself."""
        return {}

    def start(self, arena: Arena) -> list[Child]:
        """One service process; its relay has nothing to do."""
        return [house.service(arena, "bench", workers=50)]

    def request(self, number: int) -> dict[str, object]:
        """The chassis keeps request_id for itself, so an echo cannot return it."""
        return {name: value for name, value in payloads.case(number).items() if name != "request_id"}
