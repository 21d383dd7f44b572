"""What every server stream has around its messages: who asks, how it ended, one audit line, one count, one error for the caller."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from chassis.errors import HallbusError, Internal, ResourceExhausted
from chassis.log import get_logger
from gateway import metrics
from gateway.access import permitted
from gateway.calls import CORRELATION_KEY, abort, correlation_id, metadata_of, peer_of
from gateway.catalogue import Method
from gateway.credentials import Credentials, Identity
from gateway.journal import Journal, Record

log = get_logger(__name__)

ADMIT_SECONDS = 5.0
"""How long it may take to find out who calls and what he may."""

Context = grpc.aio.ServicerContext[Any, Any]


async def streamed(method: Method, context: Context, journal: Journal, write: Callable[[Record], Awaitable[None]]) -> None:
    """Let `write` send its messages; however it ends, the call is counted and in the audit log, and the caller is told."""
    began = time.perf_counter()
    record = Record(method, correlation_id(metadata_of(context)), peer_of(context))
    context.set_trailing_metadata(((CORRELATION_KEY, record.correlation_id),))
    error: HallbusError | None = None
    try:
        await write(record)
        record.code = "OK"
    except HallbusError as raised:
        error = raised
    except asyncio.CancelledError:
        record.code = "CANCELLED"
        raise
    except Exception as raised:  # noqa: BLE001  a fault of the gateway ends this stream and no other
        log.error("stream_failed", error=raised, method=method.label, correlation_id=record.correlation_id)
        error = Internal("GATEWAY_FAULT", "internal error")
    finally:
        if error is not None:
            record.code, record.reason = error.code.upper(), error.reason
        record.milliseconds = (time.perf_counter() - began) * 1000
        metrics.requests.labels(method.label, record.code).inc()
        journal.write(record)
    if error is not None:
        await abort(context, error, record)


async def admitted(credentials: Credentials, method: Method, context: Context, record: Record) -> Identity:
    """The caller, who may call the method. Raises Unauthenticated, PermissionDenied, and ResourceExhausted (TOO_MANY_LOGINS)."""
    try:
        async with asyncio.timeout(ADMIT_SECONDS):
            who = await credentials.identify(metadata_of(context))
    except TimeoutError:
        raise ResourceExhausted("TOO_MANY_LOGINS", "the credentials cannot be checked now") from None
    record.account_id, record.staff_id = who.account_id, who.staff_id
    permitted(who, method)
    return who
