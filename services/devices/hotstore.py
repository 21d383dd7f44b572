"""Where uploads meet: those that arrive while a statement is running go together into the next one.

A lone upload is stored at once. In the morning rush, when hundreds of terminals send one punch each, a commit serves many: what a statement costs besides
its rows (being read, started, flushed to disk) is four times what a single punch adds to it, so a second statement beside the running one is begun only
for uploads that fill it, or when the running one takes long.
"""

from __future__ import annotations

import threading
import time
from collections import deque
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
FULL_ROWS = 200
"""Punches in the queue that are worth a statement of their own beside the running ones."""
SLOW_SECONDS = 0.05
"""A statement that runs longer waits for something (a lock, a disk), and the others need not wait with it."""
TRIES = 3


class _Ticket:
    """A parcel in the queue and what became of it. `turn` opens when it is settled, or when it `leads`: its owner writes the next statement."""

    __slots__ = ("approved", "error", "leads", "parcel", "turn")

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.approved: bool | None = None
        self.error: HallbusError | None = None
        self.leads = False
        self.turn = threading.Lock()
        self.turn.acquire()

    @property
    def settled(self) -> bool:
        return self.approved is not None or self.error is not None


class HotStore:
    """A few connections of this path's own, in autocommit and with the statement prepared: the ORM's pool and BEGIN would cost more than the insert."""

    def __init__(self, db: Db, seconds: float) -> None:
        self._db, self._seconds = db, seconds
        self._idle: list[Any] = []
        self._waiting: deque[_Ticket] = deque()
        self._waiting_rows = 0
        self._running: dict[_Ticket, float] = {}
        self._guard = threading.Lock()

    def store(self, parcel: Parcel) -> bool:
        """Store an upload; False when its device is not approved under this enrolment. Returns after the commit. Raises Unavailable."""
        ticket = _Ticket(parcel)
        with self._guard:
            self._waiting.append(ticket)
            self._waiting_rows += parcel.rows
            self._appoint()
        try:
            self._wait(ticket)
            if ticket.leads:
                self._write(self._take())
        finally:
            self._leave(ticket)
        if ticket.error is not None:
            raise ticket.error
        if ticket.approved is None:
            raise DeadlineExceeded("UPLOAD_TIMEOUT", f"not stored within {self._seconds:.1f} s")
        return ticket.approved

    def _wait(self, ticket: _Ticket) -> None:
        until = time.monotonic() + self._seconds
        while not ticket.turn.acquire(timeout=SLOW_SECONDS) and time.monotonic() < until:
            with self._guard:
                self._appoint()

    def _appoint(self) -> None:
        """Let the first in the queue write, if a statement is worth it. Called under the guard."""
        if not self._waiting or len(self._running) >= WRITERS:
            return
        now = time.monotonic()
        if self._waiting_rows < FULL_ROWS and any(now - begun < SLOW_SECONDS for begun in self._running.values()):
            return
        first = self._waiting[0]
        if not first.leads:
            first.leads = True
            self._running[first] = now
            first.turn.release()

    def _take(self) -> list[_Ticket]:
        """As many as fit into a statement, in the order they came; the writer's own is the first of them."""
        with self._guard:
            taken = [self._waiting.popleft()]
            rows = taken[0].parcel.rows
            while self._waiting and len(taken) < MOST_UPLOADS and rows + self._waiting[0].parcel.rows <= MOST_ROWS:
                taken.append(self._waiting.popleft())
                rows += taken[-1].parcel.rows
            self._waiting_rows -= rows
            self._appoint()
            return taken

    def _leave(self, ticket: _Ticket) -> None:
        """Whatever happened to its owner, the place in the queue is given back, and the right to write passes on."""
        with self._guard:
            if not ticket.settled and ticket in self._waiting:
                self._waiting.remove(ticket)
                self._waiting_rows -= ticket.parcel.rows
            if self._running.pop(ticket, None) is not None:
                self._appoint()

    def _write(self, tickets: Sequence[_Ticket]) -> None:
        try:
            with bounded(self._seconds, DeadlineExceeded("UPLOAD_TIMEOUT", f"no answer within {self._seconds:.1f} s")):
                self._attempt(tickets)
        finally:
            # Killed or timed out: nobody knows, so nobody is told that it is stored.
            for ticket in tickets:
                if not ticket.settled:
                    ticket.error = Unavailable("DATABASE_UNAVAILABLE", "the upload cannot be stored now")
                if not ticket.leads:
                    ticket.turn.release()

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
