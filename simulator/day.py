"""The day: everybody comes in, lives through it at the shown times, and in the evening the house is looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from simulator import city as cities
from simulator import evening, load, report, timeline
from simulator.check import verdicts
from simulator.city import CITY, City, terminal_sn
from simulator.config import SimulatorConfig
from simulator.device_port import DevicePort
from simulator.gateway import Account, Gateway
from simulator.inspectors import Inspectors
from simulator.integrator import Integrator
from simulator.journal import Journal
from simulator.office import Office
from simulator.plan import cases, people
from simulator.plan.cases import Script
from simulator.terminal import Habits, Terminal
from simulator.timeline import Governor, Timeline, at
from simulator.windows import Windows

HABITS = {
    "h0001": Habits(),  # told to send everything again at noon (command CHECK)
    "h0002": Habits(deaf_at=("08:10", "08:20", "17:35"), resend_at="14:00"),
    "h0003": Habits(offline_at="07:40", online_at="12:05"),
    "h0004": Habits(ahead=people.CLOCK_AHEAD, handshake_at=people.CLOCK_SET_AT.strftime("%H:%M")),
    "h0005": Habits(),  # waits for approval
    "h0006": Habits(
        noise=(b"1051\t2026-02-31 08:00:00\t255\t15\t0\t0\t0", b"garbled memory", b"10\x0051\t2026-11-23 07:50:00\t255\t15\t0\t0\t0")
    ),
}
_CUT_AT = "11:00"
_FAREWELL_SECONDS = 5.0
_PATIENCE_SECONDS = 400.0
"""How much longer than planned the day may take before the play is given up; the governor stops slowing the clock long before."""


class DayOverError(Exception):
    """The house has lived through the day."""


class Day:
    """One play."""

    def __init__(self, config: SimulatorConfig, city: City, gateway: Gateway, clock: Timeline, *, seed: int, seconds: float) -> None:
        self.city, self.gateway, self.clock, self.journal = city, gateway, clock, Journal()
        self.seconds = seconds
        self._tasks: list[asyncio.Task[None]] = []
        self.governor = Governor(clock, config.clock_file)
        self.admin = Account(api_key=config.admin_api_key)
        self.punches = people.punches(city, Random(seed))
        self.scripts: list[Script] = cases.scripts(city, Random(seed + 1))
        self.port = DevicePort(config.devices_host, config.devices_port)
        self.integrator = Integrator(gateway, clock, city.account("integrator"), region=CITY)

    async def live(self) -> None:
        """From the prelude to the evening. Raises CallError when the house cannot even be entered, TimeoutError when somebody does not come home."""
        tokens = await load.rating_tokens(self.city, self.gateway, self.admin)
        aside = [self._start(self._tell_the_time()), self._start(self.governor.watch())]
        self._start(self.integrator.follow(at(_CUT_AT)))
        await self._all([self._start(actor) for actor in self._actors(tokens)])
        await self.clock.until(at(timeline.CLOSING.strftime("%H:%M")))
        for task in aside:
            task.cancel()

    async def close(self) -> None:
        """Everybody stops what he is doing, the integrator too."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=_FAREWELL_SECONDS)
        await self.gateway.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._tasks.append(asyncio.ensure_future(work))
        return self._tasks[-1]

    async def _all(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        within = self.seconds + _PATIENCE_SECONDS
        done, late = await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        if late:
            raise TimeoutError(f"the day is not over after {within:.0f} s: {'; '.join(_where(task) for task in late)}")

    def _actors(self, tokens: dict[str, str]) -> list[Coroutine[Any, Any, None]]:
        windows = Windows(self.city, self.gateway, self.port, self.governor, self.journal, tokens=tokens)
        closing = at(timeline.CLOSING.strftime("%H:%M"))
        return [
            *(self._terminal(hall["hall_id"]).live(closing - timedelta(minutes=1)) for hall in self.city.halls),
            *(windows.work(steps) for steps in cases.by_window(self.scripts).values()),
            Inspectors(self.city, self.gateway, self.clock, self.journal, second=self.admin, late=self._excused()).work(),
            Office(self.gateway, self.clock, self.journal, self.admin).work(),
        ]

    def _excused(self) -> list[Script]:
        return [script for script in self.scripts if script.excused_at]

    def _terminal(self, hall_id: str) -> Terminal:
        mine = [punch for punch in self.punches if punch.hall_id == hall_id]
        return Terminal(terminal_sn(hall_id), self.port, self.governor, self.journal, punches=mine, habits=HABITS[hall_id])

    async def _tell_the_time(self) -> None:
        """A line now and then, so that a person sees that the day goes on."""
        for day in timeline.BEFORE:
            await self.clock.until(at("08:00", day))
            print(f"    {day:%Y-%m-%d %a}", flush=True)
        for hour in range(8, 19):
            await self.clock.until(at(f"{hour:02}:00"))
            log = self.journal
            done = log.acknowledged
            print(
                f"    {timeline.DAY:%Y-%m-%d %a} {hour:02}:00  punches {log.distinct_punches:4}  receipts {done['intake.case.registered']:4}"
                f"  decided {done['intake.case.decided']:4}  ratings {done['evaluation.rating.submitted']:3}",
                flush=True,
            )


def _where(task: asyncio.Task[None]) -> str:
    """Where a task stands, innermost last."""
    coroutine: Any = task.get_coro()
    places = []
    while coroutine is not None and hasattr(coroutine, "cr_frame"):
        places.append(f"{coroutine.__qualname__}:{coroutine.cr_frame.f_lineno}")
        coroutine = coroutine.cr_await
    return " > ".join(places)


async def play(config: SimulatorConfig, seed: int, seconds: float, *, check: bool) -> int:
    """Play, show, and with `check` judge; 0 or 1. Raises DayOverError when the clock shows the day or a later one already."""
    city, now = cities.read(config.city), time.time()
    shown = timeline.read(config.clock_file).shown(now)
    if shown > at("08:00", timeline.BEFORE[0]).timestamp():
        raise DayOverError("the day has been played already, and the clock of a house never goes back: start the house anew")
    clock = timeline.play(now, shown, seconds)
    day = Day(config, city, Gateway(config.gateway, call_seconds=config.call_seconds), clock, seed=seed, seconds=seconds)
    clock.write(config.clock_file)
    try:
        await day.live()
        print("    19:00  everybody has gone home; waiting until the house has worked off the day", flush=True)
        found = await evening.look(day, settle_seconds=config.settle_seconds)
    finally:
        await day.close()
    print(report.text(day, found), flush=True)
    lines = verdicts(day, found) if check else []
    if lines:
        print(report.verdict_text(lines), flush=True)
    return 0 if all(line.good for line in lines) else 1
