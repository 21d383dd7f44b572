"""Server-streaming methods marked `export`: page after page from the service, each answer one message of the stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import grpc

from chassis.errors import HallbusError, Internal, ResourceExhausted
from chassis.log import get_logger
from gateway import metrics
from gateway.access import Access, permitted
from gateway.calls import CORRELATION_KEY, abort, correlation_id, metadata_of, peer_of
from gateway.catalogue import Method
from gateway.credentials import Credentials
from gateway.journal import Journal, Record
from gateway.outbound import Outbound

log = get_logger(__name__)

_IDENTIFY_SECONDS = 5.0


class Exports:
    """Bounded in number, because each keeps a service busy for as long as it runs; a page has the time of a unary call."""

    def __init__(
        self, services: Outbound, credentials: Credentials, access: Access, journal: Journal, *, most: int, page_seconds: float
    ) -> None:
        self._services = services
        self._credentials = credentials
        self._access = access
        self._journal = journal
        self._most, self._page_seconds = most, page_seconds
        self._open = 0

    async def stream(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Write pages until the last one; the call's end is in the audit log however it came."""
        began = time.perf_counter()
        record = Record(method, correlation_id(metadata_of(context)), peer_of(context))
        context.set_trailing_metadata(((CORRELATION_KEY, record.correlation_id),))
        error: HallbusError | None = None
        try:
            await self._pages(method, body, context, record)
            record.code = "OK"
        except HallbusError as raised:
            error = raised
        except asyncio.CancelledError:
            record.code = "CANCELLED"
            raise
        except Exception as raised:  # noqa: BLE001  a fault of the gateway ends this stream and no other
            log.error("export_failed", error=raised, method=method.label, correlation_id=record.correlation_id)
            error = Internal("GATEWAY_FAULT", "internal error")
        finally:
            if error is not None:
                record.code, record.reason = error.code.upper(), error.reason
            record.milliseconds = (time.perf_counter() - began) * 1000
            metrics.requests.labels(method.label, record.code).inc()
            self._journal.write(record)
        if error is not None:
            await abort(context, error, record)

    async def _pages(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any], record: Record) -> None:
        metadata, request = metadata_of(context), None
        while True:
            async with asyncio.timeout(_IDENTIFY_SECONDS):
                # For every page anew: a right that is taken away ends the stream.
                who = await self._credentials.identify(metadata)
                record.account_id, record.staff_id = who.account_id, who.staff_id
                permitted(who, method)
                if request is None:
                    record.request = request = method.read(body)
                caller = await self._access.caller(who, method, request)
            answer = await self._ask(method, request, caller, record)
            await context.write(method.write(answer))
            if not answer.get("next_page_token"):
                return
            request = {**request, "page_token": answer["next_page_token"]}

    async def _ask(self, method: Method, request: Mapping[str, Any], caller: Any, record: Record) -> dict[str, Any]:
        if self._open >= self._most:
            raise ResourceExhausted("TOO_MANY_EXPORTS", "too many exports are running; try again later, from the last page_token")
        self._open += 1
        try:
            answer = await self._services.call(
                method.service, method.rpc, dict(request), seconds=self._page_seconds, caller=caller, correlation_id=record.correlation_id
            )
        finally:
            self._open -= 1
        return answer or {}
