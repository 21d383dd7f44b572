"""Peer: nameko as it comes, one RPC method, 50 workers."""

import eventlet

eventlet.monkey_patch()  # before every other import, as nameko's own command line does

import signal  # noqa: E402 - see above

from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from bench.peers.ready import AMQP, announce  # noqa: E402


class EchoService:
    """Answers what it was asked."""

    name = "echo"

    @rpc
    def echo(self, request: dict[str, object]) -> dict[str, object]:
        """The request itself."""
        return request


def main() -> None:
    """Serve until told to stop."""
    runner = ServiceRunner({"AMQP_URI": AMQP.replace("amqp://", "pyamqp://"), "max_workers": 50})
    runner.add_service(EchoService)
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    runner.start()
    announce()
    runner.wait()


if __name__ == "__main__":
    main()
