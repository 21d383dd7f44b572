"""Who calls: a bearer token of the directory or an API key. Every failure looks the same from outside."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from chassis.errors import HallbusError, NotFound, PermissionDenied, Unauthenticated
from gateway import metrics

AUDIENCE = "hallbus-gateway"
ISSUER = "hallbus"

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)
# A token names each of its permissions; an account with many roles has a long one.
_LONGEST_CREDENTIAL = 12_000

VerifyKey = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Identity:
    """An account, the person behind it if any, and its grants: (permissions, scopes) pairs. `expires_at` is epoch seconds."""

    account_id: str
    staff_id: str | None
    grants: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    expires_at: float
    _scopes: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def scopes(self, permission: str) -> tuple[str, ...]:
        """The union of the scopes of all grants that hold the permission; empty when none does."""
        if permission not in self._scopes:
            union = {scope for permissions, scopes in self.grants if permission in permissions for scope in scopes}
            self._scopes[permission] = tuple(sorted(union))
        return self._scopes[permission]


def identity(claims: Mapping[str, Any], *, account: str, expires_at: float) -> Identity:
    """From a token's claims or the directory's answer. Raises KeyError, TypeError or ValueError when they have another form."""
    grants = tuple((frozenset(map(str, grant["permissions"])), tuple(map(str, grant["scopes"]))) for grant in claims["grants"])
    staff_id = claims.get("staff_id")
    if not isinstance(claims[account], str) or not (staff_id is None or isinstance(staff_id, str)):
        raise ValueError("account and staff are strings")
    return Identity(claims[account], staff_id or None, grants, expires_at)


def unauthenticated() -> Unauthenticated:
    """The one answer to every failed login: says nothing about what was wrong."""
    return Unauthenticated("UNAUTHENTICATED", "valid credentials are required")


class Tokens:
    """Checks bearer tokens (JWT, EdDSA) and remembers those that were right, because a signature costs more than the rest of a call."""

    def __init__(self, public_keys: str, *, remembered: int = 4096) -> None:
        """`public_keys` is one PEM block or, while keys are rotated, several. Raises ValueError when there is no Ed25519 key among them."""
        self._keys = [load_pem_public_key(block.encode()) for block in _PEM.findall(public_keys)]
        if not self._keys or not all(isinstance(key, Ed25519PublicKey) for key in self._keys):
            raise ValueError("HALLBUS_JWT_PUBLIC_KEY_FILE holds no Ed25519 public key in PEM form")
        self._known: OrderedDict[str, Identity] = OrderedDict()
        self._remembered = remembered

    def verify(self, token: str) -> Identity:
        """The token's account. Raises Unauthenticated."""
        known = self._known.get(token)
        if known is None:
            known = self._checked(token)
            self._known[token] = known
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        if known.expires_at <= time.time():
            self._known.pop(token, None)
            raise unauthenticated()
        return known

    def _checked(self, token: str) -> Identity:
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token,
                    key,  # type: ignore[arg-type]  # __init__ has let only Ed25519 keys in
                    algorithms=["EdDSA"],
                    audience=AUDIENCE,
                    issuer=ISSUER,
                    options={"require": ["exp", "iss", "aud", "sub", "grants"], "verify_iat": False},
                )
                return identity(claims, account="sub", expires_at=float(claims["exp"]))
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
                raise unauthenticated() from error
        raise unauthenticated()


class APIKeys:
    """Asks the directory for the account of an API key, by hash; remembers the answer for a minute, a refusal for five seconds."""

    def __init__(self, verify: VerifyKey, *, positive_seconds: float = 60.0, negative_seconds: float = 5.0, remembered: int = 4096) -> None:
        self._verify = verify
        self._positive, self._negative = positive_seconds, negative_seconds
        self._remembered = remembered
        self._known: OrderedDict[str, tuple[float, Identity | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Identity | None]] = {}
        # Made-up keys must not be able to fill the directory's workers.
        self._slots = asyncio.Semaphore(8)

    async def verify(self, key: str) -> Identity:
        """The key's account. Raises Unauthenticated; Unavailable or DeadlineExceeded when the directory does not answer."""
        key_hash = hashlib.sha256(key.encode()).hexdigest()
        until, known = self._known.get(key_hash, (0.0, None))
        if until <= time.monotonic():
            known = await self._ask_once(key_hash)
        if known is None:
            raise unauthenticated()
        return known

    async def _ask_once(self, key_hash: str) -> Identity | None:
        task = self._asking.get(key_hash)
        if task is None:
            task = self._asking[key_hash] = asyncio.ensure_future(self._ask(key_hash))
            task.add_done_callback(lambda _: self._asking.pop(key_hash, None))
        # One caller hanging up must not take the answer away from the others.
        return await asyncio.shield(task)

    async def _ask(self, key_hash: str) -> Identity | None:
        found: Identity | None = None
        try:
            async with self._slots:
                answer = await self._verify(key_hash)
            found = identity(answer, account="account_id", expires_at=time.time() + self._positive)
        except (NotFound, Unauthenticated, PermissionDenied):
            metrics.key_lookups.labels("refused").inc()
        except HallbusError:
            metrics.key_lookups.labels("failed").inc()
            raise
        else:
            metrics.key_lookups.labels("found").inc()
        lifetime = self._negative if found is None else self._positive
        self._known[key_hash] = (time.monotonic() + lifetime, found)
        self._known.move_to_end(key_hash)
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return found


class Credentials:
    """Reads the credentials of a call's metadata: `authorization: Bearer <JWT>` or `x-api-key: <key>`; the token wins if both are there."""

    def __init__(self, tokens: Tokens, keys: APIKeys) -> None:
        self._tokens = tokens
        self._keys = keys

    async def identify(self, metadata: Mapping[str, str | bytes]) -> Identity:
        """The calling account. Raises Unauthenticated without detail."""
        bearer, key = metadata.get("authorization"), metadata.get("x-api-key")
        if bearer is None and key is None:
            raise unauthenticated()
        given = bearer if bearer is not None else key
        if not isinstance(given, str) or len(given) > _LONGEST_CREDENTIAL:
            raise unauthenticated()
        if bearer is None:
            return await self._keys.verify(given)
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated()
        return self._tokens.verify(token.strip())
