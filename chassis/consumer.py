"""Events in: drain a batch, one transaction (inbox, handler, outbox), commit, then ack.

A failing message climbs the retry ladder alone and is parked in the end; its batch mates go through. A broken database or broker is not the message's
fault: the consumer pauses and goes on by itself (`chassis.attempts`).
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nameko.extensions import Entrypoint, register_entrypoint

from chassis import context, metrics
from chassis.amqp import CONNECTION_ERRORS, ConfirmedPublisher, Link, Nacked, backoff
from chassis.attempts import Attempts, Outcome
from chassis.delivery import Delivery, Verdict, park, retry
from chassis.errors import HallbusError, Unavailable
from chassis.events import ReceivedEvent, Undecodable, parse
from chassis.failpoints import failpoint
from chassis.log import get_logger
from chassis.topology import declare_consumer

log = get_logger(__name__)

Handler = Callable[..., Any]
INTERRUPTIONS: tuple[type[BaseException], ...] = (HallbusError, Nacked, *CONNECTION_ERRORS)


@dataclass(frozen=True)
class Subscription:
    """What a handler listens to; `queue` is the part after the service's name."""

    types: tuple[str, ...]
    version: int
    queue: str
    batch: int | None
    linger_ms: float

    @property
    def size(self) -> int:
        """Messages taken into one transaction."""
        return self.batch or 1


def consumes(
    *types: str, version: int = 1, queue: str | None = None, batch: int | None = None, linger_ms: float = 3.0
) -> Callable[[Handler], Handler]:
    """Make a method the handler of events; see docs/architecture/chassis.md. With `batch` it gets a list, else one event."""
    if not types or (len(types) > 1 and queue is None):
        raise ValueError("name the event types, and the queue when there are several")
    subscription = Subscription(types, version, queue or types[0].replace(".", "_"), batch, linger_ms)

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def handled(service: Any, consumer: str, events: Sequence[ReceivedEvent]) -> Outcome:
            return _outcome(service, function, consumer, events, many=batch is not None)

        handled.subscription = subscription  # type: ignore[attr-defined]  # read by tests and by the contract checks
        register_entrypoint(handled, Consume(subscription))
        return handled

    return decorate


def handle(service: Any, function: Handler, consumer: str, events: Sequence[ReceivedEvent], *, many: bool) -> frozenset[str]:
    """Inbox, handler and outbox of a batch in one transaction; the ids that were new. The handler never sees a duplicate."""
    only = events[0] if len(events) == 1 else None
    running = context.Context(correlation_id=only.correlation_id, causation_id=only.id) if only else context.Context()
    with context.use(running), service.db.transaction():
        fresh = service.db.claim(consumer, [event.id for event in events])
        unseen = {event.id: event for event in events if event.id in fresh}
        if unseen:
            if many:
                function(service, list(unseen.values()))
            else:
                function(service, next(iter(unseen.values())))
        failpoint("consumer.after_handler_before_commit")
    return frozenset(fresh)


def _outcome(service: Any, function: Handler, consumer: str, events: Sequence[ReceivedEvent], *, many: bool) -> Outcome:
    try:
        return Outcome(fresh=handle(service, function, consumer, events, many=many))
    except Exception as error:  # noqa: BLE001  every failure has to be judged, none may be lost
        return Outcome(error=error)


class Consume(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """The consuming loop of one queue in one process: own connection, own greenthread."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription
        self.ready = False
        self._stopping = threading.Event()
        self._done = threading.Event()
        self._pending: list[Any] = []

    def setup(self) -> None:
        """Names and contracts, from the container."""
        process = self.container.config["process"]
        self._uri, self._heartbeat = process.amqp_uri, process.heartbeat_seconds
        self.queue = f"{self.container.service_name}.{self.subscription.queue}"
        self._contracts = self.container.config["contracts"]
        self._expected = {
            self._contracts.get(t, self.subscription.version).wire_type: (t, self.subscription.version) for t in self.subscription.types
        }
        self._attempts = Attempts(self.queue, self._call, self.container.config["db"].ping, self._stopping)

    def start(self) -> None:
        """Begin to consume."""
        self.container.spawn_managed_thread(self._run, identifier=f"consume {self.queue}")

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping.set()
        self._done.wait(15)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._session()
            except INTERRUPTIONS as error:
                failures = 0 if time.monotonic() - started > 30 else failures + 1
                log.warning("consumer_interrupted", queue=self.queue, reason=str(error)[:300])
                metrics.consumer_pauses.labels(self.queue).inc()
                self._stopping.wait(backoff(failures))
        self._done.set()

    def _session(self) -> None:
        link = Link(self._uri, self.queue, heartbeat=self._heartbeat)
        self._pending = []
        try:
            channel = link.channel()
            with link.write:
                declare_consumer(channel, self.queue, self.subscription.types, self.subscription.version)
                channel.basic_qos(0, 2 * self.subscription.size, False)
                channel.basic_consume(self.queue, no_ack=False, callback=self._pending.append, on_cancel=_cancelled)
            publisher = ConfirmedPublisher(link)
            self.ready = True
            while not self._stopping.is_set():
                batch = self._take(link)
                if batch:
                    self._work(link, channel, publisher, batch)
                else:
                    link.check_alive()
        finally:
            self.ready = False
            link.close()

    def _take(self, link: Link) -> list[Delivery]:
        """Up to a batch of messages; one frame a drain, so go on until there are enough or it is quiet for the linger time."""
        if not self._pending and not link.drain(0.5):
            return []
        while len(self._pending) < self.subscription.size and link.drain(self.subscription.linger_ms / 1000):
            pass
        taken, self._pending[:] = self._pending[: self.subscription.size], self._pending[self.subscription.size :]
        return [self._decoded(message) for message in taken]

    def _decoded(self, message: Any) -> Delivery:
        try:
            return Delivery(message, parse(message.body, self._contracts, self._expected))
        except Undecodable as error:
            return Delivery(message, None, str(error))

    def _work(self, link: Link, channel: Any, publisher: ConfirmedPublisher, batch: list[Delivery]) -> None:
        good = [delivery for delivery in batch if delivery.event is not None]
        failed: list[tuple[Delivery, Verdict]] = [
            (delivery, Verdict.parked("UNDECODABLE", delivery.problem)) for delivery in batch if delivery.event is None
        ]
        if good:
            failed += self._attempts.process(good)
        for delivery, verdict in failed:
            (park if verdict.hopeless else retry)(publisher, self.queue, delivery, verdict)
        if failed:
            failpoint("consumer.after_retry_publish_before_ack")
        failpoint("consumer.after_commit_before_ack")
        with link.write:
            channel.basic_ack(batch[-1].tag, multiple=True)

    def _call(self, events: list[ReceivedEvent]) -> Outcome:
        done = threading.Event()
        box: list[Outcome] = []

        def finished(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            box.append(result if exc_info is None else Outcome(error=exc_info[1]))
            done.set()
            return result, exc_info

        self.container.spawn_worker(self, (self.queue, events), {}, handle_result=finished)
        done.wait()
        return box[0]


def _cancelled(tag: str) -> None:
    raise Unavailable("CONSUMER_CANCELLED", f"the broker cancelled {tag}: declare again")
