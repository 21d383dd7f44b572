"""Bearer tokens: JWT signed with Ed25519 (EdDSA); the gateway holds the public key only."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis.errors import FailedPrecondition

ISSUER = "hallbus"
AUDIENCE = "hallbus-gateway"


def sign(key_file: Path | None, identity: dict[str, Any], *, seconds: int) -> tuple[str, datetime]:
    """A token for account, staff and grants, and when it ends.

    Raises FailedPrecondition SIGNING_KEY_MISSING when no usable key is configured.
    """
    # The life of a token is a wait, not a fact of the field: the real clock, also in the sandbox.
    issued = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": identity["account_id"], "staff_id": identity["staff_id"],
        "iat": issued, "exp": issued + seconds, "grants": identity["grants"],
    }  # fmt: skip
    token = jwt.encode(claims, _key(key_file), algorithm="EdDSA")
    return token, datetime.fromtimestamp(issued + seconds, UTC)


def _key(path: Path | None) -> Ed25519PrivateKey:
    if path is None:
        raise FailedPrecondition("SIGNING_KEY_MISSING", "HALLBUS_JWT_PRIVATE_KEY_FILE is not set")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _written: int) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise FailedPrecondition("SIGNING_KEY_MISSING", f"{path.name} holds no Ed25519 private key")
    return key
