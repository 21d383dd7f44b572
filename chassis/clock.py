"""The process clock: the system's, or a sandbox clock that plays a day in a minute.

The sandbox clock is a piecewise-linear map from real time to shown time, read from the file that HALLBUS_CLOCK_FILE names: one `<real epoch seconds>
<shown epoch seconds>` pair per line, ascending. Between two points the clock runs linearly; before the first and after the last it runs at real speed.
Waits and deadlines never use this clock, only facts do.
"""

from __future__ import annotations

import bisect
import os
import time
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """UTC of this machine."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)


class FileClock:
    """The sandbox clock; it takes up a changed file at the next look, so that all processes of a sandbox show the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._real: list[float] = []
        self._shown: list[float] = []

    def now(self) -> datetime:
        """The shown moment, aware, UTC."""
        self._refresh()
        return datetime.fromtimestamp(self.shown(time.time()), UTC)

    def shown(self, real: float) -> float:
        """Shown epoch seconds at the real epoch second `real`."""
        if not self._real:
            return real
        index = bisect.bisect_right(self._real, real)
        if index == 0:
            return self._shown[0] - (self._real[0] - real)
        if index == len(self._real):
            return self._shown[-1] + (real - self._real[-1])
        left, right = self._real[index - 1], self._real[index]
        share = (real - left) / (right - left)
        return self._shown[index - 1] + share * (self._shown[index] - self._shown[index - 1])

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return
        points = sorted(tuple(map(float, line.split())) for line in self._path.read_text().splitlines() if line.strip())
        self._real, self._shown, self._stamp = [p[0] for p in points], [p[1] for p in points], stamp


def from_environment(environ: dict[str, str] | None = None) -> SystemClock | FileClock:
    """The clock that the environment asks for."""
    path = (os.environ if environ is None else environ).get("HALLBUS_CLOCK_FILE")
    return FileClock(Path(path)) if path else SystemClock()


_clock = from_environment()


def now() -> datetime:
    """The present moment of this process, aware, UTC."""
    return _clock.now()


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC; refuses naive times, which have no place on the wire."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}")
    return moment.astimezone(UTC).isoformat()
