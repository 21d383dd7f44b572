"""Peer: faststream-outbox relaying to RabbitMQ, tuned: 10 workers, fetch 500, terminal deletes flushed 100 at a time."""

import logging

import uvloop
from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.annotations import OutboxMessage
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from bench.peers.ready import AMQP, DSN, until_terminated

WORKERS, FETCH, FLUSH = 10, 500, 100
outbox_table = make_outbox_table(MetaData(), table_name="outbox")


async def main() -> None:
    """Relay until told to stop."""
    engine = create_async_engine(DSN.replace("postgresql://", "postgresql+asyncpg://"), pool_size=WORKERS + 5)
    outbox = OutboxBroker(engine, outbox_table=outbox_table, logger=logging.getLogger("peer"))
    rabbit = RabbitBroker(AMQP, logger=logging.getLogger("peer"))
    exchange = RabbitExchange("hallbus.events", type=ExchangeType.TOPIC, durable=True)

    @outbox.subscriber(
        "bench",
        max_workers=WORKERS,
        fetch_batch_size=FETCH,
        min_fetch_interval=0.01,
        max_fetch_interval=0.05,
        terminal_flush_batch_size=FLUSH,
    )
    async def relay(body: dict[str, object], message: OutboxMessage) -> None:
        await rabbit.publish(
            body,
            exchange=exchange,
            routing_key=message.headers["topic"],
            message_id=message.headers["id"],
            content_type="application/json",
            persist=True,
        )

    await rabbit.connect()
    await rabbit.start()
    await outbox.start()
    await until_terminated()
    await outbox.stop()
    await rabbit.stop()
    await engine.dispose()


if __name__ == "__main__":
    uvloop.run(main())
