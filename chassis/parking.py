"""Parked messages: see them and send them back to work. `python -m chassis.parking list | replay <queue>` on AMQP_URI.

A parked message left its queue with a reason; after the cause is mended it is published to its work queue again, confirmed, and only then removed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from amqp import exceptions as amqp_errors
from amqp.basic_message import Message
from kombu.utils.url import parse_url

from chassis.amqp import CONNECTION_ERRORS, ConfirmedPublisher, Link
from chassis.delivery import ATTEMPT, DETAIL, REASON
from chassis.topology import PARKED

MOST = 1000


@dataclass(frozen=True)
class ParkedMessage:
    """One message of a parking queue."""

    queue: str
    event_id: str
    type: str
    reason: str
    detail: str
    body: bytes


def listing(amqp_uri: str, queue: str, *, most: int = MOST) -> list[ParkedMessage]:
    """The parked messages of a work queue, oldest first; they stay where they are."""
    with _channel(amqp_uri) as (_, channel):
        # Held unacked until the channel closes, so that the next get gives the next one; the close puts all of them back in order.
        return [_described(queue, message) for message in _take(channel, queue + PARKED, most)]


def replay(amqp_uri: str, queue: str, *, most: int = MOST) -> int:
    """Send parked messages back to work with a fresh count of attempts; how many. A crash in between duplicates one, which the inbox absorbs.

    Raises amqp's NotFound when the queue or its parking place does not exist.
    """
    with _channel(amqp_uri) as (link, channel):
        # A publish to a queue that is not there is confirmed and gone.
        channel.queue_declare(queue, passive=True)
        publisher, count = ConfirmedPublisher(link), 0
        # All are taken before the first goes back: what fails again at once is parked anew, and would otherwise circle here.
        for message in list(_take(channel, queue + PARKED, most)):
            kept = {k: v for k, v in (message.properties.get("application_headers") or {}).items() if k not in (ATTEMPT, REASON, DETAIL)}
            properties = {
                k: v for k, v in message.properties.items() if k in ("content_type", "content_encoding", "message_id", "timestamp")
            }
            body = message.body if isinstance(message.body, bytes) else message.body.encode()
            publisher.send(Message(body, delivery_mode=2, application_headers=kept, **properties), "", queue, mandatory=True)
            publisher.wait()
            channel.basic_ack(message.delivery_info["delivery_tag"])
            count += 1
        return count


def _take(channel: Any, queue: str, most: int) -> Iterator[Any]:
    for _ in range(most):
        message = channel.basic_get(queue, no_ack=False)
        if message is None:
            return
        yield message


def _described(queue: str, message: Any) -> ParkedMessage:
    headers = message.properties.get("application_headers") or {}
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    try:
        type_ = str(orjson.loads(body).get("type", ""))
    except (ValueError, AttributeError):
        type_ = ""
    return ParkedMessage(
        queue, message.properties.get("message_id", ""), type_, str(headers.get(REASON, "")), str(headers.get(DETAIL, "")), body
    )


@contextmanager
def _channel(amqp_uri: str) -> Iterator[tuple[Link, Any]]:
    link = Link(amqp_uri, "parking")
    try:
        yield link, link.channel()
    finally:
        link.close()


def _known_queues() -> list[str]:
    from chassis.runner import work_queues

    return work_queues()


def main(arguments: list[str]) -> int:
    """Exit code 0; 1 when broker or queue is not there; 2 for a wrong call."""
    uri = os.environ.get("AMQP_URI")
    wrong = arguments[:1] not in (["list"], ["replay"]) or (arguments[0] == "replay" and len(arguments) != 2)
    if not uri or wrong:
        sys.stderr.write("usage: AMQP_URI=… python -m chassis.parking list [queue …] | replay <queue>\n")
        return 2
    try:
        if arguments[0] == "replay":
            sys.stdout.write(f"{replay(uri, arguments[1])} message(s) sent back to {arguments[1]}\n")
        else:
            _print_all(uri, arguments[1:] or _known_queues())
    except amqp_errors.NotFound as error:
        sys.stderr.write(f"parking: {error.reply_text}\n")
        return 1
    except CONNECTION_ERRORS as error:
        where = parse_url(uri)
        sys.stderr.write(f"parking: the broker at {where['hostname']}:{where['port']} cannot be reached: {error}\n")
        return 1
    return 0


def _print_all(uri: str, queues: list[str]) -> None:
    for queue in queues:
        try:
            found = listing(uri, queue)
        except amqp_errors.NotFound:
            continue  # its service has never run here
        for message in found:
            sys.stdout.write(f"{queue}\t{message.reason}\t{message.type}\t{message.event_id}\t{message.detail}\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
