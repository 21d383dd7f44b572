"""How fast terminals are asked to come, and which row times are taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds between polls and after an error, as told to the terminals, and the clock limits of rows."""

    delay: int = 10
    error_delay: int = 30
    ahead_seconds: int = 120
    oldest_days: int = 60
