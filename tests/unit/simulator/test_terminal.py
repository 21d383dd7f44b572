"""A terminal's own behaviour where no house is needed: what it does when nobody answers."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import timedelta

from simulator.device_port import DevicePort
from simulator.journal import Journal
from simulator.plan.people import Punch
from simulator.terminal import Habits, Terminal
from simulator.timeline import Governor, Timeline, at


def test_a_refused_terminal_goes_home_at_closing_and_keeps_its_rows(tmp_path):
    """The pause after a refusal is ten shown minutes; past closing the clock runs at real speed, and nobody waits those out."""
    clock = Timeline([(time.time(), at("18:58:58").timestamp())])
    journal = Journal()
    terminal = Terminal(
        "HBT000000001",
        DevicePort("127.0.0.1", _closed_port()),
        Governor(clock, tmp_path / "clock"),
        journal,
        punches=[Punch("h0001", "1001", at("18:58:00"))],
        habits=Habits(),
    )
    began = time.monotonic()

    asyncio.run(asyncio.wait_for(terminal.live(at("18:59")), 30))

    assert time.monotonic() - began < 10
    log = journal.terminal("HBT000000001")
    assert log.lines_sent >= 2, "tried again before it went home"
    assert (log.lines_acknowledged, log.distinct) == (0, set())


def test_a_terminal_whose_last_answer_came_after_closing_does_not_wait_for_the_next_poll(tmp_path):
    clock = Timeline([(time.time(), at("19:00:00").timestamp())])
    terminal = Terminal(
        "HBT000000001", DevicePort("127.0.0.1", _closed_port()), Governor(clock, tmp_path / "clock"), Journal(), punches=[], habits=Habits()
    )  # fmt: skip

    asyncio.run(asyncio.wait_for(terminal._sleep(at("18:59"), clock.now() + timedelta(minutes=7)), 5))


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
