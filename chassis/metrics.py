"""Metrics of one process on its own registry (never prometheus_client's global one). Labels are closed sets, never ids."""

from __future__ import annotations

import functools
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

T = TypeVar("T", Counter, Gauge, Histogram)

REGISTRY = CollectorRegistry()
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def counter(name: str, documentation: str, labels: list[str] | None = None) -> Counter:
    """A counter; the name ends in _total."""
    return Counter(name, documentation, labels or [], registry=REGISTRY)


def gauge(name: str, documentation: str, labels: list[str] | None = None) -> Gauge:
    """A gauge."""
    return Gauge(name, documentation, labels or [], registry=REGISTRY)


def histogram(name: str, documentation: str, labels: list[str] | None = None, buckets: tuple[float, ...] = _SECONDS) -> Histogram:
    """A histogram, in seconds unless the name says otherwise."""
    return Histogram(name, documentation, labels or [], registry=REGISTRY, buckets=buckets)


@functools.cache
def child(metric: T, *labels: str) -> T:
    """`metric.labels(*labels)`, found faster: it checks and locks at every use. Labels are closed sets, so what is kept is bounded."""
    return metric.labels(*labels)


def exposition() -> bytes:
    """The text format of the registry."""
    return generate_latest(REGISTRY)


events_consumed = counter("hallbus_events_consumed_total", "Events taken from queues", ["event", "outcome"])
event_handler_seconds = histogram("hallbus_event_handler_duration_seconds", "Inbox, handler and commit of a batch", ["queue"])
event_lag_seconds = histogram("hallbus_event_lag_seconds", "From logging at the producer to commit at the consumer", ["queue"])
dead_letters = counter("hallbus_dead_letters_total", "Messages parked", ["queue", "reason"])
consumer_pauses = counter("hallbus_consumer_pauses_total", "Times a consumer paused because database or broker was away", ["queue"])
outbox_pending = gauge("hallbus_outbox_pending", "Rows not yet logged or confirmed; equal on every replica, take max")
outbox_oldest_seconds = gauge("hallbus_outbox_oldest_age_seconds", "Age of the oldest such row; equal on every replica, take max")
outbox_published = counter("hallbus_outbox_published_total", "Events published", ["outcome"])
relay_active = gauge("hallbus_relay_active", "1 where this process holds the relay lock")
rpc_requests = counter("hallbus_rpc_server_requests_total", "RPC calls served", ["method", "code"])
rpc_seconds = histogram("hallbus_rpc_server_duration_seconds", "RPC calls served", ["method"])
rpc_client_requests = counter("hallbus_rpc_client_requests_total", "RPC calls made", ["peer", "method", "code"])
rpc_client_seconds = histogram("hallbus_rpc_client_duration_seconds", "RPC calls made", ["peer"])
hub_lag_seconds = gauge("hallbus_hub_lag_seconds", "How late the event loop woke up last; over 1 s means something blocks")
drain_timeouts = counter("hallbus_drain_timeouts_total", "Stops that ran out of their drain budget")
due_runs = counter("hallbus_due_runs_total", "Passes of the due-row scheduler", ["task", "outcome"])
workers_busy = gauge("hallbus_workers_busy", "Workers running a call or a batch")
workers_max = gauge("hallbus_workers_max", "Workers this process may run at once")
db_pool_checked_out = gauge("hallbus_db_pool_checked_out", "Database connections in use")
build_info = gauge("hallbus_build_info", "Constant 1", ["version"])
