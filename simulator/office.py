"""The administrator's day: approve the new terminal, have one send everything again, deal with the lines of the wrong clock."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.city import terminal_sn
from simulator.gateway import Account, CallError, Gateway
from simulator.journal import Journal
from simulator.load import PENDING_HALL
from simulator.plan.people import CLOCK_HALL
from simulator.timeline import Timeline, at


class Office:
    """What somebody has to decide."""

    def __init__(self, gateway: Gateway, timeline: Timeline, journal: Journal, who: Account) -> None:
        self._gateway, self._timeline, self._journal, self._who = gateway, timeline, journal, who

    async def work(self) -> None:
        """The whole day."""
        await asyncio.gather(
            self._at("10:00", "ApproveDevice", device_sn=terminal_sn(PENDING_HALL)),
            self._at("10:10", "DismissQuarantine", device_sn=terminal_sn(CLOCK_HALL), note="时钟已校正，人员已补打卡"),
            self._at("13:00", "SendCommand", device_sn=terminal_sn("h0001"), kind="check"),
        )

    async def _at(self, clock: str, method: str, **request: Any) -> None:
        await self._timeline.until(at(clock))
        try:
            await self._gateway.call("devices", method, request, who=self._who)
        except CallError as error:
            self._journal.failed(method, error)
