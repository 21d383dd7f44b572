"""The gateway, the echo service behind it, and a client, for the tests of one module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.integration.gateway.harness import GatewayProcess, Keys, echo_messages, generate_echo
from tests.plugin import RunServices


@pytest.fixture(scope="session")
def echo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate_echo(tmp_path_factory.mktemp("echo"))


@pytest.fixture(scope="session")
def messages(echo_path: Path) -> Any:
    return echo_messages(echo_path)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def gateway(module_amqp_uri: str, keys: Keys, echo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    process = GatewayProcess(module_amqp_uri, keys, tmp_path_factory.mktemp("gateway"), extra_path=str(echo_path))
    yield process.start()
    process.close()


@pytest.fixture(scope="module")
def echo_service(module_services: RunServices) -> None:
    module_services("echo", env={"HALLBUS_SERVICE_MODULE": "tests.integration.gateway.echo"})


class EchoClient:
    """`client.Say(text="x")`: a call with a deadline, a token for everything, and what the test changes of that."""

    def __init__(self, channel: grpc.Channel, messages: Any, keys: Keys) -> None:
        self._channel, self._messages, self._keys = channel, messages, keys

    def __getattr__(self, method: str) -> Any:
        inputs = self._messages.DESCRIPTOR.services_by_name["EchoService"].methods_by_name[method].input_type
        call = self._channel.unary_unary(
            f"/hallbus.v1.EchoService/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self._messages.SayAnswer.FromString,
        )

        def ask(*, within: float | None = 5.0, metadata: Any = None, as_call: bool = False, **fields: Any) -> Any:
            request = getattr(self._messages, inputs.name)(**fields)
            credentials = self._keys.bearer(("echo.read", "*"), ("echo.write", "*")) if metadata is None else metadata
            if as_call:
                return call.with_call(request, timeout=within, metadata=credentials)
            return call(request, timeout=within, metadata=credentials)

        return ask


@pytest.fixture(scope="module")
def client(gateway: GatewayProcess, messages: Any, keys: Keys) -> Iterator[EchoClient]:
    with gateway.channel() as channel:
        yield EchoClient(channel, messages, keys)
