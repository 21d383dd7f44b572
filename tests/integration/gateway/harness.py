"""A real gateway process, its keys and its clients."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import grpc
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from google.rpc import error_details_pb2, status_pb2

from chassis.testing import PATIENCE, eventually
from deploy.local.supervisor import dying_with_us
from gateway import protogen
from tests.plugin import ROOT, free_port

PROTO = Path(__file__).parent / "proto"


class Keys:
    """The directory's key pair, as files."""

    def __init__(self, folder: Path) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.private_file, self.public_file = folder / "jwt.key", folder / "jwt.pub"
        self.private_file.write_bytes(self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.public_file.write_bytes(self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def token(self, *grants: tuple[str, str], key: Ed25519PrivateKey | None = None, **claims: Any) -> str:
        """A token as the directory signs it; grants are (permission, scope) pairs."""
        body = {
            "iss": "hallbus",
            "aud": "hallbus-gateway",
            "sub": "a0001",
            "staff_id": "s0001",
            "exp": int(time.time()) + 600,
            "grants": [{"permissions": [permission], "scopes": [scope]} for permission, scope in grants],
        }
        body = {name: value for name, value in (body | claims).items() if value is not None}
        return jwt.encode(body, key or self.private, algorithm="EdDSA")

    def bearer(self, *grants: tuple[str, str], **claims: Any) -> tuple[tuple[str, str], ...]:
        """Metadata with such a token."""
        return (("authorization", "Bearer " + self.token(*grants, **claims)),)


@dataclass
class GatewayProcess:
    """One `python -m gateway`; `metrics` is the port of its health pages."""

    amqp_uri: str
    keys: Keys
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    extra_path: str = ""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port, self.metrics = free_port(), free_port()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        return self.folder / f"gateway-{self.port}.log"

    @property
    def audit_file(self) -> Path:
        return self.folder / f"audit-{self.port}.jsonl"

    def start(self, *, ready: bool = True) -> GatewayProcess:
        environment = {
            **os.environ,
            "AMQP_URI": self.amqp_uri,
            "HALLBUS_JWT_PUBLIC_KEY_FILE": str(self.keys.public_file),
            "HALLBUS_GATEWAY_PORT": str(self.port),
            "HALLBUS_GATEWAY_METRICS_PORT": str(self.metrics),
            "HALLBUS_GATEWAY_AUDIT_PATH": str(self.audit_file),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}:{self.extra_path}",
            **self.env,
        }
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                dying_with_us([sys.executable, "-m", "gateway"]), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        if ready:
            eventually(self._is_ready, within=20)
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"the gateway ended with {self.process.returncode}:\n{self.log()[-4000:]}")
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name: str, **labels: str) -> float:
        from prometheus_client.parser import text_string_to_metric_families

        return sum(
            sample.value
            for family in text_string_to_metric_families(self.get("/metrics")[1])
            for sample in family.samples
            if sample.name == name and all(sample.labels.get(k) == v for k, v in labels.items())
        )

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def audit(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.audit_file.read_text().splitlines()]

    def channel(self, **options: Any) -> grpc.Channel:
        return grpc.insecure_channel(self.target, options=list(options.items()))

    def stop(self, within: float = 20.0) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within * PATIENCE)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def generate_echo(folder: Path) -> Path:
    """Compile echo.proto into a path entry for the gateway process; hallbus.v1 is a namespace package and grows by it."""
    _, refused = protogen.generate(folder, proto=PROTO)
    assert refused == []
    return folder


@cache
def echo_messages(folder: Path) -> Any:
    """The generated messages, without making them part of hallbus.v1 in the tests' own process."""
    spec = importlib.util.spec_from_file_location("tests_echo_pb2", folder / "hallbus" / "v1" / "echo_pb2.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Told:
    """A call's end as a client sees it."""

    code: grpc.StatusCode
    message: str
    reason: str | None
    domain: str | None
    metadata: dict[str, str]
    violations: dict[str, str]
    trailing: dict[str, Any]


def told(error: Any) -> Told:
    """Read the status and its details from a failed call."""
    trailing = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing.get("grpc-status-details-bin", b""))
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info) if detail.Is(info.DESCRIPTOR) else detail.Unpack(bad)
    violations = {violation.field: violation.description for violation in bad.field_violations}
    return Told(error.code(), error.details(), info.reason or None, info.domain or None, dict(info.metadata), violations, trailing)


def refused(call: Any, *args: Any, **kwargs: Any) -> Told:
    """The failure of a call that must fail."""
    try:
        answer = call(*args, **kwargs)
        if hasattr(answer, "__next__"):
            answer = next(answer)
    except grpc.RpcError as error:
        return told(error)
    raise AssertionError(f"the call was answered: {answer}")
