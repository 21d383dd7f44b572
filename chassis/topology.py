"""Names and declarations on the broker. Time-to-live, dead-lettering and limits are policies (deploy/rabbitmq), never queue arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chassis.events import EXCHANGE, STREAM, binding_key

RPC_EXCHANGE = "nameko-rpc"
#: RabbitMQ's own pseudo-queue: a reply goes straight to the asking channel, through no queue. Its name on the way back carries that channel.
REPLY_TO = "amq.rabbitmq.reply-to"
RETRY_LADDER = ("1s", "10s", "1m", "10m")
PARKED = ".parked"
_QUORUM = {"x-queue-type": "quorum"}


def declare_bus(channel: Any) -> None:
    """The event exchange, the stream that logs everything, and the retry ladder."""
    channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
    channel.queue_declare(STREAM, durable=True, auto_delete=False, arguments={"x-queue-type": "stream"})
    channel.queue_bind(STREAM, EXCHANGE, "#")
    for delay in RETRY_LADDER:
        # A message waits here with its work queue's name as routing key; on expiry the default exchange brings it home (see the policies).
        name = retry_queue(delay)
        channel.exchange_declare(name, "fanout", durable=True, auto_delete=False)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=_QUORUM)
        channel.queue_bind(name, name)


def retry_queue(delay: str) -> str:
    """The queue of one rung of the ladder, and the fanout exchange before it."""
    return f"hallbus.retry.{delay}"


def declare_consumer(channel: Any, queue: str, types: Iterable[str], version: int) -> None:
    """A consumer's work queue with its bindings, and the place where its hopeless messages are kept."""
    declare_bus(channel)
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=_QUORUM)
    channel.queue_declare(queue + PARKED, durable=True, auto_delete=False, arguments=_QUORUM)
    for type_ in types:
        channel.queue_bind(queue, EXCHANGE, binding_key(type_, version))


def reply_exchange(reply_to: str) -> str:
    """Where a reply is published: nameko's clients wait on queues bound to the exchange of calls, ours on the pseudo-queue of their channel."""
    return "" if reply_to.startswith(REPLY_TO) else RPC_EXCHANGE


def declare_rpc(channel: Any, service: str) -> str:
    """The queue that the processes of a service share for their calls; its messages are transient and expire with their deadline."""
    queue = f"rpc-{service}"
    channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
    channel.queue_declare(queue, durable=True, auto_delete=False)
    channel.queue_bind(queue, RPC_EXCHANGE, f"{service}.*")
    return queue
