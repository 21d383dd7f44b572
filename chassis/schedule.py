"""Scheduled work without a leader: every process looks at the due rows, `FOR UPDATE SKIP LOCKED` shares them out."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

from nameko.extensions import Entrypoint, register_entrypoint

from chassis import context, metrics
from chassis.amqp import backoff
from chassis.log import get_logger

log = get_logger(__name__)

Task = Callable[[Any], int | None]


def due(*, every_seconds: float, batch: int = 100) -> Callable[[Task], Task]:
    """Call the method at once again while it returns `batch` rows, else after `every_seconds`. It opens its own transactions."""

    def decorate(function: Task) -> Task:
        @functools.wraps(function)
        def run(service: Any) -> int | None:
            with context.use(context.Context()):
                return function(service)

        register_entrypoint(run, Due(every_seconds, batch))
        return run

    return decorate


class Due(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """The loop of one task in one process."""

    def __init__(self, every_seconds: float, batch: int) -> None:
        super().__init__()
        self._every, self._batch = every_seconds, batch
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._run, identifier=f"due {self.method_name}")

    def stop(self) -> None:
        """End after the pass in hand."""
        self._stopping.set()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            count, error = self._pass()
            outcome = "failed" if error else "full" if count >= self._batch else "ok"
            metrics.due_runs.labels(self.method_name, outcome).inc()
            failures = failures + 1 if error else 0
            if error:
                log.warning("due_failed", error, task=self.method_name)
            pause = backoff(failures) if error else 0.0 if outcome == "full" else self._every - (time.monotonic() - started)
            self._stopping.wait(max(pause, 0.001))

    def _pass(self) -> tuple[int, BaseException | None]:
        done = threading.Event()
        box: list[tuple[int, BaseException | None]] = []

        def finished(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            box.append((result or 0, None) if exc_info is None else (0, exc_info[1]))
            done.set()
            return result, None  # reported here; nameko need not print it again

        self.container.spawn_worker(self, (), {}, handle_result=finished)
        done.wait()
        return box[0]
