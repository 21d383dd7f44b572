"""The process clock: the system's, or a sandbox clock that plays a day in a minute.

The sandbox clock is a piecewise-linear map from real time to shown time, read from the file that HALLBUS_CLOCK_FILE names: one `<real epoch seconds>
<shown epoch seconds>` pair per line, ascending. Between two points the clock runs linearly; before the first and after the last it runs at real speed.
Waits and deadlines never use this clock, only facts do.

A file that is malformed (half written, empty, running backwards) costs no process its life: it is told in the log, once, and the clock goes on by the last
good reading of this process, or by real time when there was none.
"""

from __future__ import annotations

import bisect
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from chassis.log import get_logger

log = get_logger(__name__)

LATEST = 250_000_000_000.0  # epoch seconds in the year 9892: what a datetime can still show, with room for the clock to go on
Points = tuple[list[float], list[float]]


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
        except OSError:
            return
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._real, self._shown = parse(self._path.read_text(), time.time())
        except (OSError, ValueError) as error:
            log.error(
                "clock_file_malformed", path=str(self._path), problem=str(error), instead="last good reading" if self._real else "real time"
            )


def parse(text: str, real: float) -> Points:
    """Real and shown seconds of the file's points, ascending. Raises ValueError when that is no clock that can be shown at `real` and ever after."""
    pairs = sorted(_pair(line) for line in text.splitlines() if line.strip())
    if not pairs:
        raise ValueError("no points")
    shown = [pair[1] for pair in pairs]
    if shown != sorted(shown):
        raise ValueError("it runs backwards")
    if real + shown[0] - pairs[0][0] < 0:
        raise ValueError("it shows a time before 1970")
    return [pair[0] for pair in pairs], shown


def _pair(line: str) -> tuple[float, float]:
    numbers = [float(word) for word in line.split()]
    if len(numbers) != 2 or not all(0 <= number <= LATEST for number in numbers):  # not a number compares with nothing
        raise ValueError(f"not a pair of epoch seconds: {line[:60]!r}")
    return numbers[0], numbers[1]


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
