"""EventService.Subscribe: the one method the gateway answers itself."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from hallbus.v1 import events_pb2

from chassis.errors import HallbusError, Internal, InvalidArgument, ResourceExhausted
from chassis.log import get_logger
from gateway import metrics
from gateway.access import permitted
from gateway.calls import CORRELATION_KEY, abort, correlation_id, metadata_of, peer_of
from gateway.catalogue import Method
from gateway.config import GatewayConfig
from gateway.credentials import Credentials
from gateway.eventlog.subscription import EventLog, Subscription
from gateway.journal import Journal, Record

log = get_logger(__name__)

_IDENTIFY_SECONDS = 5.0


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
        began = time.perf_counter()
        record = Record(method, correlation_id(metadata_of(context)), peer_of(context))
        context.set_trailing_metadata(((CORRELATION_KEY, record.correlation_id),))
        error: HallbusError | None = None
        try:
            await self._run(method, body, context, record)
        except HallbusError as raised:
            error = raised
            record.code, record.reason = error.code.upper(), error.reason
        except asyncio.CancelledError:
            record.code = "CANCELLED"
            raise
        except Exception as raised:  # noqa: BLE001  a fault of the gateway ends this stream and no other
            log.error("stream_failed", error=raised, correlation_id=record.correlation_id)
            error = Internal("GATEWAY_FAULT", "internal error")
            record.code, record.reason = "INTERNAL", error.reason
        finally:
            record.milliseconds = (time.perf_counter() - began) * 1000
            metrics.requests.labels(method.label, record.code).inc()
            self._journal.write(record)
        if error is not None:
            await abort(context, error, record)

    async def _run(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any], record: Record) -> None:
        metadata = metadata_of(context)
        try:
            async with asyncio.timeout(_IDENTIFY_SECONDS):
                who = await self._credentials.identify(metadata)
        except TimeoutError:
            raise ResourceExhausted("TOO_MANY_LOGINS", "the credentials cannot be checked now") from None
        record.account_id, record.staff_id = who.account_id, who.staff_id
        permitted(who, method)
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
