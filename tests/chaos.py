"""Seeded chaos: `python -m tests.chaos --seconds 60 --seed 7` (`make chaos SECONDS= SEED=`).

Two processes of the probe under load while a seeded hand kills and freezes parts; afterwards the client's own journal decides. The list of faults is
printed, so that a failure can be played again.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from chassis.testing import eventually
from tests.support.arena import Arena, arena_on, victims_in
from tests.support.journal import Load

ALIASES = ("one", "two")


class Hand:
    """Picks and does one fault at a time; every fault heals itself before the next."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self._arena = arena
        self._random = random.Random(seed)
        self.done: list[str] = []
        self._faults: list[Callable[[], None]] = [
            self.kill_service,
            self.stop_service,
            self.freeze_service,
            self.kill_broker,
            self.freeze_and_kill_broker,
            self.kill_database,
            self.freeze_database,
            self.publish_again,
        ]

    def strike(self) -> None:
        """The next fault of this seed."""
        fault = self._random.choice(self._faults)
        self.done.append(fault.__name__)
        sys.stderr.write(f"chaos: {fault.__name__}\n")
        fault()

    def _pid(self, alias: str) -> int:
        return self._arena.running.processes[alias].pid

    def _ensure_services(self) -> None:
        for alias in ALIASES:
            if self._arena.running.processes[alias].poll() is not None:
                self._arena.running.start("probe", alias=alias)

    def kill_service(self) -> None:
        self._arena.running.kill(self._random.choice(ALIASES))
        self._ensure_services()

    def stop_service(self) -> None:
        alias = self._random.choice(ALIASES)
        code = self._arena.running.stop(alias)
        assert code == 0, f"{alias} ended with {code} after SIGTERM"
        self._ensure_services()

    def freeze_service(self) -> None:
        pid = self._pid(self._random.choice(ALIASES))
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self._random.uniform(0.5, 4.0))
        os.kill(pid, signal.SIGCONT)

    def kill_broker(self) -> None:
        self._arena.queues_recorded()
        self._arena.victims.rabbit.kill()
        self._arena.victims.rabbit.start()

    def freeze_and_kill_broker(self) -> None:
        self._arena.queues_recorded()
        self._arena.victims.rabbit.freeze()
        time.sleep(self._random.uniform(0.3, 2.0))
        self._arena.victims.rabbit.kill()
        self._arena.victims.rabbit.start()

    def kill_database(self) -> None:
        self._arena.victims.postgres.kill()
        self._arena.victims.postgres.start()

    def freeze_database(self) -> None:
        self._arena.victims.postgres.freeze()
        time.sleep(self._random.uniform(0.5, 5.0))
        self._arena.victims.postgres.thaw()

    def publish_again(self) -> None:
        self._arena.execute("update probe.relay_state set published = greatest(0, published - 200)")
        self._arena.running.kill(self._random.choice(ALIASES))
        self._ensure_services()


def rage(arena: Arena, *, seconds: float, seed: int, least: int = 1) -> list[str]:
    """Load and faults for so long and at least so many, then the oracles; the faults in order. AssertionError when anything was lost, doubled or hung."""
    for alias in ALIASES:
        arena.running.start("probe", {"HALLBUS_TRANSACTION_SECONDS": "5"}, alias=alias)
    hand = Hand(arena, seed)
    deadline = time.monotonic() + seconds
    with Load(arena.amqp_uri) as load:
        load.wait_for(100, within=60)
        baseline = arena.baseline()
        while time.monotonic() < deadline or len(hand.done) < least:
            load.wait_for(30, within=60)
            hand.strike()
        load.wait_for(30, within=60)
    for alias in ALIASES:
        eventually(lambda alias=alias: arena.running.get(alias, "/readyz")[0] == 200, within=30)
    arena.gives_back(baseline)
    arena.oracles.hold(load.journal)
    return hand.done


def main(arguments: list[str]) -> int:
    """Exit code 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="seeded faults under load, judged by a journal outside")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args(arguments)
    sys.stdout.write(f"chaos: {options.seconds:.0f} s, seed {options.seed}\n")
    with tempfile.TemporaryDirectory(prefix="hallbus-chaos-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        with victims_in(directory) as victims, arena_on(victims, directory) as arena:
            faults = rage(arena, seconds=options.seconds, seed=options.seed)
    sys.stdout.write(f"chaos: held through {len(faults)} faults: {', '.join(faults)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
