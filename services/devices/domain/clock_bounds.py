"""Which row times are believable.

Times are compared as the terminal writes them, "YYYY-MM-DD HH:MM:SS" in its own zone, because that form sorts as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

AHEAD, TOO_OLD, RESET = "CLOCK_AHEAD", "TOO_OLD", "CLOCK_RESET"
HOLDING = (AHEAD, RESET)
"""Reasons that hold the watermark: the rows are punches of today under a wrong date."""

RESET_BEFORE = "2015-01-01 00:00:00"
"""A terminal that lost its battery starts again in 2000; no hall had one of these terminals before 2015."""

FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Bounds:
    """Believable row times at one moment; `received` is that moment in the terminal's zone."""

    earliest: str
    latest: str
    received: str

    def reason(self, local_time: str) -> str | None:
        """Why a time is not believable, or None."""
        if local_time > self.latest:
            return AHEAD
        if local_time < RESET_BEFORE:
            return RESET
        return TOO_OLD if local_time < self.earliest else None

    def skew_seconds(self, local_time: str) -> int:
        """How far the row is ahead of the receipt, in seconds; negative = behind."""
        return int((datetime.strptime(local_time, FORM) - datetime.strptime(self.received, FORM)).total_seconds())  # noqa: DTZ007  both are wall-clock readings of one zone


@lru_cache(maxsize=256)
def _shown(second: int, zone: tzinfo) -> str:
    # Asked for every upload; terminals of one zone share the second.
    return datetime.fromtimestamp(second, zone).strftime(FORM)


def bounds_at(received: datetime, zone: tzinfo, *, ahead: timedelta, oldest: timedelta) -> Bounds:
    """The bounds for rows received at `received`: at most `ahead` in the future, at most `oldest` in the past."""

    second, early, late = int(received.timestamp()), int(oldest.total_seconds()), int(ahead.total_seconds())
    return Bounds(_shown(second - early, zone), _shown(second + late, zone), _shown(second, zone))
