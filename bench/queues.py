"""Queues of the harness: declare, look at, fill and empty them."""

import amqp

from bench.confirms import Confirms

QUORUM = {"x-queue-type": "quorum"}
SILENCE_SECONDS = 1.0


def bind_queue(channel: amqp.Channel, queue: str, *, exchange: str, routing_key: str = "#") -> None:
    """A fresh, empty quorum queue that gets everything of a topic exchange (declared here when it is not there yet)."""
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    fresh_queue(channel, queue)
    channel.queue_bind(queue, exchange, routing_key)


def fresh_queue(channel: amqp.Channel, queue: str) -> None:
    """A quorum queue with nothing in it."""
    channel.queue_delete(queue)
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUORUM)


def depth(channel: amqp.Channel, queue: str) -> int:
    """Messages that wait for a consumer."""
    return int(channel.queue_declare(queue, passive=True).message_count)


def prefill(channel: amqp.Channel, messages: list[tuple[str, str]], *, exchange: str, routing_key: str) -> None:
    """Publish (message id, body) pairs with confirms, 1,000 at a time."""
    confirms = Confirms(channel)
    for start in range(0, len(messages), 1000):
        for message_id, body in messages[start : start + 1000]:
            confirms.publish(body, exchange=exchange, routing_key=routing_key, message_id=message_id)
        confirms.wait(30.0)


def drain(channel: amqp.Channel, queue: str) -> list[amqp.Message]:
    """Everything in the queue, in its order; the queue is empty afterwards."""
    messages: list[amqp.Message] = []
    channel.basic_qos(0, 2000, False)

    def on_message(message: amqp.Message) -> None:
        messages.append(message)
        if len(messages) % 500 == 0:
            channel.basic_ack(message.delivery_tag, multiple=True)

    tag = channel.basic_consume(queue, callback=on_message)
    try:
        while True:
            channel.connection.drain_events(timeout=SILENCE_SECONDS)
    except TimeoutError:
        pass
    if messages:
        channel.basic_ack(messages[-1].delivery_tag, multiple=True)
    channel.basic_cancel(tag)
    return messages
