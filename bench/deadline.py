"""Waiting with a bound."""

import time
from collections.abc import Callable


def wait_until(true: Callable[[], bool], *, within: float, what: str, every: float = 0.02) -> None:
    """Poll until `true()` holds; raises TimeoutError that names `what` after `within` seconds."""
    until = time.monotonic() + within
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not reached within {within:.0f} s")
        time.sleep(every)
