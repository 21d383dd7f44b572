"""`python -m simulator set-clock | load-city | play-day [--check] [--seed 1] [--seconds 60]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

from chassis.config import ConfigError, load
from simulator import city as cities
from simulator import day, timeline
from simulator.config import SimulatorConfig
from simulator.gateway import Account, CallError, Gateway
from simulator.load import Loader


def main(arguments: list[str]) -> int:
    """Run one command; 0, 1 (the day did not come out as sent, or a call failed) or 2 (the settings are wrong)."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("set-clock", help="show the evening before, so that the house is furnished at a time before the day")
    commands.add_parser("load-city", help="send the sample city through the gateway; safe to repeat")
    play = commands.add_parser("play-day", help="play the prelude and a working day, then show it")
    play.add_argument("--check", action="store_true", help="hold what the house says against what was sent; exit 0 or 1")
    play.add_argument("--seed", type=int, default=1)
    play.add_argument("--seconds", type=_seconds, help="wall time of the working day (07:30 to 19:00), at least 20; default 60")
    chosen = parser.parse_args(arguments)
    try:
        config = load(SimulatorConfig, "HALLBUS_SIMULATOR")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.command == "set-clock":
        timeline.eve(time.time()).write(config.clock_file)
        return 0
    work = (
        _load
        if chosen.command == "load-city"
        else lambda _: day.play(config, chosen.seed, chosen.seconds or config.day_seconds, check=chosen.check)
    )
    return _guarded(work, config)


def _guarded(work: Callable[[SimulatorConfig], Any], config: SimulatorConfig) -> int:
    try:
        return int(asyncio.run(work(config)))
    except (CallError, TimeoutError, day.DayOverError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


async def _load(config: SimulatorConfig) -> int:
    gateway = Gateway(config.gateway, call_seconds=config.call_seconds)
    try:
        await Loader(cities.read(config.city), gateway, Account(api_key=config.admin_api_key)).load()
    finally:
        await gateway.close()
    return 0


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds < 20:
        raise argparse.ArgumentTypeError("at least 20")
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
