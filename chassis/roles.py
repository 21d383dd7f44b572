"""One schema and one role per service: `<service>_owner` holds the tables, `<service>_app` works on them and on nothing else."""

from __future__ import annotations

import os

import sqlalchemy as sa
from sqlalchemy.engine import make_url


def app_role(schema: str) -> str:
    """The role a service runs as."""
    return f"{schema}_app"


def owner_role(schema: str) -> str:
    """The role that owns the schema's objects; nobody logs in as it."""
    return f"{schema}_owner"


def app_password() -> str:
    """The services' database password; the private nodes trust loopback and do not ask."""
    return os.environ.get("HALLBUS_DATABASE_APP_PASSWORD", "hallbus")


def service_dsn(database_url: str, schema: str) -> str:
    """The DSN of a service: HALLBUS_<SERVICE>_DATABASE_URL, else DATABASE_URL with the service's own role. The driver is always named."""
    own = os.environ.get(f"HALLBUS_{schema.upper()}_DATABASE_URL")
    url = make_url(own or database_url).set(drivername="postgresql+psycopg2")
    if own is None:
        url = url.set(username=app_role(schema), password=app_password())
    return url.render_as_string(hide_password=False)


def admin_dsn(database_url: str) -> str:
    """The administrator's DSN with the driver named."""
    return make_url(database_url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def ensure_roles(connection: sa.Connection, schema: str) -> None:
    """Make roles and schema; safe to repeat and to race (roles belong to the cluster, databases share them)."""
    for role, login in ((owner_role(schema), "NOLOGIN"), (app_role(schema), "LOGIN")):
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {role} {login}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    known = connection.exec_driver_sql(
        "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = %(r)s", {"r": app_role(schema)}
    ).scalar()
    if not known:
        connection.exec_driver_sql(f"ALTER ROLE {app_role(schema)} PASSWORD '{app_password()}'")
    member = "SELECT pg_has_role(current_user, %(role)s, 'MEMBER')"
    if not connection.exec_driver_sql(member, {"role": owner_role(schema)}).scalar():
        connection.exec_driver_sql(f"GRANT {owner_role(schema)} TO current_user")
    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner_role(schema)}")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {app_role(schema)}")
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT"), ("FUNCTIONS", "EXECUTE")):
        connection.exec_driver_sql(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner_role(schema)} IN SCHEMA {schema} GRANT {rights} ON {kind} TO {app_role(schema)}"
        )
