"""The gateway put together: gRPC server, RPC client, event log, health; started once, stopped in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from chassis.caller import Caller
from chassis.log import get_logger
from gateway import catalogue, metrics
from gateway.access import Access, HallRegions
from gateway.calls import Calls
from gateway.catalogue import SUBSCRIBE, Method
from gateway.config import GatewayConfig
from gateway.credentials import APIKeys, Credentials, Tokens
from gateway.eventlog.pages import LogPages
from gateway.eventlog.ring import Ring
from gateway.eventlog.subscription import EventLog
from gateway.eventlog.tail import Tail
from gateway.exports import Exports
from gateway.http import StatusServer
from gateway.journal import Journal
from gateway.outbound import Outbound
from gateway.streams import Streams

log = get_logger(__name__)

# Questions that the gateway itself asks the directory.
_OWN_SECONDS = 3.0
_ALIVE_SECONDS = 10.0


class Gateway:
    """One gateway process. Raises CatalogueError or ValueError when made with protos or keys that cannot be served."""

    def __init__(self, config: GatewayConfig, methods: Mapping[str, Method] | None = None) -> None:
        self._config = config
        self._methods = catalogue.load() if methods is None else methods
        self._tokens = Tokens(config.jwt_public_key)
        self._ready = False
        self._beat = time.monotonic()

    async def run(self, stop: asyncio.Event) -> int:
        """Serve until `stop` is set, then drain; the exit code: 0, or 1 when calls had to be cut off."""
        config, loop = self._config, asyncio.get_running_loop()
        services = Outbound(config.amqp_uri, heartbeat=config.heartbeat_seconds)
        ring, pages = Ring(config.tail_events), LogPages(config.amqp_uri, heartbeat=config.heartbeat_seconds)
        tail = Tail(config.amqp_uri, ring, loop, heartbeat=config.heartbeat_seconds)
        status = StatusServer(config.metrics_host, config.metrics_port, alive=self._alive, ready=lambda: self._checks(services))
        servicer = HealthServicer()
        server = self._server(services, EventLog(ring, pages, config.keepalive_seconds), servicer)
        port = _listen(server, config)
        status.start()
        tail.start()
        beating = loop.create_task(self._beats())
        await server.start()
        await self._serving(servicer)
        for method in self._methods.values():
            # Every method shows at zero from the start, so that a rate over a fresh process is a number and not a gap.
            metrics.requests.labels(method.label, "OK")
        log.info("gateway_listening", host=config.host, port=port, tls=bool(config.tls_cert), status_port=status.port)
        await stop.wait()
        code = await self._drain(server, servicer, ring)
        beating.cancel()
        tail.close()
        pages.close()
        await services.close()
        status.close()
        log.info("gateway_stopped", code=code)
        return code

    def _server(self, services: Outbound, shared: EventLog, servicer: HealthServicer) -> grpc.aio.Server:
        config = self._config
        ask = _Directory(services)
        credentials = Credentials(self._tokens, APIKeys(ask.verify_api_key))
        journal = Journal(config.audit_path)
        access = Access(HallRegions(ask.list_hall_regions))
        calls = Calls(services, credentials, access, journal, max_deadline_seconds=config.max_deadline_seconds)
        streams = Streams(shared, credentials, journal, config)
        exports = Exports(services, credentials, access, journal, most=config.max_exports, page_seconds=config.max_deadline_seconds)
        server = grpc.aio.server(options=_options(config), maximum_concurrent_rpcs=config.max_concurrent_calls)
        server.add_generic_rpc_handlers((_Routes(self._methods, calls, streams, exports),))
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        reflection.enable_server_reflection((*self._services(), health.SERVICE_NAME, reflection.SERVICE_NAME), server)
        return server

    def _services(self) -> list[str]:
        return sorted({path.split("/")[1] for path in self._methods})

    async def _serving(self, servicer: HealthServicer) -> None:
        for name in ("", *self._services()):
            await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
        self._ready = True

    async def _drain(self, server: grpc.aio.Server, servicer: HealthServicer, ring: Ring) -> int:
        log.info("gateway_draining", seconds=self._config.drain_seconds)
        self._ready = False
        await servicer.enter_graceful_shutdown()
        ring.close()
        began = time.monotonic()
        await server.stop(self._config.drain_seconds)
        return 0 if time.monotonic() - began < self._config.drain_seconds else 1

    async def _beats(self) -> None:
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(0.5)

    def _alive(self) -> dict[str, bool]:
        return {"event_loop": time.monotonic() - self._beat < _ALIVE_SECONDS}

    def _checks(self, services: Outbound) -> dict[str, bool]:
        return {"serving": self._ready, "broker": services.connected, **self._alive()}


class _Directory:
    """The two questions the gateway asks for itself, as the house and not as the caller."""

    def __init__(self, services: Outbound) -> None:
        self._services = services

    async def verify_api_key(self, key_hash: str) -> dict[str, Any]:
        return await self._ask("verify_api_key", {"key_hash": key_hash})

    async def list_hall_regions(self) -> dict[str, Any]:
        return await self._ask("list_hall_regions", {})

    async def _ask(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._services.call("directory", method, request, seconds=_OWN_SECONDS, caller=Caller.system())
        return answer


class _Routes(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic in its stubs only
    """Path → handler, from the catalogue. Bodies stay bytes: parsing them is part of the call and its errors are told as such."""

    def __init__(self, methods: Mapping[str, Method], calls: Calls, streams: Streams, exports: Exports) -> None:
        self._handlers = {path: _handler(method, calls, streams, exports) for path, method in methods.items()}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The handler; None answers UNIMPLEMENTED."""
        return self._handlers.get(handler_call_details.method)


def _handler(method: Method, calls: Calls, streams: Streams, exports: Exports) -> grpc.RpcMethodHandler[Any, Any]:
    handle: Callable[[bytes, grpc.aio.ServicerContext[Any, Any]], Any]
    if method.path == SUBSCRIBE:

        async def handle(body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            await streams.subscribe(method, body, context)

        return grpc.unary_stream_rpc_method_handler(handle)

    if method.rule.export:

        async def pages(body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            await exports.stream(method, body, context)

        return grpc.unary_stream_rpc_method_handler(pages)

    async def answer(body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        return await calls.answer(method, body, context)

    return grpc.unary_unary_rpc_method_handler(answer)


def _options(config: GatewayConfig) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", config.max_request_bytes),
        ("grpc.max_metadata_size", 32 * 1024),
        # One process per port: a second one must be told so, and not share the calls of the first.
        ("grpc.so_reuseport", 0),
        # Subscribers behind a dead line are noticed within a minute; clients may ping as often themselves.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]


def _listen(server: grpc.aio.Server, config: GatewayConfig) -> int:
    """The port that is bound. Raises OSError when it cannot be."""
    address = f"{config.host}:{config.port}"
    try:
        if config.tls_cert:
            credentials = grpc.ssl_server_credentials([(config.tls_key.encode(), config.tls_cert.encode())])
            return server.add_secure_port(address, credentials)
        if config.host not in ("127.0.0.1", "::1", "localhost"):
            log.warning("gateway_without_tls", host=config.host)
        return server.add_insecure_port(address)
    except RuntimeError as error:
        raise OSError(f"cannot listen on {address}: {error}") from error
