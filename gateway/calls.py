"""The way of a call through the gateway: who, may he, what does he ask; then the service; then the answer or one form of error."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

import grpc

from chassis.caller import Caller
from chassis.errors import DeadlineExceeded, HallbusError, Internal, InvalidArgument, Violation
from chassis.log import get_logger
from chassis.metrics import child
from gateway import metrics
from gateway.access import Access, permitted
from gateway.catalogue import Method
from gateway.conversion import AnswerMismatchError
from gateway.credentials import Credentials, Identity
from gateway.failures import DETAILS_KEY, failure
from gateway.journal import Journal, Record
from gateway.outbound import Outbound

log = get_logger(__name__)

CORRELATION_KEY = "x-correlation-id"

_CORRELATION = re.compile(r"^[A-Za-z0-9._:-]{1,64}$")
# The answer must still reach the caller before his own clock runs out.
_WAY_BACK_SECONDS = 0.15
# Said by the RPC client about the way to the service, not by the service.
_TRANSPORT_REASONS = frozenset(
    {"BROKER_UNAVAILABLE", "BROKER_BLOCKED", "CONNECTION_LOST", "CLIENT_CLOSED", "SERVICE_UNAVAILABLE", "DEADLINE_EXCEEDED"}
)


class Calls:
    """Answers unary methods. Knows no method by name."""

    def __init__(
        self, services: Outbound, credentials: Credentials, access: Access, journal: Journal, *, max_deadline_seconds: float
    ) -> None:
        self._services = services
        self._credentials = credentials
        self._access = access
        self._journal = journal
        self._max_deadline = max_deadline_seconds

    async def answer(self, method: Method, body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        """The serialized answer; ends the call with a status when there is none."""
        began = time.perf_counter()
        metadata = metadata_of(context)
        record = Record(method, correlation_id(metadata), peer_of(context))
        context.set_trailing_metadata(((CORRELATION_KEY, record.correlation_id),))
        metrics.in_flight.inc()
        error: HallbusError | None = None
        try:
            answer = await self._answer(method, body, metadata, time_left(context, self._max_deadline), record)
            record.code = "OK"
        except HallbusError as raised:
            error = raised
        except asyncio.CancelledError:
            record.code = "CANCELLED"
            raise
        except Exception as raised:  # noqa: BLE001  a fault of the gateway ends this call and no other
            log.error("call_failed", error=raised, method=method.label, correlation_id=record.correlation_id)
            error = Internal("GATEWAY_FAULT", "internal error")
        finally:
            metrics.in_flight.dec()
            if error is not None:
                record.code, record.reason = error.code.upper(), error.reason
            record.milliseconds = (time.perf_counter() - began) * 1000
            child(metrics.requests, method.label, record.code).inc()
            child(metrics.seconds, method.label).observe(record.milliseconds / 1000)
            self._journal.write(record)
        if error is not None:
            await abort(context, error, record)
        return answer

    async def _answer(self, method: Method, body: bytes, metadata: Mapping[str, Any], left: float | None, record: Record) -> bytes:
        if left is None:
            raise InvalidArgument("DEADLINE_REQUIRED", f"every call needs a deadline; at most {self._max_deadline:.0f} s are granted")
        ends = time.monotonic() + left
        try:
            async with asyncio.timeout(left):
                who = None if method.rule.public else await self._identify(method, metadata, record)
                record.request = request = method.read(body)
                if method.rule.mutating:
                    require_request_id(request)
                caller = Caller.anonymous() if who is None else await self._access.caller(who, method, request)
                answer = await self._ask(method, request, caller, ends - time.monotonic(), record)
        except TimeoutError:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", "no answer in time; the outcome is unknown") from None
        return _written(method, answer)

    async def _identify(self, method: Method, metadata: Mapping[str, Any], record: Record) -> Identity:
        who = await self._credentials.identify(metadata)
        record.account_id, record.staff_id = who.account_id, who.staff_id
        # Before the body is looked at: what is wrong with a request is nothing for those who may not make it.
        permitted(who, method)
        return who

    async def _ask(self, method: Method, request: dict[str, Any], caller: Caller, seconds: float, record: Record) -> Any:
        timeout = seconds - min(_WAY_BACK_SECONDS, seconds / 4)
        try:
            return await self._services.call(
                method.service, method.rpc, request, seconds=timeout, caller=caller, correlation_id=record.correlation_id
            )
        except HallbusError as error:
            if error.reason not in _TRANSPORT_REASONS:
                record.domain = method.service
            raise


def _written(method: Method, answer: Any) -> bytes:
    try:
        return method.write(answer or {})
    except AnswerMismatchError as mismatch:
        log.error("answer_mismatch", error=mismatch, method=method.label, field=mismatch.field)
        raise Internal("ANSWER_MISMATCH", "the service's answer does not fit its contract") from mismatch


def require_request_id(request: Mapping[str, Any]) -> None:
    """Raise InvalidArgument unless the request carries a UUID as request_id."""
    given = request.get("request_id")
    try:
        uuid.UUID(given or "")
    except ValueError:
        wrong = "is required: a UUID chosen by the caller, the same for every retry" if not given else "is no UUID"
        violations = [Violation("request_id", wrong)]
        raise InvalidArgument("INVALID_REQUEST", f"request_id {wrong}", violations=violations) from None


def metadata_of(context: grpc.aio.ServicerContext[Any, Any]) -> dict[str, str | bytes]:
    """The call's metadata; of a repeated key the first value counts."""
    found: dict[str, str | bytes] = {}
    for key, value in context.invocation_metadata() or ():
        found.setdefault(key, value)
    return found


def correlation_id(metadata: Mapping[str, str | bytes]) -> str:
    """The caller's own correlation id if it is a harmless one, else a new one."""
    given = metadata.get(CORRELATION_KEY)
    return given if isinstance(given, str) and _CORRELATION.match(given) else str(uuid.uuid4())


def time_left(context: grpc.aio.ServicerContext[Any, Any], most: float) -> float | None:
    """Seconds until the caller's deadline, at most `most`; None when he gave none."""
    left = context.time_remaining()
    # Without a deadline grpc reports either nothing or centuries.
    return None if left is None or left > 10 * 365 * 86400 else min(left, most)


def peer_of(context: grpc.aio.ServicerContext[Any, Any]) -> str:
    """Where the call comes from, "ipv4:127.0.0.1:40242"."""
    return str(context.peer())


async def abort(context: grpc.aio.ServicerContext[Any, Any], error: HallbusError, record: Record) -> None:
    """End the call with the error's status and details."""
    told = failure(error, service=record.domain)
    await context.abort(told.code, told.message, ((CORRELATION_KEY, record.correlation_id), (DETAILS_KEY, told.details)))
