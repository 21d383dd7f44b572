"""Shown time: which moments of the sandbox clock fall on which seconds of the wall clock, and waiting for them.

The plan is a piecewise-linear map from plan seconds to shown seconds. The wall clock runs through the plan at rate 1; when the house cannot keep up with
the city, `pace` lets it run slower, so that a slow machine plays a longer day and not another one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as clock_time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 23)
"""The Monday that is played."""

BEFORE = (date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20))
"""The working days of the prelude: long enough that promises of one to three working days run out and a forgotten notice becomes an acceptance."""

EVE = datetime(2026, 11, 12, 20, 0, tzinfo=ZONE)
"""What the clock shows while the house is furnished."""

OPENING, CLOSING = clock_time(7, 30), clock_time(19, 0)
_NIGHT_SECONDS = 0.3
_WORKDAY_SECONDS = 2.0
_WORKDAY = (clock_time(8, 0), clock_time(18, 0))

_NAP_SECONDS = 0.1
_LEAD_SECONDS = 0.02

Point = tuple[float, float]


def at(text: str, day: date = DAY) -> datetime:
    """The moment "HH:MM" or "HH:MM:SS" of a day in the halls' zone."""
    return datetime.combine(day, clock_time.fromisoformat(text), ZONE)


class Timeline:
    """Points of (real, shown) epoch seconds, ascending; real speed outside of them, as `chassis.clock` runs. `rate` is how fast the plan goes by."""

    def __init__(self, points: Sequence[Point]) -> None:
        if not points or any(b[0] <= a[0] or b[1] <= a[1] for a, b in pairwise(points)):
            raise ValueError("a timeline needs at least one point, ascending in both times")
        self.points = list(points)
        self.rate = 1.0

    def shown(self, real: float) -> float:
        """Shown epoch seconds at a real one."""
        return _map(self.points, real)

    def real(self, shown: float) -> float:
        """The real second at which a shown one is reached, as things are."""
        return _map([(s, r) for r, s in self.points], shown)

    def now(self) -> datetime:
        """The shown moment."""
        return datetime.fromtimestamp(self.shown(time.time()), ZONE)

    async def until(self, moment: datetime) -> None:
        """Wait until the clock shows `moment`; returns at once when it is past."""
        # Short naps, because the pace may change meanwhile.
        while (left := self.real(moment.timestamp()) - time.time()) > 0:  # noqa: ASYNC110  time passes by itself, no event tells of it
            await asyncio.sleep(min(left, _NAP_SECONDS))

    def behind(self, moment: datetime) -> float:
        """By how many real seconds `moment` is past; negative while it is to come."""
        return time.time() - self.real(moment.timestamp())

    def pace(self, rate: float, real: float) -> None:
        """Let the rest of the plan go by at `rate` (1 = as planned) from `real` on; what was shown until then stays."""
        stretch = self.rate / rate
        begin = (real, self.shown(real))
        coming = [(begin[0] + (r - real) * stretch, s) for r, s in self.points if r > real and s > begin[1]]
        self.points, self.rate = [*(point for point in self.points if point[0] < real), begin, *coming], rate

    def write(self, path: Path) -> None:
        """Make it the clock of the house, in one step: no process may read half a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".draft")
        draft.write_text("".join(f"{real:.6f} {shown:.6f}\n" for real, shown in self.points))
        draft.replace(path)


class Governor:
    """Holds the clock while somebody is behind his plan, and lets it run again when all have caught up."""

    def __init__(self, timeline: Timeline, path: Path, *, slow: float = 0.05, tolerated: float = 0.4, longest: float = 300.0) -> None:
        """`tolerated` seconds of delay (two hours of the prelude; with much more a receipt would fall on another day, and its deadline with it).

        After `longest` real seconds it does not interfere any more: no wait without a bound.
        """
        self.timeline, self._path = timeline, path
        self._slow, self._tolerated, self._longest = slow, tolerated, longest
        self._doing: dict[object, datetime] = {}
        self.latest = 0.0
        self.slowed_seconds = 0.0

    def begins(self, who: object, planned: datetime) -> None:
        """Somebody starts what was planned for a moment."""
        self._doing[who] = planned

    def ends(self, who: object) -> None:
        """And is done with it."""
        planned = self._doing.pop(who, None)
        if planned is not None:
            self.latest = max(self.latest, self.timeline.behind(planned))

    def delay(self) -> float:
        """How many seconds the slowest of all is behind."""
        return max((self.timeline.behind(planned) for planned in self._doing.values()), default=0.0)

    async def watch(self) -> None:
        """Until cancelled."""
        began = time.monotonic()
        while True:
            await asyncio.sleep(_NAP_SECONDS)
            slow = self.timeline.rate < 1.0
            self.slowed_seconds += _NAP_SECONDS if slow else 0.0
            delay = self.delay()
            if slow and (delay < self._tolerated / 2 or time.monotonic() - began > self._longest):
                self._set(1.0)
            elif not slow and delay > self._tolerated and time.monotonic() - began < self._longest:
                self._set(self._slow)

    def _set(self, rate: float) -> None:
        self.timeline.pace(rate, time.time() + _LEAD_SECONDS)
        self.timeline.write(self._path)


def read(path: Path) -> Timeline:
    """The clock of the house. Raises FileNotFoundError."""
    pairs = (line.split() for line in path.read_text().splitlines() if line.strip())
    return Timeline([(float(real), float(shown)) for real, shown in pairs])


def eve(real: float) -> Timeline:
    """The evening before the prelude, at real speed."""
    return Timeline([(real, EVE.timestamp())])


def play(real: float, shown: float, day_seconds: float) -> Timeline:
    """From (real, shown) through the prelude and the day, then real speed."""
    points: list[Point] = [(real, shown)]
    for day in BEFORE:
        for hour, seconds in zip(_WORKDAY, (_NIGHT_SECONDS, _WORKDAY_SECONDS), strict=True):
            points.append((points[-1][0] + seconds, datetime.combine(day, hour, ZONE).timestamp()))
    for hour, seconds in ((OPENING, _NIGHT_SECONDS), (CLOSING, day_seconds)):
        points.append((points[-1][0] + seconds, datetime.combine(DAY, hour, ZONE).timestamp()))
    return Timeline(points)


def _map(points: Sequence[Point], x: float) -> float:
    if x <= points[0][0]:
        return points[0][1] - (points[0][0] - x)
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    return points[-1][1] + (x - points[-1][0])
