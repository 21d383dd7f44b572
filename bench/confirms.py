"""Batched publisher confirms on a raw py-amqp channel: publish many, wait once (acks may be `multiple`)."""

import time

import amqp


class Confirms:
    """A channel in confirm mode whose acks are counted instead of waited for one by one."""

    def __init__(self, channel: amqp.Channel) -> None:
        self._channel, self._last, self._acked, self._alone = channel, 0, 0, set[int]()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.confirm_select()

    def publish(self, body: str, *, exchange: str, routing_key: str, message_id: str) -> None:
        """Send one persistent message; its confirm is still to come."""
        message = amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2, message_id=message_id)
        self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key)
        self._last += 1

    def wait(self, seconds: float) -> None:
        """Until everything published is confirmed; raises TimeoutError when it is not in time."""
        until = time.monotonic() + seconds
        while self._acked < self._last:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self._last - self._acked} confirms missing after {seconds:.0f} s")
            self._channel.connection.drain_events(timeout=left)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._acked = max(self._acked, tag)
            self._alone = {other for other in self._alone if other > tag}
        else:
            self._alone.add(tag)
        while self._acked + 1 in self._alone:
            self._acked += 1
            self._alone.discard(self._acked)

    def _on_nack(self, tag: int, _multiple: bool) -> None:
        raise RuntimeError(f"the broker refused message {tag}")
