"""Peer: a gateway made by hand on aio-pika: one exclusive reply queue, futures by correlation id, nothing persistent."""

import asyncio
import itertools

import aio_pika
import orjson
import uvloop

from bench.peers.grpc_gateway import serve
from bench.peers.ready import AMQP, until_terminated


class RpcClient:
    """Request and reply over one channel."""

    def __init__(self, channel: aio_pika.abc.AbstractChannel, replies: aio_pika.abc.AbstractQueue) -> None:
        self._exchange, self._reply_to = channel.default_exchange, replies.name
        self._numbers = itertools.count()
        self._futures: dict[str, asyncio.Future[dict[str, object]]] = {}

    @classmethod
    async def open(cls, connection: aio_pika.abc.AbstractConnection) -> "RpcClient":
        """Declare the reply queue and start reading it."""
        channel = await connection.channel(publisher_confirms=False)
        replies = await channel.declare_queue(exclusive=True)
        client = cls(channel, replies)
        await replies.consume(client._on_reply, no_ack=True)
        return client

    async def call(self, queue: str, request: dict[str, object]) -> dict[str, object]:
        """One request, its answer within 20 s."""
        number = str(next(self._numbers))
        future = self._futures[number] = asyncio.get_running_loop().create_future()
        message = aio_pika.Message(
            orjson.dumps(request),
            content_type="application/json",
            correlation_id=number,
            reply_to=self._reply_to,
            delivery_mode=aio_pika.DeliveryMode.NOT_PERSISTENT,
        )
        try:
            await self._exchange.publish(message, routing_key=queue)
            async with asyncio.timeout(20):
                return await future
        finally:
            self._futures.pop(number, None)

    async def _on_reply(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        future = self._futures.get(message.correlation_id or "")
        if future is not None and not future.done():
            future.set_result(orjson.loads(message.body))


async def main() -> None:
    """Serve until told to stop."""
    connection = await aio_pika.connect(AMQP)
    client = await RpcClient.open(connection)
    server = await serve(lambda request: client.call("bench.accept_case", request))
    await until_terminated()
    await server.stop(1)
    await connection.close()


if __name__ == "__main__":
    uvloop.run(main())
