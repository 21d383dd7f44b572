"""Our gateway in front of the bench's own service: authentication, validation, idempotency, audit and all."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import payloads
from bench.arena import LOCAL, Arena
from bench.ports import free_port
from bench.processes import Child
from bench.protos import messages
from bench.subjects import house

PERMISSION = "bench.case.write"
STORED = """
select (select count(*) from bench.cases),
       (select count(distinct request_id) from bench.idempotency),
       (select count(*) from bench.outbox) + (select count(*) from bench.event_log)
"""


class Account:
    """An account with the permissions it needs, and the key that signed its token."""

    def __init__(self, key_file: Path, permissions: Sequence[str] = (PERMISSION,)) -> None:
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        key_file.parent.mkdir(parents=True, exist_ok=True)
        key_file.write_bytes(public)
        self.key_file = key_file
        claims = {
            "iss": "hallbus",
            "aud": "hallbus-gateway",
            "sub": "bench",
            "exp": int(time.time()) + 86_400,
            "grants": [{"permissions": list(permissions), "scopes": ["*"]}],
        }
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.token = jwt.encode(claims, private, algorithm="EdDSA")


@dataclass
class GatewayAndService:
    """`relaying` False leaves the relay asleep: the peers have none, and in the house it may run in another process."""

    relaying: bool
    path: str = "/hallbus.v1.BenchService/AcceptCase"
    _account: Account | None = None

    def prepare(self, arena: Arena) -> None:
        """Empty tables; an account."""
        house.prepare(arena, "bench", "cases")
        self._account = self._account or Account(LOCAL / f"{arena.name}.jwt.pem")

    def start(self, arena: Arena, port: int) -> list[Child]:
        """The service by the chassis' runner, the gateway by its own command."""
        asleep = {} if self.relaying else house.RELAY_ASLEEP
        status, audit = free_port(), LOCAL / "logs" / f"{arena.name}.audit.log"
        audit.unlink(missing_ok=True)
        settings = house.environment(
            arena,
            HALLBUS_JWT_PUBLIC_KEY_FILE=str(self._known().key_file),
            HALLBUS_GATEWAY_PORT=str(port),
            HALLBUS_GATEWAY_METRICS_PORT=str(status),
            HALLBUS_GATEWAY_AUDIT_PATH=str(audit),
        )
        return [house.service(arena, "bench", env=asleep), house.process(arena, "gateway", ["gateway"], status, settings)]

    def metadata(self, arena: Arena) -> Sequence[tuple[str, str]]:
        """A bearer token, as every caller has it."""
        return [("authorization", f"Bearer {self._known().token}")]

    def message(self, number: int) -> bytes:
        """The same bytes as the peers get."""
        return bytes(messages().BenchCaseRequest(**payloads.case(number)).SerializeToString())

    def stored(self, arena: Arena) -> tuple[int, int, int]:
        """Cases, distinct request ids, events in outbox and log."""
        ((rows, distinct, events),) = arena.fetch(STORED)
        return int(str(rows)), int(str(distinct)), int(str(events))

    def _known(self) -> Account:
        assert self._account is not None, "prepare() comes first"
        return self._account
