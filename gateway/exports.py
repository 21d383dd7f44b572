"""Server-streaming methods marked `export`: page after page from the service, each answer one message of the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import grpc

from chassis.errors import ResourceExhausted
from gateway.access import Access
from gateway.catalogue import Method
from gateway.credentials import Credentials
from gateway.journal import Journal, Record
from gateway.outbound import Outbound
from gateway.streaming import ADMIT_SECONDS, admitted, streamed


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
        await streamed(method, context, self._journal, lambda record: self._pages(method, body, context, record))

    async def _pages(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any], record: Record) -> None:
        request = None
        while True:
            # For every page anew: a right that is taken away ends the stream.
            who = await admitted(self._credentials, method, context, record)
            if request is None:
                record.request = request = method.read(body)
            async with asyncio.timeout(ADMIT_SECONDS):
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
