"""No wait without a bound: eventlet's timer in green processes, nothing in others (there the caller has its own)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def green() -> bool:
    """Whether this process runs on eventlet's hub."""
    patcher = sys.modules.get("eventlet.patcher")
    return bool(patcher and patcher.is_monkey_patched("socket"))


@contextmanager
def bounded(seconds: float, error: Exception) -> Iterator[None]:
    """Raise `error` in the block when it runs longer than `seconds`. The connection it was waiting on is invalidated by SQLAlchemy."""
    if seconds <= 0:
        raise error
    if not green():
        yield
        return
    import eventlet

    timer = eventlet.Timeout(seconds)
    try:
        yield
    except eventlet.Timeout as expired:
        if expired is not timer:
            raise
        raise error from None
    finally:
        timer.cancel()
