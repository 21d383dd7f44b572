"""`python -m bench [names…]`: run the comparisons, print the table, write bench/results.json.

Exit code 0 also when a floor is missed (the table says so); 1 when anything was lost, doubled or wrong or our own side
could not be measured; 2 when the bench cannot start.
"""

import argparse
import contextlib
import dataclasses
import datetime
import fcntl
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import catalogue, machine, protos, report
from bench.arena import LOCAL, ROOT, Arena
from bench.rounds import Outcome, run
from bench.servers import Servers, ServersUnreachableError
from bench.subject import Comparison

RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
QUICK_ROUNDS, QUICK_SECONDS = 1, 2.0
BUSY = 0.25


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    made.add_argument("names", nargs="*", help="comparisons by the beginning of their name, for example `upload`; all by default")
    made.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    made.add_argument("--seconds", type=float, default=5.0, help="length of one measured stretch (default 5)")
    made.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} round of {QUICK_SECONDS:g} s: does it work at all")
    made.add_argument("--only", default="", help="only subjects whose name contains this word")
    made.add_argument("--results", type=Path, help="where the JSON goes (a full run: bench/results.json, else .local/bench/results.json)")
    made.add_argument("--write-docs", action="store_true", help="put the table of the results file into docs/performance.md")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    options = parser().parse_args(arguments)
    if options.write_docs:
        return _write_docs(options.results or RESULTS)
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if options.quick else (options.rounds, options.seconds)
    try:
        comparisons = catalogue.chosen(options.names)
        servers = Servers.current()
        facts = machine.facts(servers)
        protos.generate()
    except (ValueError, ServersUnreachableError) as error:
        say(str(error))
        return 2
    if float(str(facts["load_before"])) > BUSY * float(str(facts["cores"])):
        say(f"the machine is busy (load {facts['load_before']} on {facts['cores']} cores): ratios will be unreliable")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with _alone():
            outcomes = [_held(comparison, servers, only=options.only, rounds=rounds, seconds=seconds) for comparison in comparisons]
    except BlockingIOError:
        say("another bench runs on this checkout; two would measure each other")
        return 2
    method = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "rounds": rounds,
        "seconds": seconds,
        "ratio": "median over the rounds of ours / peer, subjects interleaved within each round",
    }
    data = report.document(outcomes, machine=facts, method=method)
    partial = options.names or options.only or options.quick
    results = options.results or (LOCAL / "results.json" if partial else RESULTS)
    report.write_json(data, results)
    print(report.text_table(data))
    return _verdict(outcomes, results)


def _held(comparison: Comparison, servers: Servers, *, only: str, rounds: int, seconds: float) -> Outcome:
    with _arenas(servers, comparison) as arena_of:
        subjects = tuple(subject for subject in comparison.subjects if only in subject.name)
        floors = tuple(floor for floor in comparison.floors if only in floor.peer)
        fewer = dataclasses.replace(comparison, subjects=subjects, floors=floors)
        return run(fewer, arena_of, rounds=rounds, seconds=seconds, progress=say)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextlib.contextmanager
def _arenas(servers: Servers, comparison: Comparison) -> Iterator["Arenas"]:
    arenas = Arenas(servers, comparison.name)
    try:
        yield arenas
    finally:
        arenas.close()


class Arenas:
    """The arena of each subject, made when it is first asked for and kept over the rounds."""

    def __init__(self, servers: Servers, comparison: str) -> None:
        self._servers, self._comparison, self._made = servers, comparison, dict[str, Arena]()

    def __call__(self, subject: str) -> Arena:
        """The ground of one subject."""
        if subject not in self._made:
            self._made[subject] = Arena(self._servers, f"{self._comparison}_{subject}")
        return self._made[subject]

    def close(self) -> None:
        """Drop every vhost and database."""
        for arena in self._made.values():
            arena.close()


def _verdict(outcomes: list[Outcome], results: Path) -> int:
    for name, verdict in report.missed(outcomes):
        say(f"MISSED: {name}: {verdict.label} is {verdict.value:.2f}, the bound is {verdict.bound:g}")
    wrong = [f"{o.comparison.name}: {name}: {why}" for o in outcomes for name, why in o.incorrect.items()]
    unmeasured = [f"{o.comparison.name}: {o.ours}: {o.broken[o.ours]}" for o in outcomes if o.ours in o.broken]
    for line in wrong + unmeasured:
        say(f"FAILED: {line}")
    say(f"results are in {results}")
    return 1 if wrong or unmeasured else 0


def _write_docs(results: Path) -> int:
    try:
        report.write_docs(json.loads(results.read_text()), PAGE)
    except (OSError, ValueError) as error:
        say(f"cannot refresh {PAGE}: {error}")
        return 2
    say(f"{PAGE} now shows {results}")
    return 0


def say(line: str) -> None:
    """Progress goes to stderr, the table alone to stdout."""
    print(f"bench: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
