"""Waiting for what the house does by itself, with a bound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from simulator.gateway import CallError

T = TypeVar("T")
_SECONDS = 20.0
_PAUSE = 0.1


async def until_possible(attempt: Callable[[], Awaitable[T]], reasons: Sequence[str], *, seconds: float = _SECONDS) -> T:
    """Try again while the answer is one of `reasons`, which news on its way will undo. Raises CallError."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return await attempt()
        except CallError as error:
            if error.reason not in reasons or time.monotonic() > ends:
                raise
        await asyncio.sleep(_PAUSE)


async def until_true(look: Callable[[], Awaitable[Any]], *, seconds: float, pause: float = 0.3) -> bool:
    """Look until it is so, or the time is over; whether it is so."""
    ends = time.monotonic() + seconds
    while True:
        if await look():
            return True
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(pause)
