"""Peer: the gateway as FastStream documents it, `broker.request` behind grpc.aio (direct reply-to, one call at a time)."""

import logging

import orjson
import uvloop
from faststream.rabbit import Channel, RabbitBroker

from bench.peers.grpc_gateway import serve
from bench.peers.ready import AMQP, until_terminated


async def main() -> None:
    """Serve until told to stop."""
    broker = RabbitBroker(AMQP, default_channel=Channel(publisher_confirms=False), logger=logging.getLogger("peer"))
    await broker.connect()
    await broker.start()

    async def command(request: dict[str, object]) -> dict[str, object]:
        reply = await broker.request(request, queue="bench.accept_case", timeout=20)
        return orjson.loads(reply.body)

    server = await serve(command)
    await until_terminated()
    await server.stop(1)
    await broker.stop()


if __name__ == "__main__":
    uvloop.run(main())
