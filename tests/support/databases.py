"""Databases for tests: one migrated template a session; clones of it that are emptied and used again, because making one costs most of a short test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from chassis.migrations import services_with_migrations, upgrade
from chassis.roles import admin_dsn
from tests.support.leftovers import new_name

_SHAPE = """
SELECT md5(string_agg(n.nspname || '.' || c.relname || coalesce('.' || a.attname || a.atttypid, ''), ',' ORDER BY n.nspname, c.relname, a.attnum))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE n.nspname !~ '^(pg_|information_schema)'
"""
# Rows that the migrations themselves wrote; they come back after every test. (%% because the driver reads % as a parameter.)
_SEED = """
CREATE SCHEMA zz_seed;
DO $$ DECLARE t record; filled boolean; BEGIN
    FOR t IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version' AND n.nspname !~ '^(pg_|information_schema|zz_)' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I.%%I)', t.nspname, t.relname) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE zz_seed.%%I AS TABLE %%I.%%I', t.nspname || '__' || t.relname, t.nspname, t.relname); END IF;
    END LOOP;
END $$
"""
# As a replica: triggers that forbid deleting (append-only tables) and foreign keys do not fire; nothing but test data is here.
_EMPTY = """
DO $$ DECLARE t record; filled boolean; seed text; BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL synchronous_commit = off;
    FOR t IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version' AND n.nspname !~ '^(pg_|information_schema|zz_)' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I.%%I)', t.nspname, t.relname) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %%I.%%I', t.nspname, t.relname); END IF;
        seed := t.nspname || '__' || t.relname;
        IF to_regclass(format('zz_seed.%%I', seed)) IS NOT NULL THEN
            EXECUTE format('INSERT INTO %%I.%%I OVERRIDING SYSTEM VALUE TABLE zz_seed.%%I', t.nspname, t.relname, seed);
        END IF;
    END LOOP;
    PERFORM setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
_ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass
class Template:
    """A migrated database to clone, which services could not be migrated, and clones that are free to be used again."""

    url: str
    name: str
    failed: dict[str, str]
    shape: str = ""
    free: list[str] = field(default_factory=list)

    def require(self, service: str) -> None:
        """Fail loudly when the wanted service has no schema."""
        if service in self.failed:
            pytest.fail(f"migrations of {service} failed: {self.failed[service]}")

    @contextmanager
    def clone(self) -> Iterator[str]:
        """A database that looks as if just migrated (administrator's URL)."""
        name = self.free.pop() if self.free else self._made()
        yield _in(self.url, name)
        if self._emptied(name):
            self.free.append(name)
        else:
            administer(_in(self.url, "postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def drop(self) -> None:
        """The template and all clones."""
        for name in (*self.free, self.name):
            administer(_in(self.url, "postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _made(self) -> str:
        name = new_name("hallbus_test")
        administer(_in(self.url, "postgres"), f"CREATE DATABASE {name} TEMPLATE {self.name}")
        return name

    def _emptied(self, name: str) -> bool:
        """Whether the clone is as new again; one whose tables were changed by its test is not used again."""
        try:
            with _connected(_in(self.url, name)) as connection:
                connection.exec_driver_sql(_ALONE)
                if connection.exec_driver_sql(_SHAPE).scalar() != self.shape:
                    return False
                connection.exec_driver_sql(_EMPTY)
        except sa.exc.SQLAlchemyError:
            return False
        return True


def make_template(server_url: str) -> Template:
    """All services' schemas, migrated; HALLBUS_TEST_SERVICES (comma-separated) names fewer for a quick start."""
    name = new_name("hallbus_test")
    administer(server_url, f"CREATE DATABASE {name}")
    url, failed = _in(server_url, name), {}
    chosen = os.environ.get("HALLBUS_TEST_SERVICES")
    for service in chosen.split(",") if chosen else services_with_migrations():
        try:
            upgrade(url, [service])
        except Exception as error:  # noqa: BLE001  reported by the tests that need this service
            failed[service] = repr(error)
    administer(url, _SEED)
    with _connected(url) as connection:
        shape = connection.exec_driver_sql(_SHAPE).scalar()
    return Template(url, name, failed, str(shape))


def administer(url: str, *statements: str) -> None:
    """Statements as the administrator, each its own transaction."""
    with _connected(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(admin_dsn(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _in(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
