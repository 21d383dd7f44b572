"""Databases of a run on the server that DATABASE_URL names."""

from __future__ import annotations

import psycopg2
from psycopg2 import sql


class DatabaseError(Exception):
    """The server refused or could not be reached; the message says why."""


def recreate_database(server_url: str, name: str) -> None:
    """Drop a database, whoever is connected to it, and create it empty. Raises DatabaseError."""
    try:
        connection = psycopg2.connect(libpq_url(server_url), connect_timeout=5)
        try:
            connection.autocommit = True  # neither statement may run in a transaction
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                cursor.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name)))
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise DatabaseError(f"database {name} cannot be made anew on the server of DATABASE_URL: {error}".rstrip()) from None


def libpq_url(url: str) -> str:
    """Return a SQLAlchemy URL as libpq wants it, without the driver's name."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
