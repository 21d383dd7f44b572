"""Hallbus' contestants, one list per comparison."""

from bench.comparisons.consumer import ConsumerRun
from bench.comparisons.e2e import EndToEnd
from bench.comparisons.latency import LatencyRun
from bench.comparisons.relay import RelayRun
from bench.comparisons.rpc_echo import EchoRun
from bench.comparisons.upload import UploadRun
from bench.subject import Subject
from bench.subjects import events, gateway, house, rpc, terminals

NAME = "hallbus"


def no_chassis() -> str | None:
    """What the chassis still lacks, or None."""
    return house.lacking("chassis.runner", "chassis.migrations")


def no_gateway() -> str | None:
    """What chassis and gateway still lack, or None."""
    return house.lacking("chassis.runner", "chassis.migrations", "gateway.__main__")


def no_devices() -> str | None:
    """What chassis and devices still lack, or None."""
    return house.lacking("chassis.runner", "chassis.migrations", "services.devices.service")


def end_to_end() -> list[Subject]:
    """Gateway and service; once more with the relay at work in the same process, which no peer has."""
    return [
        EndToEnd(NAME, "ours", gateway.GatewayAndService(relaying=False), no_gateway),
        EndToEnd(f"{NAME}-relaying", "variant", gateway.GatewayAndService(relaying=True), no_gateway),
    ]


def relay() -> list[Subject]:
    """The chassis' relay; once more with the stream hallbus.log bound, as it is in the house."""
    return [
        RelayRun(NAME, "ours", events.ChassisRelay(), absent=no_chassis),
        RelayRun(f"{NAME}-and-stream", "variant", events.ChassisRelay(), stream=True, absent=no_chassis),
    ]


def consumer() -> list[Subject]:
    """The chassis' batched consumer."""
    return [ConsumerRun(NAME, "ours", events.BatchedConsumer(), no_chassis)]


def upload(punches: int) -> list[Subject]:
    """The devices service; once more with its relay at work in the same process."""
    return [
        UploadRun(NAME, "ours", terminals.DevicesService(relaying=False), punches, no_devices),
        UploadRun(f"{NAME}-relaying", "variant", terminals.DevicesService(relaying=True), punches, no_devices),
    ]


def latency() -> list[Subject]:
    """Outbox to effect."""
    return [LatencyRun(NAME, "ours", events.OutboxToEffect(), no_chassis)]


def rpc_echo() -> list[Subject]:
    """The chassis' RPC entrypoint."""
    return [EchoRun(NAME, "ours", rpc.ChassisEcho(), no_chassis)]
