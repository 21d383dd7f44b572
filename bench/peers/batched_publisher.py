"""Peer: the bare batched publisher: take 500 outbox rows, publish all, wait once for all confirms, commit the deletion.

Raw py-amqp under kombu's feet and psycopg2; it keeps no order, no sequence, no log, and survives nothing.
"""

import signal
import time

import psycopg2

from bench.arena import open_amqp
from bench.confirms import Confirms
from bench.peers.ready import AMQP, DSN, announce

BATCH = 500
IDLE_SECONDS = 0.005
TAKE = """
delete from outbox where id in (select id from outbox order by id limit %s) returning id, message_id::text, topic, payload
"""


class Stop(Exception):
    """SIGTERM came."""


def stop(_number: int, _frame: object) -> None:
    """Leave the loop."""
    raise Stop


def main() -> None:
    """Relay until told to stop."""
    signal.signal(signal.SIGTERM, stop)
    database = psycopg2.connect(DSN)
    confirms = Confirms(open_amqp(AMQP, confirms=False).channel())
    announce()
    try:
        while True:
            with database, database.cursor() as cursor:
                cursor.execute(TAKE, (BATCH,))
                rows = sorted(cursor.fetchall())
                for _, message_id, topic, payload in rows:
                    confirms.publish(payload, exchange="hallbus.events", routing_key=topic, message_id=message_id)
                confirms.wait(10.0)
            if not rows:
                time.sleep(IDLE_SECONDS)
    except Stop:
        return


if __name__ == "__main__":
    main()
