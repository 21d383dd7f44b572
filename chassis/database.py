"""One transaction per fact: rows, outbox, inbox and idempotency commit together or not at all.

`Db` works in any process; `Database` is the nameko dependency that makes one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlalchemy import exc as sa_exc
from sqlalchemy.orm import Session

from chassis import clock, context, driver
from chassis.caller import Caller
from chassis.errors import Aborted, DeadlineExceeded, NotFound, Unavailable
from chassis.events import Contracts, Event, envelope, routing_key
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.timeouts import bounded

T = TypeVar("T")
Mapper = Callable[[Any, Any], Event]

# A black hole or a frozen server must not hold a worker: keepalives and tcp_user_timeout notice silence, the transaction's own bound a frozen backend.
CONNECT_ARGS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
    # Envelopes and raw uploads are kilobytes of JSON and text: PostgreSQL's own compression takes twice as long over them as the insert itself.
    # Our statements are short; on tables without statistics the planner overrates them and compiles for 17 ms what runs in 0.3.
    "options": "-c jit=off -c default_toast_compression=lz4",
}
# The last statement of a transaction is known: COMMIT goes along, and the server reaches it only if all before it went well.
COMMIT = "; COMMIT"
# What ends a transaction that has something to say, by (just one event, with an idempotency key). A taken key is an error here and not ON CONFLICT,
# because an error keeps the server from reading on to COMMIT. Prepared per connection: parsing and planning it costs the server as much as doing it.
_ONE = "INSERT INTO {schema}.outbox (event_id, routing_key, envelope) VALUES ($1, $2, $3)"
_MANY = "INSERT INTO {schema}.outbox (event_id, routing_key, envelope) SELECT * FROM unnest($1, $2, $3)"
_KEY = "INSERT INTO {schema}.idempotency (subject, method, request_id, request_hash, reply) VALUES ($4, $5, $6, $7, $8)"
_KEY_TYPES = ", text, text, text, text, jsonb"
_FINISHING = {
    (True, False): ("hallbus_one", "(text, text, text) AS " + _ONE),
    (False, False): ("hallbus_many", "(text[], text[], text[]) AS " + _MANY),
    (True, True): ("hallbus_one_keyed", f"(text, text, text{_KEY_TYPES}) AS WITH written AS ({_ONE}) {_KEY}"),
    (False, True): ("hallbus_many_keyed", f"(text[], text[], text[]{_KEY_TYPES}) AS WITH written AS ({_MANY}) {_KEY}"),
}
SERIALIZATION, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"


@dataclass(frozen=True)
class IdempotencyKey:
    """Whose call, which method, which request id, and the hash of what was asked."""

    subject: str
    method: str
    request_id: str
    request_hash: str


class ReplayedRequest(Exception):
    """Another transaction with the same key committed first; its reply stands."""


class Transaction:
    """The unit of work that use cases see; see docs/architecture/chassis.md."""

    def __init__(self, db: Db, connection: sa.Connection) -> None:
        self._db = db
        self.connection = connection
        self.now: datetime = clock.now()
        self._drafts: list[Event] = []
        self._rows: list[tuple[str, str, str]] = []
        self._session: Session | None = None
        self._held: dict[int, Any] = {}
        self._key: IdempotencyKey | None = None
        self._reply: Any = None

    @property
    def session(self) -> Session:
        """The ORM session on this transaction's connection."""
        if self._session is None:
            # The connection owns the transaction; expire_on_commit off, since the entrypoint dumps the aggregate without reading it again.
            self._session = Session(bind=self.connection, expire_on_commit=False, join_transaction_mode="rollback_only")
            # The identity map is weak: without a reference of our own, an aggregate that the use case let go would vanish with its events.
            for moment in ("pending_to_persistent", "loaded_as_persistent"):
                sa_event.listen(self._session, moment, lambda _session, aggregate: self._held.setdefault(id(aggregate), aggregate))
        return self._session

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return context.current().caller

    def new_id(self) -> str:
        """A fresh uuid7."""
        return new_id()

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Core statement on the transaction; pending ORM changes are flushed first so that both see one state."""
        if self._session is not None:
            self._session.flush()
        if isinstance(statement, str):
            statement = sa.text(statement)
        return self.connection.execute(statement, parameters)

    def write(self, statement: Any, parameters: Any = None) -> None:
        """A change whose outcome nobody in this transaction asks for, neither rows nor their number nor what is wrong with it: it travels with the next
        statement, at the latest with the commit, and its errors are told there. Every later statement sees what it did."""
        if self._session is not None:
            self._session.flush()
        if isinstance(statement, str):
            statement = sa.text(statement)
        with self._holding(driver.EVERYTHING):
            self.connection.execute(statement, parameters)

    @contextlib.contextmanager
    def _holding(self, what: str) -> Iterator[None]:
        self._driven.holding = what
        try:
            yield
        finally:
            self._driven.holding = driver.NOTHING

    @property
    def _driven(self) -> Any:
        return self.connection.connection.dbapi_connection

    def find(self, cls: type[T], key: Any, *, for_update: bool = False) -> T | None:
        """The aggregate or None; `for_update` takes the row lock that also orders its events."""
        return self.session.get(cls, key, with_for_update=True if for_update else None, populate_existing=for_update)

    def get(self, cls: type[T], key: Any, *, for_update: bool = False) -> T:
        """The aggregate; raises NotFound with reason <CLASS>_NOT_FOUND."""
        found = self.find(cls, key, for_update=for_update)
        if found is None:
            name = "".join("_" + c if c.isupper() else c.upper() for c in cls.__name__).lstrip("_").upper()
            raise NotFound(f"{name}_NOT_FOUND", f"no {cls.__name__} {key}", id=key)
        return found

    def add(self, aggregate: Any) -> None:
        """Put a new aggregate into the unit of work."""
        self.session.add(aggregate)

    def emit(self, event: Event) -> None:
        """Say a fact on commit; aggregates use their `pending_events` instead."""
        self._drafts.append(event)

    def remember(self, key: IdempotencyKey, reply: Any) -> None:
        """Store the reply of a mutating call in this commit."""
        self._key, self._reply = key, reply

    def gather(self) -> None:
        """Flush, and take up the events of every aggregate; what is wrong with them is told here."""
        if self._session is not None:
            # What the flush inserts can wait for the statement that ends the transaction; its UPDATEs are counted by the ORM.
            with self._holding(driver.INSERTS):
                self._session.flush()
            for aggregate in self._held.values():
                self._collect(aggregate)
        self._rows = [self._outbox_row(draft) for draft in self._drafts]
        self._drafts.clear()

    def finish(self) -> None:
        """Write outbox and idempotency rows in one statement that also commits. Raises ReplayedRequest when the key is taken."""
        if self._rows or self._key:
            self._write(self._rows)

    def _collect(self, aggregate: Any) -> None:
        pending = getattr(aggregate, "pending_events", None)
        if pending:
            self._drafts.extend(self._db.mappers[type(domain_event)](aggregate, domain_event) for domain_event in pending)
            pending.clear()

    def _outbox_row(self, draft: Event) -> tuple[str, str, str]:
        contract = self._db.contracts.get(draft.type, draft.contract)
        contract.validate(draft.data)
        running = context.current()
        body = envelope(draft, contract, correlation_id=running.correlation_id, causation_id=running.causation_id)
        return body["id"], routing_key(draft), orjson.dumps(body).decode()

    def _write(self, rows: Sequence[tuple[str, str, str]]) -> None:
        key = self._key
        name, statement = _FINISHING[len(rows) == 1, key is not None]
        values: list[Any] = list(rows[0]) if len(rows) == 1 else [[row[column] for row in rows] for column in range(3)]
        if key is not None:
            values += [key.subject, key.method, key.request_id, key.request_hash, orjson.dumps(self._reply).decode()]
        try:
            prepared: set[str] = self._driven.prepared
            if name not in prepared:
                self.connection.exec_driver_sql(f"PREPARE {name} {statement.format(schema=self._db.schema)}")
                prepared.add(name)
            marks = ", ".join(["%s"] * len(values))
            self.connection.exec_driver_sql(f"EXECUTE {name}({marks}){COMMIT}", tuple(values))
        except sa_exc.IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == "pk_idempotency":
                raise ReplayedRequest from error
            raise


_running: ContextVar[tuple[Db, Transaction] | None] = ContextVar("hallbus_transaction", default=None)


@dataclass
class Db:
    """The database of one service, under its own role. `seconds` bounds every transaction, whatever the server does."""

    dsn: str
    schema: str
    contracts: Contracts
    mappers: Mapping[type, Mapper] = field(default_factory=dict)
    pool_size: int = 12
    seconds: float = 20.0

    def __post_init__(self) -> None:
        self.engine = driver.create_engine(
            self.dsn,
            connect_args={**CONNECT_ARGS, "application_name": f"hallbus-{self.schema}"},
            pool_size=self.pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=False,
            pool_recycle=1800,
            query_cache_size=1000,
            json_serializer=_json,
            json_deserializer=orjson.loads,
        )

    @contextlib.contextmanager
    def transaction(self, *, seconds: float | None = None) -> Iterator[Transaction]:
        """The running transaction of this work, or a new one that commits at the end of the block.

        Raises Unavailable when the database is away (reason DATABASE_UNAVAILABLE) or the outcome of the commit is unknown
        (COMMIT_UNKNOWN: the request_id resolves it), Aborted after a lost race, DeadlineExceeded when the bound is met.
        """
        running = _running.get()
        if running is not None and running[0] is self:
            yield running[1]
            return
        limit = context.current().remaining(seconds or self.seconds)
        with bounded(limit, DeadlineExceeded("TRANSACTION_TIMEOUT", f"no answer within {limit:.1f} s")), self._translated():
            with self.engine.connect() as connection:
                yield from self._run(connection, write=True)

    def _run(self, connection: sa.Connection, *, write: bool) -> Iterator[Transaction]:
        connection.begin()
        tx = Transaction(self, connection)
        token = _running.set((self, tx))
        try:
            yield tx
            if not write:
                return
            tx.gather()
            failpoint("transaction.before_commit")
            try:
                tx.finish()
                connection.commit()
            except sa_exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise Unavailable("COMMIT_UNKNOWN", "the connection broke at commit; repeat with the same request_id") from error
                raise
            failpoint("transaction.after_commit")
        except BaseException as error:
            if not isinstance(error, Exception):
                # A timeout struck: the server may be frozen, and a polite rollback would wait for it without bound.
                connection.invalidate()
            raise
        finally:
            _running.reset(token)
            if tx._session is not None:
                tx._session.expunge_all()

    @contextlib.contextmanager
    def read(self, *, seconds: float | None = None) -> Iterator[Transaction]:
        """Like `transaction`, for queries: joins the running one, never commits."""
        running = _running.get()
        if running is not None and running[0] is self:
            yield running[1]
            return
        limit = context.current().remaining(seconds or self.seconds)
        with bounded(limit, DeadlineExceeded("TRANSACTION_TIMEOUT", f"no answer within {limit:.1f} s")), self._translated():
            with self.engine.connect() as connection:
                yield from self._run(connection, write=False)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sa_exc.OperationalError, sa_exc.InterfaceError, sa_exc.TimeoutError) as error:
            state = getattr(getattr(error, "orig", None), "pgcode", None)
            if state in (SERIALIZATION, DEADLOCK, LOCK_TIMEOUT):
                raise Aborted("CONCURRENT_UPDATE", "lost a race; try again") from error
            raise Unavailable("DATABASE_UNAVAILABLE", "the database does not answer") from error
        except sa_exc.DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("DATABASE_UNAVAILABLE", "the database went away") from error
            raise

    def stored_reply(self, key: IdempotencyKey) -> tuple[str, Any] | None:
        """(request hash, reply) of a mutating call that committed before, or None."""
        with self.read() as tx:
            row = tx.connection.exec_driver_sql(
                f"SELECT request_hash, reply FROM {self.schema}.idempotency "  # noqa: S608  the schema is a constant of the code
                "WHERE subject = %(subject)s AND method = %(method)s AND request_id = %(request_id)s",
                {"subject": key.subject, "method": key.method, "request_id": key.request_id},
            ).one_or_none()
        return None if row is None else (row[0], row[1])

    def claim(self, consumer: str, event_ids: Sequence[str]) -> set[str]:
        """Write inbox rows in the running transaction; the ids that were not there before. A concurrent claim of the same id makes this one wait."""
        with self.transaction() as tx:
            rows = tx.connection.exec_driver_sql(
                f"INSERT INTO {self.schema}.inbox (consumer, event_id) "  # noqa: S608  the schema is a constant of the code
                "SELECT %(consumer)s, id FROM unnest(%(ids)s::text[]) AS id ORDER BY id ON CONFLICT DO NOTHING RETURNING event_id",
                {"consumer": consumer, "ids": list(event_ids)},
            )
            return {row[0] for row in rows}

    def ping(self) -> bool:
        """Whether the database answers within two seconds."""
        try:
            with bounded(2.0, DeadlineExceeded("PING_TIMEOUT")), self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except Exception:  # noqa: BLE001  any failure is the answer "no"
            return False
        return True

    def wait_ready(self, seconds: float) -> bool:
        """Whether the database answered within `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.ping():
                return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _fresh_pending(target: Any, *_: Any) -> None:
    # Loaded aggregates do not run __init__; without this every mapped class would need its own reconstructor.
    target.pending_events = []


def track_events(mapped_class: type) -> None:
    """Give objects loaded by the ORM an empty `pending_events`. Call after mapping the class imperatively."""
    sa_event.listen(mapped_class, "load", _fresh_pending)
