"""Calls in: one dict in, one dict out, validated, idempotent by request_id, bounded by the caller's deadline."""

from __future__ import annotations

import functools
import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from marshmallow import Schema, ValidationError
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension, register_entrypoint

from chassis import context, metrics
from chassis.amqp import CONNECTION_ERRORS, Link, backoff, publish
from chassis.database import IdempotencyKey, ReplayedRequest
from chassis.errors import DeadlineExceeded, HallbusError, Internal, InvalidArgument, NotFound, Violation, adopt, from_wire, to_wire
from chassis.failpoints import failpoint
from chassis.log import get_logger
from chassis.rpc_client import RpcClient
from chassis.timeouts import bounded
from chassis.topology import declare_rpc, reply_exchange
from chassis.wire import Call, expired, read_request, reply_message

log = get_logger(__name__)

Method = Callable[[Any, dict[str, Any]], Any]
REQUEST_ID = "request_id"
_REFUSED = "__refused__"  # no field of an answer begins with an underscore


@dataclass(frozen=True)
class RpcSpec:
    """What the decorator said; contract tests hold it against the proto."""

    request: type[Schema]
    response: type[Schema] | None
    mutating: bool
    told_once: tuple[str, ...]
    secrets: tuple[str, ...]


def rpc(
    *,
    request: type[Schema],
    response: type[Schema] | None = None,
    mutating: bool = False,
    told_once: tuple[str, ...] = (),
    secrets: tuple[str, ...] = (),
) -> Callable[[Method], Callable[..., Any]]:
    """Make a method callable over RabbitMQ; see docs/architecture/chassis.md.

    `told_once` names answer fields that hold a secret (a token, an API key): they are not stored with the idempotency key, so that a replay answers
    without them; whoever lost one asks again with a new request_id. `secrets` names request fields (passwords, personal data) that go into the stored
    request hash only under the key of the service's `vault`, and not at all without one: a plain hash is easy to guess against.
    """
    spec = RpcSpec(request, response, mutating, told_once, secrets)
    loading, dumping = request(), response() if response else None

    def decorate(function: Method) -> Callable[..., Any]:
        runner = _Mutating(function, loading, dumping, spec) if mutating else _Reading(function, loading, dumping)

        @functools.wraps(function)
        def served(service: Any, call: Call) -> tuple[Any, HallbusError | None]:
            with context.use(call.context):
                return _answer(runner, service, call)

        served.rpc_spec = spec  # type: ignore[attr-defined]  # read by the contract tests
        register_entrypoint(served, Rpc())
        return served

    return decorate


def _answer(runner: Any, service: Any, call: Call) -> tuple[Any, HallbusError | None]:
    seconds = call.context.remaining(60.0)
    try:
        with bounded(seconds, DeadlineExceeded("DEADLINE_EXCEEDED", "the caller's time is over")):
            return runner(service, call.request), None
    except Exception as error:  # noqa: BLE001  whatever happens, the caller gets an answer
        known = adopt(error)
        if known is None:
            log.error("rpc_failed", error, method=runner.name)
            known = Internal("INTERNAL", f"our fault; correlation id {call.context.correlation_id}")
        return None, known


def _load(schema: Schema, request: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(request)
    except ValidationError as error:
        violations = list(_violations(error.messages, ""))
        text = "; ".join(f"{v.field}: {v.description}" for v in violations)
        raise InvalidArgument("INVALID_REQUEST", text, violations=violations) from error
    return loaded


def _violations(messages: Any, path: str) -> Iterator[Violation]:
    if isinstance(messages, dict):
        for key, value in messages.items():
            name = "" if key == "_schema" else f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
            yield from _violations(value, path + name)
    elif isinstance(messages, list):
        for value in messages:
            yield Violation(path or "request", str(value))


class _Reading:
    def __init__(self, function: Method, loading: Schema, dumping: Schema | None) -> None:
        self._function, self._loading, self._dumping = function, loading, dumping
        self.name = function.__name__

    def __call__(self, service: Any, request: dict[str, Any]) -> Any:
        result = self._function(service, _load(self._loading, {k: v for k, v in request.items() if k != REQUEST_ID}))
        return self._dumping.dump(result) if self._dumping else result


class _Mutating(_Reading):
    """The call, its events and its reply in one commit; a replay finds the reply.

    A use case that raises leaves nothing. One that returns an error instead refuses the call and commits what it wrote and said about it: the caller
    gets the error, and so does a replay, which says nothing again.
    """

    def __init__(self, function: Method, loading: Schema, dumping: Schema | None, spec: RpcSpec) -> None:
        super().__init__(function, loading, dumping)
        self._told_once = spec.told_once
        self._secrets = frozenset(spec.secrets)

    def __call__(self, service: Any, request: dict[str, Any]) -> Any:
        key = self._key(service, request)
        try:
            with service.db.transaction() as tx:
                result = self._function(service, _load(self._loading, {k: v for k, v in request.items() if k != REQUEST_ID}))
                refusal = result if isinstance(result, HallbusError) else None
                reply = self._reply(result)
                tx.remember(key, self._storable(reply))
        except ReplayedRequest:
            return self._stored(service, key)
        except HallbusError as error:
            if error.retryable:
                raise
            # The first call may have changed the very state that now refuses the second.
            stored = service.db.stored_reply(key)
            if stored is None:
                raise
            return self._checked(stored, key)
        except Exception:
            stored = service.db.stored_reply(key)
            if stored is None:
                raise
            return self._checked(stored, key)
        if refusal is not None:
            raise refusal
        return reply

    def _reply(self, result: Any) -> Any:
        if isinstance(result, HallbusError):
            return {_REFUSED: to_wire(result)}
        return self._dumping.dump(result) if self._dumping else result

    def _storable(self, reply: Any) -> Any:
        return {k: v for k, v in reply.items() if k not in self._told_once} if self._told_once else reply

    def _key(self, service: Any, request: dict[str, Any]) -> IdempotencyKey:
        try:
            request_id = str(uuid.UUID(str(request[REQUEST_ID])))
        except (KeyError, ValueError):
            raise InvalidArgument(
                "REQUEST_ID_REQUIRED", "request_id must be a uuid", violations=[Violation(REQUEST_ID, "required, a uuid")]
            ) from None
        body = _canonical({k: v for k, v in request.items() if k != REQUEST_ID and k not in self._secrets})
        vault = getattr(service, "vault", None)
        if self._secrets and vault is not None:
            hidden = _canonical({k: v for k, v in request.items() if k in self._secrets})
            body += vault.fingerprint(hidden.decode(), context=f"request.{self.name}").encode()
        return IdempotencyKey(context.current().caller.subject, self.name, request_id, hashlib.sha256(body).hexdigest())

    def _stored(self, service: Any, key: IdempotencyKey) -> Any:
        stored = service.db.stored_reply(key)
        if stored is None:
            raise Internal("REPLAY_WITHOUT_REPLY", "the key is taken and has no reply")
        return self._checked(stored, key)

    def _checked(self, stored: tuple[str, Any], key: IdempotencyKey) -> Any:
        if stored[0] != key.request_hash:
            raise InvalidArgument(
                "REQUEST_ID_REUSED", "this request_id came with another request", violations=[Violation(REQUEST_ID, "already used")]
            )
        if isinstance(stored[1], dict) and _REFUSED in stored[1]:
            raise from_wire(stored[1][_REFUSED])
        return stored[1]


def _canonical(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


class RpcServer(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """One connection for all methods of a service in this process: requests in, replies out on a long-lived channel, without confirms.

    Nameko's own consumer and responder are not used: a new producer and a confirm per reply cost half of the call, and a broken socket at ack time
    would take the container down.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ready = False
        self._methods: dict[str, Rpc] = {}
        self._stopping = threading.Event()
        self._running = 0
        self._done = threading.Event()

    def register(self, provider: Rpc) -> None:
        """A method of this service."""
        self._methods[provider.method_name] = provider

    def start(self) -> None:
        """Begin to serve (once, however many methods share this extension)."""
        if not self._running:
            self._running = 1
            self.container.spawn_managed_thread(self._run, identifier="rpc server")

    def cancel(self) -> None:
        """Take no further calls: what the broker sends from now on goes back to it, for another process or the next start."""
        self._stopping.set()

    def stop(self) -> None:
        """After the last running call has answered (the runner bounds how long that may take)."""
        self._done.wait()

    def _run(self) -> None:
        process, failures = self.container.config["process"], 0
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._session(process)
            except CONNECTION_ERRORS as error:
                failures = 0 if time.monotonic() - started > 30 else failures + 1
                log.warning("rpc_server_interrupted", reason=str(error)[:300])
                self._stopping.wait(backoff(failures, ceiling=2.0))
        self._done.set()

    def _session(self, process: Any) -> None:
        service = self.container.service_name
        link = Link(process.amqp_uri, f"{service}-rpc", heartbeat=process.heartbeat_seconds)
        try:
            channel = link.channel()
            with link.write:
                queue = declare_rpc(channel, service)
                channel.basic_qos(0, process.max_workers, False)
                tag = channel.basic_consume(queue, no_ack=False, callback=functools.partial(self._on_request, link, channel))
            # Replies leave together, and a broker that does not read holds up no worker.
            link.unblock()
            self.ready = True
            while not self._stopping.is_set():
                if not link.drain(0.2):
                    link.check_alive()
            with link.write:
                channel.basic_cancel(tag, nowait=True)
            # Calls that are running still answer on this link; the runner bounds how long.
            while self.container._worker_pool.running() or link.waiting:
                link.drain(0.02)
        finally:
            self.ready = False
            link.close()

    def _on_request(self, link: Link, channel: Any, message: Any) -> None:
        if self._stopping.is_set():
            return  # not acked: another process, or the next start, will get it
        if expired(message):
            metrics.rpc_requests.labels("_", "expired").inc()
            self._ack(link, channel, message)
            return
        name = message.delivery_info["routing_key"].rpartition(".")[2]
        try:
            provider = self._methods.get(name)
            if provider is None:
                raise NotFound("METHOD_NOT_FOUND", f"{self.container.service_name} has no method {name}")
            call = read_request(message)
        except HallbusError as error:
            self._reply(link, channel, message, None, error)
            return
        started = time.monotonic()

        def finished(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            value, error = result if exc_info is None else (None, Internal("INTERNAL", "our fault"))
            metrics.child(metrics.rpc_requests, name, error.code if error else "ok").inc()
            metrics.child(metrics.rpc_seconds, name).observe(time.monotonic() - started)
            failpoint("rpc.before_reply")
            self._reply(link, channel, message, value, error)
            return result, exc_info

        self.container.spawn_worker(provider, (call,), {}, handle_result=finished)

    def _reply(self, link: Link, channel: Any, message: Any, value: Any, error: HallbusError | None) -> None:
        reply_to = message.properties.get("reply_to")
        try:
            answer = reply_message(message.properties.get("correlation_id", ""), value, error) if reply_to else None
            with link.together():
                if answer is not None:
                    publish(channel, answer, reply_exchange(reply_to), reply_to)
                self._ack(link, channel, message)
        except CONNECTION_ERRORS as problem:
            # The request will be delivered again; its request_id or its deadline makes that harmless.
            log.warning("reply_dropped", reason=str(problem)[:200])

    def _ack(self, link: Link, channel: Any, message: Any) -> None:
        with link.write:
            channel.basic_ack(message.delivery_info["delivery_tag"])


class Rpc(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """One method."""

    server = RpcServer()

    def setup(self) -> None:
        """Register with the process' server."""
        self.server.register(self)

    def stop(self) -> None:
        """Entrypoints are told first, before the container waits for its workers."""
        self.server.cancel()


class Peer(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Another service, for reads only, each with a bound: `self.directory.call("get_item", {...}, timeout=2.0)`."""

    _clients: dict[str, RpcClient] = {}  # noqa: RUF012  one connection per process and broker, shared by all peers

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def get_dependency(self, _worker: Any) -> PeerClient:
        """The peer, calling in the name of the running work."""
        uri = self.container.config["process"].amqp_uri
        client = self._clients.get(uri)
        if client is None:
            client = self._clients[uri] = RpcClient(uri, name=f"{self.container.service_name}-peer")
        return PeerClient(client, self._service)


@dataclass(frozen=True)
class PeerClient:
    """Calls to one service."""

    client: RpcClient
    service: str

    def call(self, method: str, request: dict[str, Any], *, timeout: float = 2.0) -> Any:
        """The answer, or one of the family; never later than `timeout` or the running deadline, whichever is first."""
        running = context.current()
        return self.client.call(
            self.service,
            method,
            request,
            timeout=running.remaining(timeout),
            caller=running.caller,
            correlation_id=running.correlation_id,
        )
