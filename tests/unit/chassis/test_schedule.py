"""The loop of scheduled work, with its clock in the test's hand."""

import sys
import threading

import pytest

from chassis import metrics
from chassis.schedule import Due, due


class Stop(threading.Event):
    """Notes every pause instead of making it; ends after so many."""

    def __init__(self, after):
        super().__init__()
        self.pauses, self._after = [], after

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        if len(self.pauses) >= self._after:
            self.set()
        return self.is_set()


class Container:
    """A worker is a plain call."""

    def __init__(self, task):
        self._task = task

    def spawn_worker(self, _entrypoint, _args, _kwargs, *, handle_result):
        result, failed = None, None
        try:
            result = self._task()
        except Exception:  # noqa: BLE001  handed over as nameko does
            failed = sys.exc_info()
        handle_result(None, result, failed)


def pauses(outcomes, *, every=10.0, batch=5, name="task"):
    """The pauses after passes with these outcomes (a count, None, or an error)."""
    waiting = iter(outcomes)

    def task():
        outcome = next(waiting)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    loop = Due(every, batch)
    loop.container, loop.method_name, loop._stopping = Container(task), name, Stop(len(outcomes))
    loop._run()
    return loop._stopping.pauses


def test_after_a_pass_with_little_to_do_it_waits_its_time():
    for pause in pauses([0, 4, None]):
        assert pause == pytest.approx(10.0, abs=0.5)


def test_after_a_full_batch_it_looks_again_at_once():
    first, second, third = pauses([5, 7, 0])
    assert first < 0.01
    assert second < 0.01
    assert third == pytest.approx(10.0, abs=0.5)


def test_a_failing_pass_is_repeated_after_growing_pauses_and_success_forgets_them():
    found = pauses([RuntimeError("1"), RuntimeError("2"), RuntimeError("3"), 0, RuntimeError("again")])
    assert found[:3] == [0.2, 0.4, 0.8]
    assert found[4] == 0.2


def test_an_hour_of_failures_pauses_no_longer_than_the_ceiling():
    assert max(pauses([RuntimeError("x")] * 30)) == 5.0


def test_a_pass_that_takes_longer_than_its_period_is_followed_by_the_next():
    assert pauses([0], every=-1.0) == [0.001]


def test_passes_are_counted_by_outcome():
    pauses([5, 0, RuntimeError("x")], name="counted")
    for outcome in ("full", "ok", "failed"):
        assert metrics.due_runs.labels("counted", outcome)._value.get() == 1


def test_each_pass_has_a_correlation_of_its_own():
    from chassis import context

    seen = []

    class Service:
        @due(every_seconds=1.0)
        def sweep(self):
            seen.append(context.current().correlation_id)
            return 0

    service = Service()
    assert (service.sweep(), service.sweep()) == (0, 0)
    assert len(set(seen)) == 2
