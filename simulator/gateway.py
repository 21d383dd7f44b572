"""The gateway as its clients use it: one channel, credentials per account, the same request_id on every retry."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from chassis.log import get_logger
from simulator import messages

log = get_logger(__name__)

_AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
_DETAILS = "grpc-status-details-bin"
_PATIENCE_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0

Answer = dict[str, Any]


class CallError(Exception):
    """A call that failed for good; `reason` is the house's stable word for it."""

    def __init__(self, method: str, code: str, reason: str, message: str) -> None:
        super().__init__(f"{method}: {code} {reason}: {message}")
        self.code, self.reason, self.message = code, reason, message


@dataclass(frozen=True)
class Account:
    """Who calls: an API key, or a login whose token is fetched when it is needed."""

    login: str = ""
    password: str = ""
    api_key: str = ""


class Gateway:
    """Calls by service and method name, dict in and dict out."""

    def __init__(self, target: str, *, call_seconds: float) -> None:
        self._channel = grpc.aio.insecure_channel(target)
        self._call_seconds = call_seconds
        self._tokens: dict[Account, asyncio.Task[str]] = {}
        self.calls = 0
        self.retries = 0

    async def close(self) -> None:
        """Hang up."""
        await self._channel.close(None)

    async def call(self, service: str, name: str, request: Answer | None = None, *, who: Account | None = None) -> Answer:
        """One call, tried again while the house is away. A mutating one gets a request_id unless it has one. Raises CallError."""
        descriptor = messages.method(service, name)
        values = dict(request or {})
        if "request_id" in descriptor.input_type.fields_by_name:
            values.setdefault("request_id", str(uuid.uuid4()))
        body = messages.build(descriptor.input_type, values)
        metadata = await self._metadata(who)
        return messages.plain(await self._patiently(descriptor, body, metadata))

    async def every(self, service: str, name: str, rows: str, request: Answer | None = None, *, who: Account) -> list[Answer]:
        """All rows of a list, page by page. Raises CallError."""
        found: list[Answer] = []
        token = ""
        while True:
            page = await self.call(service, name, {**(request or {}), "page_size": 200, "page_token": token}, who=who)
            found += page.get(rows, [])
            token = page.get("next_page_token", "")
            if not token:
                return found

    async def stream(self, service: str, name: str, request: Answer, *, who: Account) -> AsyncIterator[Answer]:
        """The answers of a server stream until it ends or the caller stops reading. Raises CallError."""
        descriptor = messages.method(service, name)
        callee = self._channel.unary_stream(
            _path(descriptor), type(messages.build(descriptor.input_type, {})).SerializeToString, _reader(descriptor)
        )
        running = callee(messages.build(descriptor.input_type, request), metadata=await self._metadata(who))
        try:
            async for answer in running:
                yield messages.plain(answer)
        except grpc.aio.AioRpcError as error:
            raise _told(name, error) from None
        finally:
            running.cancel()

    async def _metadata(self, who: Account | None) -> tuple[tuple[str, str], ...]:
        if who is None:
            return ()
        if who.api_key:
            return (("x-api-key", who.api_key),)
        task = self._tokens.get(who)
        if task is None or (task.done() and task.exception() is not None):
            task = self._tokens[who] = asyncio.ensure_future(self._log_in(who))
        return (("authorization", f"Bearer {await asyncio.shield(task)}"),)

    async def _log_in(self, who: Account) -> str:
        answer = await self.call("directory", "Authenticate", {"login": who.login, "password": who.password})
        return str(answer["token"])

    async def _patiently(self, descriptor: Any, body: Any, metadata: Any) -> Any:
        callee = self._channel.unary_unary(_path(descriptor), type(body).SerializeToString, _reader(descriptor))
        ends, pause = time.monotonic() + _PATIENCE_SECONDS, _FIRST_PAUSE
        while True:
            self.calls += 1
            try:
                return await callee(body, timeout=self._call_seconds, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                if error.code() not in _AGAIN or time.monotonic() + pause > ends:
                    raise _told(descriptor.full_name, error) from None
                log.warning("call_again", method=descriptor.full_name, code=error.code().name)
            self.retries += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _path(descriptor: Any) -> str:
    return f"/{descriptor.containing_service.full_name}/{descriptor.name}"


def _reader(descriptor: Any) -> Any:
    return messages.message_class(descriptor.output_type).FromString


def _told(method: str, error: grpc.aio.AioRpcError) -> CallError:
    reason, message = "", error.details() or ""
    for detail in _details(error):
        info, wrong = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Is(info.DESCRIPTOR) and detail.Unpack(info):
            reason = info.reason
        elif detail.Is(wrong.DESCRIPTOR) and detail.Unpack(wrong):
            message += "; " + "; ".join(f"{v.field}: {v.description}" for v in wrong.field_violations)
    return CallError(method, error.code().name, reason, message)


def _details(error: grpc.aio.AioRpcError) -> Any:
    trailing: Any = error.trailing_metadata() or ()
    packed = next((value for key, value in trailing if key == _DETAILS), None)
    return status_pb2.Status.FromString(packed).details if packed else ()


def texts(values: Mapping[str, Any]) -> Answer:
    """A CSV row without its empty cells."""
    return {key: value for key, value in values.items() if value not in ("", None)}
