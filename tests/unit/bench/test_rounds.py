"""Rounds are interleaved, medians are of neighbours, and no failure is mistaken for a figure."""

from dataclasses import dataclass, field

from bench.rounds import median_rate, ratio, run, verdicts
from bench.subject import Comparison, Floor, IncorrectResultError, Limit, Sample


@dataclass
class Scripted:
    """A subject that yields the given rates and writes down when it ran."""

    name: str
    role: str
    rates: list[float]
    diary: list[str]
    failure: Exception | None = None
    absent: str | None = None
    extra: dict[str, float] = field(default_factory=dict)

    def missing(self):
        return self.absent

    def run(self, arena, seconds):
        self.diary.append(self.name)
        if self.failure:
            raise self.failure
        return Sample(int(self.rates.pop(0) * seconds), seconds, {}, self.extra)


def held(*subjects, floors=(), limits=(), rounds=3):
    comparison = Comparison("work", "some work", "op/s", tuple(subjects), floors, limits)
    return run(comparison, lambda name: name, rounds=rounds, seconds=2.0, progress=lambda line: None)


def test_rounds_are_interleaved():
    diary = []
    held(Scripted("ours", "ours", [1, 1, 1], diary), Scripted("peer", "peer", [1, 1, 1], diary))
    assert diary == ["ours", "peer"] * 3


def test_ratio_is_the_median_of_neighbours_not_the_ratio_of_medians():
    ours = [Sample(count, 1.0) for count in (100, 200, 400)]
    peer = [Sample(count, 1.0) for count in (50, 400, 100)]
    assert ratio(ours, peer) == 2.0
    assert median_rate(ours) == 200


def test_floors_pass_miss_and_inform():
    floors = (Floor("slow", 2.0), Floor("fast", 0.9), Floor("plain", None))
    outcome = held(
        Scripted("ours", "ours", [100] * 3, []),
        Scripted("slow", "peer", [40] * 3, []),
        Scripted("fast", "peer", [200] * 3, []),
        Scripted("plain", "peer", [100] * 3, []),
        floors=floors,
    )
    assert [verdict.result for verdict in verdicts(outcome)] == ["pass", "MISS", "info"]


def test_limits_judge_our_own_extra_figures():
    limits = (Limit("p99_ms", 25.0), Limit("p50_ms", 1.0), Limit("unknown", 1.0))
    outcome = held(Scripted("ours", "ours", [1] * 3, [], extra={"p99_ms": 20.0, "p50_ms": 2.0}), limits=limits)
    assert [verdict.result for verdict in verdicts(outcome)] == ["pass", "MISS", "not measured"]


def test_an_absent_subject_is_named_and_not_judged():
    outcome = held(
        Scripted("ours", "ours", [], [], absent="no gateway yet"), Scripted("peer", "peer", [1] * 3, []), floors=(Floor("peer", 1.0),)
    )
    assert outcome.absent == {"ours": "no gateway yet"}
    assert [verdict.result for verdict in verdicts(outcome)] == ["not measured"]


def test_a_wrong_result_ends_the_subject_and_counts_as_incorrect():
    diary = []
    outcome = held(Scripted("ours", "ours", [], diary, failure=IncorrectResultError("1 lost")), Scripted("peer", "peer", [1] * 3, diary))
    assert outcome.incorrect == {"ours": "1 lost"}
    assert diary == ["ours", "peer", "peer", "peer"]


def test_a_subject_that_broke_late_is_not_judged():
    flaky = Scripted("peer", "peer", [1], [])
    outcome = held(Scripted("ours", "ours", [1] * 3, []), flaky, floors=(Floor("peer", 0.5),))
    assert list(outcome.broken) == ["peer"]
    assert [verdict.result for verdict in verdicts(outcome)] == ["not measured"]


def test_a_broken_peer_leaves_the_others_their_figures():
    outcome = held(Scripted("ours", "ours", [1] * 3, []), Scripted("peer", "peer", [], [], failure=OSError("port taken")))
    assert outcome.broken == {"peer": "OSError: port taken"}
    assert len(outcome.samples["ours"]) == 3
