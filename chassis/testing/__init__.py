"""Building blocks for tests: real database, real handlers, no broker needed. Fixtures that start processes are in tests/plugin.py."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from chassis.consumer import Subscription, handle
from chassis.database import Db
from chassis.dependencies import Database
from chassis.events import Contracts, ReceivedEvent
from chassis.ids import new_id
from chassis.sealing import Key, Vault

T = TypeVar("T")
_SEQUENCES = itertools.count(1)

PATIENCE = float(os.environ.get("HALLBUS_TEST_PATIENCE", "4"))
"""Deadlines of tests are written for a quiet machine; a busy one gets this many times as long. What passes does not wait for it."""


def eventually(check: Callable[[], T], *, within: float = 10.0, every: float = 0.02) -> T:
    """The first true answer of `check`; an AssertionError inside counts as "not yet". Raises AssertionError after `within` × PATIENCE seconds."""
    within *= PATIENCE
    deadline = time.monotonic() + within
    while True:
        problem: AssertionError | None = None
        try:
            answer = check()
            if answer:
                return answer
        except AssertionError as error:
            problem = error
        if time.monotonic() > deadline:
            raise problem or AssertionError(f"not true within {within} s: {check}")
        time.sleep(every)


def make_service(cls: type, **dependencies: Any) -> Any:
    """An instance of a service class without a container: `make_service(IntakeService, db=db, config=IntakeConfig())`."""
    service = cls()
    for name, value in dependencies.items():
        setattr(service, name, value)
    return service


def a_vault(*keys: str) -> Vault:
    """A vault for tests; its keys are the same for the same names, the first is current."""
    made = [Key(name, hashlib.sha256(f"{name}".encode()).digest()) for name in keys or ("t1",)]
    index = [Key(key.id, hashlib.sha256(b"index" + key.secret).digest()) for key in made]
    return Vault(made, index)


def declared_database(cls: type) -> Database:
    """The `Database(...)` that a service class declares."""
    declared = cls.__dict__["db"]
    assert isinstance(declared, Database)
    return declared


def deliver(service: Any, events: Sequence[ReceivedEvent], *, entry: str) -> frozenset[str]:
    """Run inbox, handler and commit as the consumer does, batch by batch; the ids that were new."""
    method = getattr(type(service), entry)
    subscription: Subscription = method.subscription
    consumer = f"{type(service).name}.{subscription.queue}"
    fresh: set[str] = set()
    for start in range(0, len(events), subscription.size):
        batch = events[start : start + subscription.size]
        fresh |= handle(service, method.__wrapped__, consumer, batch, many=subscription.batch is not None)
    return frozenset(fresh)


def a_received(
    contracts: Contracts,
    type_: str,
    data: dict[str, Any],
    *,
    subject: str = "subject-1",
    version: int = 1,
    region: str = "52.02",
    hall_id: str | None = "h0001",
    at: datetime | None = None,
    event_id: str | None = None,
    contract: int = 1,
    sequence: int | None = None,
) -> ReceivedEvent:
    """An event as a consumer gets it; the data is checked strictly, so that a test cannot drift from the contract.

    What is made later was said later, unless `sequence` tells another place in the source's log.
    """
    known = contracts.get(type_, contract)
    known.validate(data)
    identity = event_id or new_id()
    return ReceivedEvent(
        id=identity,
        type=type_,
        contract=contract,
        source="/hallbus/" + type_.split(".", 1)[0],
        subject=subject,
        version=version,
        sequence=next(_SEQUENCES) if sequence is None else sequence,
        epoch=1,
        region=region,
        hall_id=hall_id,
        time=at or datetime.now(UTC),
        data=known.load(data),
        correlation_id=identity,
    )


def outbox_events(db: Db) -> list[dict[str, Any]]:
    """What the service has said so far and not yet relayed, as envelopes in the order of writing."""
    import orjson

    with db.read() as tx:
        rows = tx.connection.exec_driver_sql(f"SELECT envelope FROM {db.schema}.outbox ORDER BY id")  # noqa: S608  the schema is a constant
        return [orjson.loads(row[0]) for row in rows]
