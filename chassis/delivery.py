"""What becomes of a message that failed: another try after a growing delay, or a parking place with its reason. Never nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amqp.basic_message import Message

from chassis import metrics
from chassis.amqp import ConfirmedPublisher
from chassis.errors import InvalidArgument, adopt
from chassis.events import ReceivedEvent
from chassis.log import get_logger
from chassis.topology import PARKED, RETRY_LADDER, retry_queue

log = get_logger(__name__)

ATTEMPT = "hallbus-attempt"
REASON = "hallbus-reason"
DETAIL = "hallbus-detail"
PARKED_AT = "hallbus-parked-at"


@dataclass(frozen=True)
class Delivery:
    """A message as delivered, with its event or the reason why it has none."""

    message: Any
    event: ReceivedEvent | None
    problem: str = ""

    @property
    def tag(self) -> int:
        """The channel's delivery tag."""
        return int(self.message.delivery_info["delivery_tag"])

    @property
    def attempt(self) -> int:
        """How often it has been tried before; counted by us, because the broker's count punishes innocent prefetched messages."""
        try:
            return max(0, int((self.message.properties.get("application_headers") or {}).get(ATTEMPT, 0)))
        except (TypeError, ValueError):
            return 0  # a stranger's header; it must not end the consumer

    @property
    def logged_at(self) -> float | None:
        """Epoch seconds at which the relay sent it."""
        stamp = self.message.properties.get("timestamp")
        return stamp.timestamp() if isinstance(stamp, datetime) else None


@dataclass(frozen=True)
class Verdict:
    """`hopeless`: park now; otherwise try again on rung `attempt`."""

    reason: str
    detail: str
    attempt: int
    hopeless: bool

    @classmethod
    def parked(cls, reason: str, detail: str) -> Verdict:
        """No further try can help."""
        return cls(reason, detail, 0, True)


def judge(error: BaseException, attempt: int) -> Verdict:
    """Whether another try may help: not for a wrong message, not after the last rung."""
    known = adopt(error)
    reason = known.reason if known else type(error).__name__
    hopeless = isinstance(known, InvalidArgument) or attempt >= len(RETRY_LADDER)
    log.error("event_failed", error, reason=reason, attempt=attempt, hopeless=hopeless)
    return Verdict(reason, str(error)[:500], attempt, hopeless)


def retry(publisher: ConfirmedPublisher, queue: str, delivery: Delivery, verdict: Verdict) -> None:
    """A copy to the ladder, confirmed before the original is acked: a duplicate is possible, a loss is not."""
    headers = {ATTEMPT: verdict.attempt + 1, REASON: verdict.reason, DETAIL: verdict.detail}
    publisher.send(_copy(delivery.message, headers), retry_queue(RETRY_LADDER[verdict.attempt]), queue, mandatory=True)
    publisher.wait()
    metrics.events_consumed.labels(delivery.event.type if delivery.event else "unknown", "retried").inc()


def park(publisher: ConfirmedPublisher, queue: str, delivery: Delivery, verdict: Verdict) -> None:
    """A copy to the parking queue with its reason, confirmed before the original is acked."""
    headers = {ATTEMPT: verdict.attempt, REASON: verdict.reason, DETAIL: verdict.detail}
    publisher.send(_copy(delivery.message, headers), "", queue + PARKED, mandatory=True)
    publisher.wait()
    metrics.dead_letters.labels(queue, verdict.reason).inc()
    metrics.events_consumed.labels(delivery.event.type if delivery.event else "unknown", "dead").inc()
    log.error(
        "event_parked", queue=queue, event_id=delivery.message.properties.get("message_id"), reason=verdict.reason, detail=verdict.detail
    )


def _copy(message: Any, headers: dict[str, Any]) -> Message:
    kept = {k: v for k, v in (message.properties.get("application_headers") or {}).items() if not k.startswith(("x-", "hallbus-"))}
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    properties = {k: v for k, v in message.properties.items() if k in ("content_type", "content_encoding", "message_id", "timestamp")}
    return Message(body, delivery_mode=2, application_headers={**kept, **headers}, **properties)
