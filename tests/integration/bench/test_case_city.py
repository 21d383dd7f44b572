"""The benchmark of a case's life writes intake's local copies by hand: its city must fit the schema as it is now."""

import psycopg2
import pytest

from chassis.roles import admin_dsn
from tests.plugin import ROOT


@pytest.fixture
def admin(database_url):
    connection = psycopg2.connect(admin_dsn(database_url).replace("postgresql+psycopg2", "postgresql"))
    connection.autocommit = True
    yield connection
    connection.close()


def test_the_city_of_the_benchmark_fits_the_schema(admin):
    with admin.cursor() as cursor:
        cursor.execute((ROOT / "bench" / "sql" / "case_city.sql").read_text(encoding="utf-8"))
        cursor.execute(
            "select (select count(*) from intake.halls), (select count(*) from intake.item_versions), (select count(*) from intake.stationings)"
        )
        assert cursor.fetchone() == (24, 720, 480)
