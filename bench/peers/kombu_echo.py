"""Upper bound: an echo server on a bare kombu connection, one channel, no framework, transient replies."""

import signal

import amqp
import orjson
from kombu import Connection, Exchange, Queue

from bench.peers.ready import AMQP, announce

QUEUE = Queue("rpc-echo", Exchange("nameko-rpc", type="topic", durable=True), routing_key="echo.*", durable=True)


class Stop(Exception):
    """SIGTERM came."""


def stop(_number: int, _frame: object) -> None:
    """Leave the loop."""
    raise Stop


def main() -> None:
    """Echo until told to stop."""
    signal.signal(signal.SIGTERM, stop)
    with Connection(AMQP.replace("amqp://", "pyamqp://")) as connection:
        channel = connection.channel()
        QUEUE(channel).declare()
        channel.basic_qos(0, 50, False)

        def on_request(message: amqp.Message) -> None:
            result = orjson.dumps({"result": orjson.loads(message.body)["args"][0], "error": None})
            properties = message.properties
            reply = amqp.Message(
                result,
                content_type="application/json",
                content_encoding="utf-8",
                correlation_id=properties["correlation_id"],
                delivery_mode=1,
            )
            channel.basic_publish(reply, exchange="nameko-rpc", routing_key=properties["reply_to"])
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume("rpc-echo", callback=on_request)
        announce()
        try:
            while True:
                try:
                    connection.drain_events(timeout=1)
                except TimeoutError:
                    continue
        except Stop:
            return


if __name__ == "__main__":
    main()
