"""Alembic driven from code: no ini file, no env.py, one advisory lock and one version table per service."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

from chassis.roles import admin_dsn, ensure_roles, owner_role

ROOT = Path(__file__).resolve().parents[2] / "services"
#: Services that live elsewhere (the tests' probe): name → migrations folder.
ELSEWHERE: dict[str, Path] = {}
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"


def services_with_migrations() -> list[str]:
    """Every service that has a migrations folder with revisions."""
    own = {path.parent.name for path in ROOT.glob("*/migrations") if any(path.glob("[0-9]*.py"))}
    return sorted(own | ELSEWHERE.keys())


def upgrade(database_url: str, services: list[str] | None = None, revision: str = "head") -> list[str]:
    """Bring the services' schemas to `revision`; returns what was looked at. Safe to run twice and from two places."""
    names = services or services_with_migrations()
    for name in names:
        with _locked(database_url, name) as connection:
            _run(connection, name, "upgrade", revision)
    return names


def downgrade(database_url: str, service: str, revision: str) -> None:
    """Back to `revision` ("base" for nothing)."""
    with _locked(database_url, service) as connection:
        _run(connection, service, "downgrade", revision)


def check(database_url: str, service: str) -> list[Any]:
    """Differences between the service's metadata and its schema; empty when they agree. CHECKs and partial indexes are beyond it."""
    metadata = importlib.import_module(f"services.{service}.orm").METADATA
    differences: list[Any] = []

    def compare(_revision: Any, migration: Any) -> list[Any]:
        differences.extend(compare_metadata(migration, metadata))
        return []

    with _locked(database_url, service) as connection:
        _environment(connection, service, compare, metadata)
    return differences


@contextmanager
def _locked(database_url: str, service: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(admin_dsn(database_url), poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_lock(hashtext('hallbus-roles'))")
            ensure_roles(connection, service)
            connection.commit()
            connection.exec_driver_sql("SELECT pg_advisory_unlock(hashtext('hallbus-roles'))")
            connection.exec_driver_sql("SELECT pg_advisory_lock(hashtext(%(key)s))", {"key": f"hallbus-migrate-{service}"})
            connection.exec_driver_sql(f"SET ROLE {owner_role(service)}")
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            connection.exec_driver_sql(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
            connection.commit()
            yield connection
            connection.commit()
    finally:
        engine.dispose()


def _run(connection: sa.Connection, service: str, direction: str, revision: str) -> None:
    script = _scripts(service)
    steps = script._upgrade_revs if direction == "upgrade" else script._downgrade_revs
    _environment(connection, service, lambda current, _context: steps(revision, current), None)


def _scripts(service: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(ELSEWHERE.get(service, ROOT / service / "migrations")))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _environment(connection: sa.Connection, service: str, function: Any, metadata: sa.MetaData | None) -> None:
    script = _scripts(service)
    with EnvironmentContext(Config(), script, fn=function) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            version_table_schema=service,
            include_schemas=True,
            include_name=lambda name, kind, _parents: _is_own(name, kind, service),
            include_object=lambda _item, name, kind, _reflected, _other: (
                not (kind == "index" and str(name).endswith(("received_at", "created_at")))
            ),
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()


def _is_own(name: str | None, kind: str, service: str) -> bool:
    if kind == "schema":
        return name == service
    return not (kind == "table" and name is not None and (name.startswith("event_log_") or name == "alembic_version"))
