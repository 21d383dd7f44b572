"""`python -m tests.mutants [name …] [--list]` (`make mutants`): break the chassis on purpose; the suite must notice each time.

First the unbroken copy: every killer must pass there; one that fails shows nothing of its mutant. Then one mutant after the other. Killed means that a
test's own claim failed; a mutant that merely does not start, or makes a test hang, shows nothing and counts as not killed. Exit code 1 if any survives.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.workshop import DoesNotApply, Trial, Workshop, workshop


def main(arguments: list[str]) -> int:
    """0: all killed; 1: one survives, hangs or no longer applies, or the suite fails unbroken; 2: wrong call."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--list", action="store_true", help="show the mutants and why each is dangerous")
    asked = parser.parse_args(arguments)
    known = {mutant.name: mutant for mutant in MUTANTS}
    if unknown := [name for name in asked.names if name not in known]:
        sys.stderr.write(f"no such mutant: {', '.join(unknown)}; --list shows them\n")
        return 2
    chosen = [known[name] for name in asked.names] or list(MUTANTS)
    if asked.list:
        for mutant in chosen:
            sys.stdout.write(f"{mutant.name:<28}{mutant.danger}\n")
        return 0
    with workshop() as shop:
        return _run(shop, chosen)


def _run(shop: Workshop, chosen: list[Mutant]) -> int:
    began = time.monotonic()
    killers = list(dict.fromkeys(test for mutant in chosen for test in mutant.killers))
    sys.stderr.write(f"unbroken: {len(killers)} killer selection(s)\n")
    whole = shop.run(killers, all_of_them=True)
    if not whole.passed and not whole.failed:
        sys.stderr.write(f"the killers cannot be run at all: {whole.trouble}\n")
        return 1
    sys.stderr.write(f"  {len(whole.failed)} failed, " if whole.failed else "  green ")
    sys.stderr.write(f"after {whole.seconds:.0f} s\n")
    results = [(mutant, _tried(shop, mutant, whole.failed)) for mutant in chosen]
    sys.stdout.write(f"\n{'mutant':<28}{'result':<10}{'s':>4}  told by\n")
    for mutant, trial in results:
        sys.stdout.write(f"{mutant.name:<28}{_word(trial):<10}{trial.seconds:>4.0f}  {(trial.assertion or trial.trouble)[:110]}\n")
    alive = [mutant.name for mutant, trial in results if not trial.assertion]
    sys.stdout.write(f"{len(results) - len(alive)} of {len(results)} killed in {time.monotonic() - began:.0f} s\n")
    return 1 if alive else 0


def _tried(shop: Workshop, mutant: Mutant, failed: tuple[str, ...]) -> Trial:
    sys.stderr.write(f"{mutant.name} … ")
    sys.stderr.flush()
    if already := [test for test in failed if test.startswith(mutant.killers)]:
        sys.stderr.write("not tried\n")
        return Trial(0.0, trouble=f"its killer fails without any mutant: {already[0]}")
    try:
        with shop.holding(mutant):
            trial = shop.run(mutant.killers)
    except DoesNotApply as error:
        trial = Trial(0.0, trouble=str(error))
    sys.stderr.write(f"{_word(trial)} ({trial.seconds:.0f} s)\n")
    return trial


def _word(trial: Trial) -> str:
    return "killed" if trial.assertion else "error" if trial.trouble else "SURVIVES"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
