"""Password hashes: argon2id, computed off the event loop because one takes tens of milliseconds of CPU."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import argon2
from eventlet import patcher, tpool

# OWASP's second profile for argon2id: 19 MiB, two passes.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The hash to store."""
    return str(_off_the_loop(_HASHER.hash, password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; costs the same when nothing is stored."""
    right = bool(_off_the_loop(_verified, stored or _nobody(), password))
    return right and stored is not None


def _verified(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    # Same parameters as a real hash, so that an unknown login takes as long as a known one.
    return _HASHER.hash("nobody has this password")


def _off_the_loop(function: Callable[..., Any], *arguments: Any) -> Any:
    if patcher.is_monkey_patched("thread"):
        return tpool.execute(function, *arguments)
    return function(*arguments)
