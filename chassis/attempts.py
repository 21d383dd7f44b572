"""How a batch of messages is tried: together, then one by one, so that nobody pays for his neighbour.

Three kinds of failure, three answers. Database or broker away: not the message's fault, wait until it is back. A race lost to a concurrent writer
(`Aborted`: a deadlock, a row that another one changed meanwhile): try again at once, a few times, because the winner is done by now. Anything else, and a
race lost again and again: the verdict of `chassis.delivery`, which is a later try or a parking place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chassis import metrics
from chassis.amqp import backoff
from chassis.delivery import Delivery, Verdict, judge
from chassis.errors import Aborted, DeadlineExceeded, Unavailable, adopt
from chassis.events import ReceivedEvent
from chassis.log import get_logger

log = get_logger(__name__)

TRIES_AFTER_A_RACE = 3


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: the ids that were new, or the error that undid all of it."""

    fresh: frozenset[str] = frozenset()
    error: Exception | None = None


@dataclass(frozen=True)
class Attempts:
    """Tries of one queue's batches; `call` runs the handler in its transaction, `database_answers` tells a slow handler from a frozen server."""

    queue: str
    call: Callable[[list[ReceivedEvent]], Outcome]
    database_answers: Callable[[], bool]
    stopping: threading.Event

    def process(self, good: Sequence[Delivery]) -> list[tuple[Delivery, Verdict]]:
        """Handle all in one transaction; if that fails for a reason of theirs, one by one. Returns those that failed, each with its verdict.

        Raises Unavailable (STOPPING) when the process ends while it waits; the broker delivers again.
        """
        outcome = self._handled(good)
        if outcome.error is None:
            return []
        if len(good) > 1:
            return [failure for delivery in good for failure in self.process([delivery])]
        return [(good[0], judge(outcome.error, good[0].attempt))]

    def _handled(self, deliveries: Sequence[Delivery]) -> Outcome:
        """The outcome of a batch, waiting as long as it takes for infrastructure to come back."""
        failures = races = 0
        while True:
            started = time.monotonic()
            outcome = self.call([d.event for d in deliveries if d.event is not None])
            self._count(deliveries, outcome, time.monotonic() - started)
            if outcome.error is None:
                return outcome
            if is_race(outcome.error):
                races += 1
                if races > TRIES_AFTER_A_RACE:
                    return outcome
                continue
            if not self._is_infrastructure(outcome.error):
                return outcome
            failures += 1
            metrics.consumer_pauses.labels(self.queue).inc()
            log.warning("consumer_waits", queue=self.queue, reason=str(outcome.error)[:300])
            if self.stopping.wait(backoff(failures)):
                raise Unavailable("STOPPING", "the process stops; the broker delivers again")

    def _is_infrastructure(self, error: Exception) -> bool:
        if isinstance(error, DeadlineExceeded):
            # Either the database is frozen or the handler is too slow; only the latter is the message's own fault.
            return not self.database_answers()
        return isinstance(error, Unavailable | OSError)

    def _count(self, deliveries: Sequence[Delivery], outcome: Outcome, seconds: float) -> None:
        metrics.event_handler_seconds.labels(self.queue).observe(seconds)
        for delivery in deliveries:
            if delivery.event is not None:
                metrics.events_consumed.labels(delivery.event.type, _label(outcome, delivery.event)).inc()
        if outcome.error is None and deliveries[-1].logged_at:
            metrics.event_lag_seconds.labels(self.queue).observe(max(0.0, time.time() - deliveries[-1].logged_at))


def is_race(error: BaseException) -> bool:
    """Whether a concurrent writer was faster; the same try may go well now."""
    return isinstance(adopt(error), Aborted)


def _label(outcome: Outcome, event: ReceivedEvent) -> str:
    if outcome.error is not None:
        return "raced" if is_race(outcome.error) else "failed"
    return "ok" if event.id in outcome.fresh else "duplicate"
