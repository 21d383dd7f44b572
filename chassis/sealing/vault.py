"""The vault: seals texts, opens them, and gives the keyed hash they are searched by."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.errors import Internal

KEY_BYTES = 32
_NONCE_BYTES = 12
# 128 bits: a collision among a billion values is less likely than a disk that lies.
_HASH_BYTES = 16
_ID = re.compile(r"^[a-z0-9]{1,16}$")


@dataclass(frozen=True)
class Key:
    """A named secret, written `<id>:<32 bytes in base64>`; the name stands in front of everything made with it."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Key:
        """Raises ValueError that says what is wrong and never shows the secret."""
        name, colon, encoded = text.strip().partition(":")
        if not colon or not _ID.match(name):
            raise ValueError("a key is written <id>:<base64>, the id of 1 to 16 small letters and digits")
        try:
            secret = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"key {name}: not base64") from None
        if len(secret) != KEY_BYTES:
            raise ValueError(f"key {name}: {len(secret)} bytes, must be {KEY_BYTES}")
        return cls(name, secret)

    @classmethod
    def generate(cls, name: str) -> Key:
        """A fresh random key."""
        return cls(name, os.urandom(KEY_BYTES))

    def written(self) -> str:
        """The form that `parse` reads; a secret."""
        return f"{self.id}:{base64.urlsafe_b64encode(self.secret).decode()}"


class Vault:
    """The first key of each kind makes new values, the others only read old ones.

    `context` names the place of a value (schema, table, column and row): a sealed value copied to another place does not open there, and equal texts
    in two columns have different hashes.
    """

    def __init__(self, sealing: Sequence[Key], index: Sequence[Key]) -> None:
        self._ciphers = {key.id: AESGCM(key.secret) for key in sealing}
        self._index = tuple(index)
        self._current = sealing[0].id
        self.sealed_by = f"{self._current}."
        """What every value sealed with the current key begins with."""
        self.hashed_by = f"{index[0].id}."
        """What every hash made with the current index key begins with."""

    def seal(self, text: str, *, context: str) -> str:
        """`<key id>.<base64 of nonce and ciphertext>`; nothing stays nothing."""
        if not text:
            return ""
        nonce = os.urandom(_NONCE_BYTES)
        body = nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), context.encode())
        return self.sealed_by + base64.urlsafe_b64encode(body).decode().rstrip("=")

    def open(self, sealed: str, *, context: str) -> str:
        """The text. Raises Internal SEALING_KEY_UNKNOWN (its key is not among ours) or SEAL_BROKEN (tampered with, or moved from elsewhere)."""
        if not sealed:
            return ""
        name, _, encoded = sealed.partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Internal("SEALING_KEY_UNKNOWN", "a value is sealed with a key this process does not have", key_id=name[:16])
        try:
            body = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError):
            raise Internal("SEAL_BROKEN", "a sealed value does not open in its place", key_id=name[:16]) from None

    def fingerprint(self, text: str, *, context: str) -> str:
        """The keyed hash that is stored; the same for equal texts of one context."""
        return _hash(self._index[0], text, context)

    def fingerprints(self, text: str, *, context: str) -> tuple[str, ...]:
        """The hashes under every index key, for a search while a rotation is under way."""
        return tuple(_hash(key, text, context) for key in self._index)


def _hash(key: Key, text: str, context: str) -> str:
    # The separator cannot stand in a context, so that no two pairs make the same message.
    message = context.encode() + b"\0" + text.encode()
    digest = hmac.new(key.secret, message, hashlib.sha256).digest()[:_HASH_BYTES]
    return f"{key.id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
