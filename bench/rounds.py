"""Interleaved rounds (A B A B …), their medians and the verdict on every floor."""

import statistics
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.arena import Arena
from bench.subject import Comparison, IncorrectResultError, Sample

Progress = Callable[[str], None]


@dataclass
class Outcome:
    """Everything one comparison yielded: the samples of each subject by round, and what went wrong."""

    comparison: Comparison
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    incorrect: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> str | None:
        """Name of our subject."""
        return next((s.name for s in self.comparison.subjects if s.role == "ours"), None)

    def sound(self, subject: str) -> list[Sample]:
        """The samples of a subject that never failed; one that did fail is judged by nothing it did before."""
        return [] if subject in self.incorrect or subject in self.broken else self.samples.get(subject, [])


@dataclass(frozen=True)
class Verdict:
    """One judged line: the measured value, the bound, and pass / miss / informational / not measured."""

    label: str
    value: float | None
    bound: float | None
    result: str


def run(comparison: Comparison, arena_of: Callable[[str], Arena], *, rounds: int, seconds: float, progress: Progress) -> Outcome:
    """Run every present subject once per round, in turn; a subject that fails is left out of further rounds."""
    outcome = Outcome(comparison)
    for subject in comparison.subjects:
        if reason := subject.missing():
            outcome.absent[subject.name] = reason
            progress(f"{comparison.name}: {subject.name} is not available: {reason}")
    for number in range(1, rounds + 1):
        for subject in comparison.subjects:
            if subject.name in outcome.absent | outcome.incorrect | outcome.broken:
                continue
            try:
                sample = subject.run(arena_of(subject.name), seconds)
            except IncorrectResultError as error:
                outcome.incorrect[subject.name] = str(error)
                progress(f"{comparison.name}: {subject.name} is INCORRECT: {error}")
            except Exception as error:  # noqa: BLE001 - one broken peer must not take the other figures with it
                outcome.broken[subject.name] = f"{type(error).__name__}: {error}"
                progress(f"{comparison.name}: {subject.name} broke:\n{traceback.format_exc()}")
            else:
                outcome.samples.setdefault(subject.name, []).append(sample)
                progress(f"{comparison.name} round {number}/{rounds} {subject.name}: {describe(sample, comparison.unit)}")
    return outcome


def describe(sample: Sample, unit: str) -> str:
    """One line for people: rate, CPU per operation, extra figures."""
    cpu = " ".join(f"{name}={value:.0f}us" for name, value in sample.cpu_us.items())
    extra = " ".join(f"{name}={value:.2f}" for name, value in sample.extra.items())
    return f"{sample.rate:,.0f} {unit} {cpu} {extra}".rstrip()


def median_rate(samples: list[Sample]) -> float:
    """Median of the rounds' rates."""
    return statistics.median(sample.rate for sample in samples)


def median_of(samples: list[Sample], pick: Callable[[Sample], Mapping[str, float]]) -> dict[str, float]:
    """Medians by name of a mapping that each sample carries (CPU or extra figures)."""
    names = {name: None for sample in samples for name in pick(sample)}
    return {name: statistics.median(pick(s)[name] for s in samples if name in pick(s)) for name in names}


def ratio(ours: list[Sample], peer: list[Sample]) -> float | None:
    """Median over the rounds of ours / peer; neighbours in time share the machine's momentary speed."""
    pairs = [a.rate / b.rate for a, b in zip(ours, peer, strict=False) if b.rate > 0]
    return statistics.median(pairs) if pairs else None


def verdicts(outcome: Outcome) -> list[Verdict]:
    """Judge every floor and limit of the comparison; what could not be measured is said so, never passed."""
    ours = outcome.sound(outcome.ours or "")
    lines = []
    for floor in outcome.comparison.floors:
        value = ratio(ours, outcome.sound(floor.peer))
        lines.append(
            Verdict(f"ratio to {floor.peer}", value, floor.minimum, _judge(value, floor.minimum if floor.binding else None, at_least=True))
        )
    extras = median_of(ours, lambda sample: sample.extra)
    for limit in outcome.comparison.limits:
        value = extras.get(limit.figure)
        lines.append(Verdict(limit.figure, value, limit.maximum, _judge(value, limit.maximum, at_least=False)))
    return lines


def _judge(value: float | None, bound: float | None, *, at_least: bool) -> str:
    if value is None:
        return "not measured"
    if bound is None:
        return "info"
    return "pass" if (value >= bound if at_least else value <= bound) else "MISS"
