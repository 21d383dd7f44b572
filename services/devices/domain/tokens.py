"""Device tokens: long random secrets, so a plain digest is enough to keep them by."""

from __future__ import annotations

import hmac
from hashlib import sha256


def digest(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def matches(token: str, stored: str) -> bool:
    """Whether `token` is the one behind `stored`, in constant time."""
    return hmac.compare_digest(digest(token), stored)
