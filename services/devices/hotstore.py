"""Where uploads meet: those that arrive while a statement is running go together into the next one.

Nobody waits for company: a lone upload is stored at once. In the morning rush, when hundreds of terminals send one punch each, a commit serves many.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import psycopg2
from sqlalchemy import exc as sa_exc

from chassis.database import DEADLOCK, Db
from chassis.errors import DeadlineExceeded, HallbusError, Unavailable
from chassis.timeouts import bounded
from services.devices.ingest import EXECUTE, PREPARE, TYPES, Parcel, parameters

MOST_ROWS = 1000
"""Punches in one statement beyond which it takes no further upload: a backlog must not hold up the others for long."""
MOST_UPLOADS = 64
WRITERS = 3
TRIES = 3


class _Ticket:
    """A parcel in the queue and what became of it; `batch` is set when a writer has taken it along, and is done when the outcome is known."""

    __slots__ = ("approved", "batch", "error", "parcel")

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.approved: bool | None = None
        self.error: HallbusError | None = None
        self.batch: threading.Event | None = None

    @property
    def settled(self) -> bool:
        return self.approved is not None or self.error is not None


class HotStore:
    """A few connections of this path's own, in autocommit and with the statement prepared: the ORM's pool and BEGIN would cost more than the insert."""

    def __init__(self, db: Db, seconds: float) -> None:
        self._db, self._seconds = db, seconds
        self._idle: list[Any] = []
        self._waiting: list[_Ticket] = []
        self._guard = threading.Lock()
        self._writers = threading.Semaphore(WRITERS)

    def store(self, parcel: Parcel) -> bool:
        """Store an upload; False when its device is not approved under this enrolment. Returns after the commit. Raises Unavailable."""
        ticket = _Ticket(parcel)
        with bounded(self._seconds, DeadlineExceeded("UPLOAD_TIMEOUT", f"no answer within {self._seconds:.1f} s")):
            with self._guard:
                self._waiting.append(ticket)
            with self._writers:
                mine = self._take(ticket)
                if mine:
                    self._write(mine)
            if ticket.batch is not None and not ticket.settled:
                ticket.batch.wait(self._seconds)
        if ticket.error is not None:
            raise ticket.error
        if ticket.approved is None:
            raise DeadlineExceeded("UPLOAD_TIMEOUT", "the upload is not stored yet")
        return ticket.approved

    def _take(self, mine: _Ticket) -> list[_Ticket]:
        """The writer's own parcel and as many of the others as fit, in the order they came; nothing when another writer has it already."""
        with self._guard:
            if mine.batch is not None:
                return []
            self._waiting.remove(mine)
            taken, rows = [mine], len(mine.parcel.rows)
            while self._waiting and len(taken) < MOST_UPLOADS and rows + len(self._waiting[0].parcel.rows) <= MOST_ROWS:
                taken.append(self._waiting.pop(0))
                rows += len(taken[-1].parcel.rows)
            batch = threading.Event()
            for ticket in taken:
                ticket.batch = batch
            return taken

    def _write(self, tickets: Sequence[_Ticket]) -> None:
        try:
            self._attempt(tickets)
        finally:
            # Killed or timed out: nobody knows, so nobody is told that it is stored.
            for ticket in tickets:
                if not ticket.settled:
                    ticket.error = Unavailable("DATABASE_UNAVAILABLE", "the upload cannot be stored now")
            batch = tickets[0].batch
            assert batch is not None  # set when they were taken
            batch.set()

    def _attempt(self, tickets: Sequence[_Ticket]) -> None:
        values = parameters([ticket.parcel for ticket in tickets])
        for number in range(1, TRIES + 1):
            try:
                approved = self._execute([values[name] for name in TYPES])
            except psycopg2.Error as error:
                # The other upload of the same rows has them now; and a connection that died while idle is no news either.
                if number < TRIES and (error.pgcode == DEADLOCK or (number == 1 and _broken(error))):
                    continue
                if len(tickets) > 1 and not _broken(error):
                    self._one_by_one(tickets)
                return
            for place, ticket in enumerate(tickets, 1):
                ticket.approved = place in approved
            return

    def _one_by_one(self, tickets: Sequence[_Ticket]) -> None:
        """One upload that the database refuses must not cost the others."""
        for ticket in tickets:
            self._attempt([ticket])

    def _execute(self, values: list[Any]) -> set[int]:
        """Numbers of the uploads that were stored."""
        connection = self._idle.pop() if self._idle else self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(EXECUTE, values)
                stored = {row[0] for row in cursor}
        except BaseException as error:
            # After a timeout or a broken line nobody knows what the connection would say next.
            if isinstance(error, psycopg2.Error) and not _broken(error):
                self._idle.append(connection)
            else:
                connection.close()
            raise
        self._idle.append(connection)
        return stored

    def _connect(self) -> Any:
        try:
            fairy = self._db.engine.raw_connection()
        except (sa_exc.DBAPIError, sa_exc.TimeoutError) as error:
            raise Unavailable("DATABASE_UNAVAILABLE", "the database does not answer") from error
        fairy.detach()
        connection: Any = fairy.dbapi_connection
        connection.autocommit = True
        with connection.cursor() as cursor:
            # Left to itself PostgreSQL plans anew for every upload, because it overrates the rows of unnest; planning costs as much as the insert.
            cursor.execute("SET plan_cache_mode = force_generic_plan; " + PREPARE)
        return connection


def _broken(error: psycopg2.Error) -> bool:
    """Whether the connection is gone, rather than the statement refused; 57P0x is a server that shuts down."""
    return error.pgcode is None or error.pgcode.startswith(("57P", "08"))
