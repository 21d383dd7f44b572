"""What every peer process shares: its settings, and the line that tells the harness it can be used."""

import asyncio
import os
import signal
import sys

AMQP = os.environ.get("BENCH_AMQP", "")
DSN = os.environ.get("BENCH_DSN", "")
PORT = int(os.environ.get("BENCH_PORT", "0"))


def announce() -> None:
    """Tell the harness that work can come."""
    sys.stdout.write("READY\n")
    sys.stdout.flush()


async def until_terminated() -> None:
    """Announce readiness and wait for SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    announce()
    await stop.wait()
