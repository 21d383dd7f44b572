"""psycopg2 under SQLAlchemy with half the round trips: BEGIN travels with the first statement of a transaction, COMMIT with the last where that is known.

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


class Connection(psycopg2.extensions.connection):
    """`opening`: a transaction was asked for and its BEGIN has not been sent yet."""

    opening = False

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.autocommit = True

    def end(self, word: str) -> None:
        """COMMIT or ROLLBACK, if there is a transaction at all."""
        self.opening = False
        if self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            with self.cursor() as cursor:
                cursor.execute(word)


class Dialect(PGDialect_psycopg2):
    """SQLAlchemy's own dialect but for the borders of a transaction."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Only noted; see `do_execute`."""
        _own(dbapi_connection).opening = True

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing to send when COMMIT went with the last statement."""
        _own(dbapi_connection).end("COMMIT")

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing to send when nothing was begun."""
        _own(dbapi_connection).end("ROLLBACK")

    def do_execute(self, cursor: Any, statement: str, parameters: Any, _context: Any = None) -> None:
        """With BEGIN in front if it is still owed."""
        connection = cursor.connection
        if not connection.opening:
            cursor.execute(statement, parameters)
            return
        try:
            cursor.execute("BEGIN; " + statement, parameters)
        finally:
            # A statement that never left the client (a value psycopg2 cannot write) has begun nothing.
            connection.opening = connection.get_transaction_status() == TRANSACTION_STATUS_IDLE

    def do_execute_no_params(self, cursor: Any, statement: str, _context: Any = None) -> None:
        """The same without parameters."""
        self.do_execute(cursor, statement, None)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, _context: Any = None) -> None:
        """Repeated statements cannot carry it."""
        connection = cursor.connection
        if connection.opening:
            cursor.execute("BEGIN")
            connection.opening = False
        cursor.executemany(statement, parameters)

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Refused: `SET TRANSACTION` as the first statement does it, `end` and `do_begin` rest on psycopg2's autocommit."""
        raise NotImplementedError(f"isolation level {level}: say SET TRANSACTION in the transaction")


def _own(connection: Any) -> Any:
    return getattr(connection, "dbapi_connection", None) or connection


registry.register("postgresql.hallbus", __name__, "Dialect")


def create_engine(dsn: str, *, connect_args: dict[str, Any], **options: Any) -> sa.Engine:
    """An engine on these connections; `dsn` may name any PostgreSQL driver."""
    url = sa.make_url(dsn).set(drivername="postgresql+hallbus")
    return sa.create_engine(url, connect_args={**connect_args, "connection_factory": Connection}, **options)
