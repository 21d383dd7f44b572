"""Peer: a FastStream subscriber per message with asyncpg on uvloop; inbox and effect in one statement, ack after it."""

import logging
from pathlib import Path

import asyncpg
import uvloop
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from bench.peers.ready import AMQP, DSN, until_terminated

CONSUME = (Path(__file__).parent.parent / "sql" / "consume_event.sql").read_text()
PREFETCH, POOL = 200, 16
broker = RabbitBroker(AMQP, default_channel=Channel(prefetch_count=PREFETCH), logger=logging.getLogger("peer"))
pools: list[asyncpg.Pool] = []


@broker.subscriber(RabbitQueue("bench.consumed", queue_type=QueueType.QUORUM, durable=True), ack_policy=AckPolicy.NACK_ON_ERROR)
async def on_event(event: dict[str, object]) -> None:
    """One event, one transaction."""
    data = event["data"]
    await pools[0].execute(CONSUME, event["id"], event["subject"], event["hallid"], data["points"], event["version"])


async def main() -> None:
    """Consume until told to stop."""
    pools.append(await asyncpg.create_pool(DSN, min_size=POOL, max_size=POOL))
    await broker.start()
    await until_terminated()
    await broker.stop()
    await pools[0].close()


if __name__ == "__main__":
    uvloop.run(main())
