"""EventService.Subscribe: the one method the gateway answers itself."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from hallbus.v1 import events_pb2

from chassis.errors import InvalidArgument, ResourceExhausted
from gateway import metrics
from gateway.calls import metadata_of
from gateway.catalogue import Method
from gateway.config import GatewayConfig
from gateway.credentials import Credentials
from gateway.eventlog.subscription import EventLog, Subscription
from gateway.journal import Journal, Record
from gateway.streaming import admitted, streamed


class Streams:
    """Serves subscriptions; bounded in all and per account, because each is one open connection more."""

    def __init__(self, shared: EventLog, credentials: Credentials, journal: Journal, config: GatewayConfig) -> None:
        self._shared = shared
        self._credentials = credentials
        self._journal = journal
        self._most, self._most_per_account = config.max_subscriptions, config.max_subscriptions_per_account
        self._open: Counter[str] = Counter()

    async def subscribe(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Write batches until the caller hangs up or an error ends the stream."""
        await streamed(method, context, self._journal, lambda record: self._run(method, body, context, record))

    async def _run(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any], record: Record) -> None:
        who = await admitted(self._credentials, method, context, record)
        metadata = metadata_of(context)
        subscription = Subscription(self._shared, _parse(body), who, lambda: self._credentials.identify(metadata))
        self._enter(who.account_id)
        try:
            async with aclosing(subscription.batches()) as batches:
                async for batch in batches:
                    await context.write(batch)
        finally:
            self._leave(who.account_id)

    def _enter(self, account_id: str) -> None:
        if self._open.total() >= self._most or self._open[account_id] >= self._most_per_account:
            raise ResourceExhausted("TOO_MANY_SUBSCRIPTIONS", "too many open subscriptions; close one or try another gateway")
        self._open[account_id] += 1
        metrics.subscriptions.inc()

    def _leave(self, account_id: str) -> None:
        self._open[account_id] -= 1
        if not self._open[account_id]:
            del self._open[account_id]
        metrics.subscriptions.dec()


def _parse(body: bytes) -> events_pb2.SubscribeRequest:
    try:
        return events_pb2.SubscribeRequest.FromString(body)
    except DecodeError as error:
        raise InvalidArgument("MALFORMED_MESSAGE", "the body is no SubscribeRequest") from error
