"""A clock-in terminal (考勤机) that speaks PUSH 2.x: it keeps every row until the server has acknowledged it, and sends before it polls.

Its clock is its own until the handshake, whose `Date` sets it, as real firmware does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from chassis.log import get_logger
from simulator.device_port import Answer, DevicePort, NoAnswerError
from simulator.journal import Journal
from simulator.plan.people import Punch
from simulator.timeline import ZONE, Governor, at

log = get_logger(__name__)

_BATCH = 62
_USER_AGENT = "iClock Proxy/1.09"
_FIRMWARE = "Ver 8.0.4.6-20221201"
_FIRST_DELAY = timedelta(minutes=10)


@dataclass(frozen=True)
class Habits:
    """What is special about a terminal. Times are clock times of the day.

    `offline_at`, `online_at`: when the line goes down and comes back. `ahead`: how far its clock is ahead before its first handshake at
    `handshake_at`. `deaf_at`: acknowledgements that never reach it. `resend_at`: it starts anew and sends everything again. `noise`: lines of
    broken memory.
    """

    offline_at: str = ""
    online_at: str = ""
    ahead: timedelta = timedelta()
    handshake_at: str = "07:31"
    deaf_at: tuple[str, ...] = ()
    resend_at: str = ""
    noise: tuple[bytes, ...] = ()


class Terminal:
    """One terminal over the day."""

    def __init__(
        self, device_sn: str, port: DevicePort, governor: Governor, journal: Journal, *, punches: Sequence[Punch], habits: Habits
    ) -> None:
        self.device_sn = device_sn
        self._port, self._governor, self._habits = port, governor, habits
        self._timeline = governor.timeline
        self._log = journal.terminal(device_sn)
        self._coming = sorted(punches, key=lambda punch: punch.moment)
        self._memory: list[bytes] = []
        self._sent = 0
        self._delay = self._error_delay = _FIRST_DELAY
        self._deaf = sorted(at(text) for text in habits.deaf_at)
        self._greeted = False
        self._resent = not habits.resend_at

    async def live(self, closing: datetime) -> None:
        """Work until `closing`: touches as they come, polls at the pace the server asked for, pauses after refusals."""
        next_poll = at(self._habits.handshake_at) if not self._habits.ahead else at("07:45")
        quiet_until = next_poll
        while self._timeline.now() < closing:
            now = self._timeline.now()
            self._touch(now)
            if self._line_is_up(now) and now >= quiet_until:
                self._governor.begins(self, now)
                good = await self._speak(now, poll=now >= next_poll)
                self._governor.ends(self)
                now = self._timeline.now()
                quiet_until = now if good else now + self._error_delay
                if now >= next_poll and good:
                    next_poll = now + self._delay
            await self._sleep(closing, next_poll, quiet_until)
        # Whatever was refused meanwhile: nobody goes home before the terminal has had its last word.
        await self._speak(self._timeline.now(), poll=True)

    def _touch(self, now: datetime) -> None:
        """People touch it: rows in its own time. The noise of broken memory comes with the first row."""
        while self._coming and self._coming[0].moment <= now:
            punch = self._coming.pop(0)
            if not self._memory:
                self._memory += self._habits.noise
            skew = self._habits.ahead if punch.moment < at(self._habits.handshake_at) else timedelta()
            shown = (punch.moment + skew).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
            self._memory.append("\t".join((punch.pin, shown, "255", punch.verify, "0", "0", "0")).encode())

    def _line_is_up(self, now: datetime) -> bool:
        offline, online = self._habits.offline_at, self._habits.online_at
        return not (offline and at(offline) <= now < at(online))

    async def _speak(self, now: datetime, *, poll: bool) -> bool:
        """One round: greet if it must, send what is unsent, poll. False when the server did not take it."""
        if not self._greeted and now >= at(self._habits.handshake_at):
            await self._handshake()
        if not self._resent and now >= at(self._habits.resend_at):
            self._resent, self._sent = True, 0
        while self._sent < len(self._memory):
            if not await self._upload(self._memory[self._sent : self._sent + _BATCH]):
                return False
        return not poll or await self._poll()

    async def _handshake(self) -> None:
        answer = await self._ask("GET", "cdata", "&options=all&language=83&pushver=2.2.14&DeviceType=att&PushOptionsFlag=1")
        if answer is None or answer.status != 200:
            return
        self._greeted = True
        options = dict(line.split("=", 1) for line in answer.body.decode().splitlines() if "=" in line)
        self._delay = timedelta(seconds=int(options.get("Delay", "600")))
        self._error_delay = timedelta(seconds=int(options.get("ErrorDelay", "600")))

    async def _upload(self, batch: Sequence[bytes]) -> bool:
        body = b"".join(line + b"\n" for line in batch)
        self._log.uploads += 1
        self._log.lines_sent += len(batch)
        answer = await self._ask("POST", "cdata", "&table=ATTLOG&Stamp=9999", body)
        if answer is None or answer.status != 200 or answer.body != f"OK: {len(batch)}".encode():
            self._log.refused += 1
            return False
        self._log.lines_acknowledged += len(batch)
        self._note(batch)
        if self._deaf and self._timeline.now() >= self._deaf[0]:
            # The acknowledgement got lost on the way: the same rows again.
            self._deaf.pop(0)
            return False
        self._sent += len(batch)
        return True

    def _note(self, batch: Sequence[bytes]) -> None:
        now = (self._timeline.now() + timedelta(minutes=2)).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        for line in batch:
            fields = line.decode("latin-1").split("\t")
            if line in self._habits.noise or fields[1] > now:
                self._log.bad_lines.add(line)
            elif line not in self._log.bad_lines:
                self._log.distinct.add((fields[0], fields[1], fields[2], fields[3], fields[4]))

    async def _poll(self) -> bool:
        info = f"{_FIRMWARE},12,30,{len(self._memory)},192.168.1.201,10,40,12,12,111,0,0,0"
        answer = await self._ask("GET", "getrequest", "&INFO=" + quote(info, safe=",:"))
        if answer is None or answer.status != 200:
            return False
        for line in answer.body.decode("gb18030").splitlines():
            if line.startswith("C:"):
                await self._obey(line)
        return True

    async def _obey(self, line: str) -> None:
        _, number, command = line.split(":", 2)
        if command == "CHECK":
            self._greeted, self._sent = False, 0
        await self._ask("POST", "devicecmd", "", f"ID={number}&Return=0&CMD={command.split()[0]}\n".encode())

    async def _ask(self, method: str, path: str, query: str, body: bytes = b"") -> Answer | None:
        try:
            return await self._port.exchange(
                method, f"/iclock/{path}?SN={self.device_sn}{query}", body, User_Agent=_USER_AGENT, Accept="*/*"
            )
        except NoAnswerError as error:
            log.warning("terminal_unanswered", error=error, device_sn=self.device_sn)
            return None

    async def _sleep(self, closing: datetime, *moments: datetime) -> None:
        now = self._timeline.now()
        # Closing counts even when a slow answer has passed it: after the day the clock runs at real speed, and so would the wait.
        marks = [closing, *(moment for moment in moments if moment > now)]
        marks += [self._coming[0].moment] if self._coming else []
        marks += [
            at(text) for text in (self._habits.online_at, self._habits.handshake_at, self._habits.resend_at) if text and at(text) > now
        ]
        await self._timeline.until(min(marks))
        await asyncio.sleep(0.01)  # touches of one moment go in one upload, and a broken plan does not spin
