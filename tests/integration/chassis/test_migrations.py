"""Every service's schema: up, down and up again, in step with its metadata, raced, and out of reach of its own role."""

import threading
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from chassis.migrations import check, downgrade, services_with_migrations, upgrade
from chassis.migrations.__main__ import main
from chassis.roles import admin_dsn, service_dsn
from tests.support.databases import administer

SERVICES = [name for name in services_with_migrations() if name != "probe"]


@pytest.fixture
def empty_url(nodes):
    """A database with nothing in it."""
    name = f"hallbus_empty_{uuid.uuid4().hex[:10]}"
    administer(nodes.database_url, f"CREATE DATABASE {name}")
    yield make_url(nodes.database_url).set(database=name).render_as_string(hide_password=False)
    administer(nodes.database_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def rows(url, query):
    engine = sa.create_engine(admin_dsn(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    engine.dispose()
    return found


def objects(url, schema):
    """Names and kinds of everything in the schema; the log's daily partitions differ from day to day and are left out."""
    query = f"""select c.relkind::text, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = '{schema}' and c.relname !~ '_[0-9]{{8}}' and c.relname !~ '^alembic' order by 1, 2"""
    functions = f"select 'f', proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = '{schema}' order by 2"
    return rows(url, query) + rows(url, functions)


@pytest.mark.parametrize("service", SERVICES)
def test_up_in_step_down_and_up_again(empty_url, service):
    upgrade(empty_url, [service])
    assert check(empty_url, service) == []
    first = objects(empty_url, service)
    assert any(name == "outbox" for _, name in first)
    downgrade(empty_url, service, "base")
    assert objects(empty_url, service) == []
    upgrade(empty_url, [service])
    assert objects(empty_url, service) == first
    assert check(empty_url, service) == []


def test_check_tells_a_column_that_somebody_added_by_hand(empty_url):
    service = SERVICES[0]
    upgrade(empty_url, [service])
    administer(empty_url, f"ALTER TABLE {service}.outbox ADD COLUMN by_hand integer")
    assert "by_hand" in str(check(empty_url, service))


def test_two_upgrades_at_once_do_it_once(empty_url):
    problems = []

    def run():
        try:
            upgrade(empty_url, ["probe"])
        except Exception as error:  # noqa: BLE001  told below
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert rows(empty_url, "select count(*) from probe.relay_state") == [(1,)]
    assert rows(empty_url, "select version_num from probe.alembic_version") == [("probe_0001",)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE probe.mine (a integer)",
        "DROP TABLE probe.things",
        "ALTER TABLE probe.things ADD COLUMN a integer",
        "TRUNCATE probe.things",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION probe.f() RETURNS integer LANGUAGE sql AS 'select 1'",
        "DROP FUNCTION probe.keep_event_log(integer)",
        "SET ROLE probe_owner",
    ],
)
def test_a_service_s_role_cannot_change_its_schema(database_url, statement):
    engine = sa.create_engine(service_dsn(database_url, "probe"), poolclass=NullPool)
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_service_s_role_may_work_and_make_partitions(database_url):
    engine = sa.create_engine(service_dsn(database_url, "probe"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT probe.keep_event_log(30)")
        connection.exec_driver_sql("INSERT INTO probe.inbox (consumer, event_id) VALUES ('c', 'e')")
        connection.exec_driver_sql("DELETE FROM probe.inbox")
    engine.dispose()


@pytest.mark.parametrize(("published", "kept"), [(0, True), (7, False)])
def test_a_partition_goes_only_when_it_is_old_and_published(database_url, published, kept):
    administer(
        database_url,
        "SET ROLE probe_owner",
        "CREATE TABLE probe.event_log_20200101 PARTITION OF probe.event_log FOR VALUES FROM ('2020-01-01Z') TO ('2020-01-02Z')",
        "INSERT INTO probe.event_log (seq, logged_at, event_id, routing_key, envelope) VALUES (7, '2020-01-01T12:00Z', 'e', 'k', '{}')",
        f"UPDATE probe.relay_state SET seq = 7, published = {published}",
        "INSERT INTO probe.inbox (consumer, event_id, received_at) VALUES ('c', 'old', now() - interval '31 days'), ('c', 'new', now())",
        "INSERT INTO probe.idempotency (subject, method, request_id, request_hash, reply, created_at) VALUES ('s','m','r','h','{}', '2020-01-01Z')",
        "SELECT probe.keep_event_log(30)",
    )
    assert rows(database_url, "select to_regclass('probe.event_log_20200101') is not null") == [(kept,)]
    assert rows(database_url, "select count(*) from probe.event_log") == [(int(kept),)]
    assert rows(database_url, "select event_id from probe.inbox") == [("new",)]
    assert rows(database_url, "select count(*) from probe.idempotency") == [(0,)]
    administer(database_url, "DROP TABLE IF EXISTS probe.event_log_20200101")  # the database is used again


def test_the_command_line(empty_url, monkeypatch, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["upgrade"]) == 2
    assert "DATABASE_URL" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", empty_url)
    service = SERVICES[0]
    assert main(["upgrade", service]) == 0
    assert capsys.readouterr().out == f"migrated {service}\n"
    assert main(["check", service]) == 0
    assert capsys.readouterr().out == f"{service}: in step\n"
    administer(empty_url, f"ALTER TABLE {service}.outbox ADD COLUMN by_hand integer")
    assert main(["check", service]) == 1
    assert "by_hand" in capsys.readouterr().out
    assert main(["downgrade", service, "base"]) == 0
    assert main(["sideways"]) == 2
