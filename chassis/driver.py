"""psycopg2 under SQLAlchemy with fewer round trips: BEGIN travels with the first statement of a transaction, COMMIT with the last where that is known,
and INSERTs that return nothing with the next statement where the caller says so.

psycopg2 itself sends BEGIN alone and waits for it. Here it is kept in autocommit, and a connection says BEGIN, COMMIT and ROLLBACK in our own words; what
the server thinks of the transaction (libpq's status) is what decides, never a flag of ours.
"""

from __future__ import annotations

from typing import Any

import psycopg2.extensions
import sqlalchemy as sa
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

# What a connection holds back: see `Connection.holding`.
NOTHING, INSERTS, EVERYTHING = "nothing", "inserts that return nothing", "everything"


class Connection(psycopg2.extensions.connection):
    """`opening`: a transaction was asked for and its BEGIN has not been sent yet. `holding`: which statements wait for the next one to carry them.
    `prepared`: names of what the caller has had prepared on this connection; the server keeps that for the connection's life, rollbacks included."""

    opening = False
    holding = NOTHING

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.autocommit = True
        self._held: list[bytes] = []
        self.prepared: set[str] = set()

    def send(self, cursor: Any, statement: Any, parameters: Any) -> None:
        """The statement, behind whatever is still owed: BEGIN and held statements."""
        if not self._held:
            if not self.opening:
                cursor.execute(statement, parameters)
                return
            sent = "BEGIN; " + statement
        else:
            sent, parameters = self._owed() + cursor.mogrify(statement, parameters), None
        self._held = []
        try:
            cursor.execute(sent, parameters)
        finally:
            # A statement that never left the client (a value psycopg2 cannot write) has begun nothing.
            self.opening = self.opening and self.get_transaction_status() == TRANSACTION_STATUS_IDLE

    def hold(self, cursor: Any, statement: str, parameters: Any) -> None:
        """Keep a statement for the next one to carry; a value psycopg2 cannot write is told now."""
        self._held.append(cursor.mogrify(statement, parameters))

    def settle(self, cursor: Any) -> None:
        """Send what is owed by itself."""
        owed, self._held = self._owed(), []
        if owed:
            cursor.execute(owed)
            self.opening = False

    def end(self, word: str) -> None:
        """COMMIT or ROLLBACK, if there is a transaction at all."""
        owed = self._owed() if self._held and word == "COMMIT" else b""
        self._held, self.opening, self.holding = [], False, NOTHING
        if owed or self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            with self.cursor() as cursor:
                cursor.execute(owed + word.encode())

    def _owed(self) -> bytes:
        begin = [b"BEGIN"] if self.opening else []
        return b"".join(statement + b"; " for statement in (*begin, *self._held))


class Dialect(PGDialect_psycopg2):
    """SQLAlchemy's own dialect but for the borders of a transaction."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Only noted; see `Connection.send`."""
        _own(dbapi_connection).opening = True

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing to send when COMMIT went with the last statement."""
        _own(dbapi_connection).end("COMMIT")

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing to send when nothing was begun."""
        _own(dbapi_connection).end("ROLLBACK")

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """With what is owed in front, or held itself."""
        if _may_wait(cursor.connection.holding, context):
            cursor.connection.hold(cursor, statement, parameters)
        else:
            cursor.connection.send(cursor, statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """The same without parameters."""
        self.do_execute(cursor, statement, None, context)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Held row by row, or after what is owed: psycopg2 sends repeated statements one by one."""
        if _may_wait(cursor.connection.holding, context):
            for row in parameters:
                cursor.connection.hold(cursor, statement, row)
            return
        cursor.connection.settle(cursor)
        cursor.executemany(statement, parameters)

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Refused: `SET TRANSACTION` as the first statement does it, `end` and `do_begin` rest on psycopg2's autocommit."""
        raise NotImplementedError(f"isolation level {level}: say SET TRANSACTION in the transaction")


def _own(connection: Any) -> Any:
    return getattr(connection, "dbapi_connection", None) or connection


def _may_wait(holding: str, context: Any) -> bool:
    # The ORM asks every UPDATE and DELETE how many rows it met, and an INSERT only for what it returns.
    return holding == EVERYTHING or (holding == INSERTS and context.isinsert and not context.compiled.effective_returning)


registry.register("postgresql.hallbus", __name__, "Dialect")


def create_engine(dsn: str, *, connect_args: dict[str, Any], **options: Any) -> sa.Engine:
    """An engine on these connections; `dsn` may name any PostgreSQL driver."""
    url = sa.make_url(dsn).set(drivername="postgresql+hallbus")
    return sa.create_engine(url, connect_args={**connect_args, "connection_factory": Connection}, **options)
