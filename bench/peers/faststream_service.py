"""Peer: the service behind both asyncio gateways, FastStream and asyncpg on uvloop, one statement per command."""

import logging
from pathlib import Path

import asyncpg
import orjson
import uvloop
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from bench.peers.ready import AMQP, DSN, until_terminated

ACCEPT_CASE = (Path(__file__).parent.parent / "sql" / "accept_case.sql").read_text()
broker = RabbitBroker(
    AMQP,
    default_channel=Channel(prefetch_count=50, publisher_confirms=False),
    logger=logging.getLogger("peer"),
)
pools: list[asyncpg.Pool] = []


@broker.subscriber(RabbitQueue("bench.accept_case", durable=True))
async def accept_case(request: dict[str, object]) -> dict[str, object]:
    """Case and outbox row in one statement; the answer goes to reply_to by itself."""
    payload = orjson.dumps(request).decode()
    identity = await pools[0].fetchval(
        ACCEPT_CASE,
        request["request_id"],
        request["case_no"],
        request["hall_id"],
        request["item_code"],
        request["staff_id"],
        request["applicant_ref"],
        request["note"],
        request["accepted_at"],
        payload,
    )
    return {"id": identity, "case_no": request["case_no"]}


async def main() -> None:
    """Serve until told to stop."""
    pools.append(await asyncpg.create_pool(DSN, min_size=16, max_size=16))
    await broker.start()
    await until_terminated()
    await broker.stop()
    await pools[0].close()


if __name__ == "__main__":
    uvloop.run(main())
