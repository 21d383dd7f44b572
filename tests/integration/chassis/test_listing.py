"""Pages by key against a real table: all rows once, in order, in scope, whatever the page size; tokens of others are refused."""

import datetime as dt
import decimal
import uuid

import pytest
import sqlalchemy as sa

from chassis.errors import InvalidArgument
from chassis.listing import between, equal, one_page
from chassis.paging import Page, page_token
from tests.plugin import open_db

ROWS = sa.values(
    sa.column("name", sa.Text),
    sa.column("number", sa.BigInteger),
    sa.column("day", sa.Date),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("share", sa.Numeric),
    sa.column("id", sa.Uuid),
    name="rows",
).data(
    [
        (
            f"n{n % 3}",
            n,
            dt.date(2026, 11, 1) + dt.timedelta(days=n // 2),
            dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=n),
            decimal.Decimal(n) / 4,
            uuid.UUID(int=n),
        )
        for n in range(11)
    ]
)
KEYS = (("number",), ("name", "number"), ("day", "number"), ("at",), ("share",), ("id",))


@pytest.fixture(scope="module")
def db(module_database_url):
    made = open_db(module_database_url, "probe")
    yield made
    made.close()


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("key", KEYS, ids="-".join)
def test_every_row_comes_once_and_in_order_whatever_the_page_size(db, key, newest_first):
    columns = [ROWS.c[name] for name in key]
    for size in (1, 4, 11, 200):
        seen, token = [], ""
        with db.read() as tx:
            while True:
                found = one_page(tx, sa.select(ROWS), columns, Page.of(size, token, keys=len(key)), newest_first=newest_first)
                assert found.total_size == 11
                seen += [row.number for row in found.rows]
                token = found.next_page_token
                if not token:
                    break
                assert len(found.rows) == size
        everything = sorted(tx_rows(db), key=lambda row: tuple(row._mapping[name] for name in key), reverse=newest_first)
        assert seen == [row.number for row in everything]


def tx_rows(db):
    with db.read() as tx:
        return tx.execute(sa.select(ROWS)).all()


@pytest.mark.parametrize(
    ("key", "after"),
    [
        (("number",), ("x",)),
        (("number",), (1.5,)),
        (("number",), (2**63,)),
        (("name", "number"), (1, 1)),
        (("at",), ("yesterday",)),
        (("at",), (5,)),
        (("day",), ("2026-13-01",)),
        (("share",), ("much",)),
        (("id",), ("n1",)),
        (("name", "number"), ("n1",)),
    ],
    ids=str,
)
def test_a_token_of_another_list_is_refused_before_it_reaches_the_database(db, key, after):
    with db.read() as tx, pytest.raises(InvalidArgument) as refused:
        one_page(tx, sa.select(ROWS), [ROWS.c[name] for name in key], Page.of(5, page_token(after), keys=len(after)))
    assert refused.value.violations[0].field == "page_token"


def test_conditions_of_optional_filters_leave_out_what_is_not_given(db):
    with db.read() as tx:
        wanted = [*equal(ROWS, {"name": "n1", "number": None}), *between(ROWS.c.day, dt.date(2026, 11, 2), dt.date(2026, 11, 4))]
        found = one_page(tx, sa.select(ROWS).where(*wanted), [ROWS.c.number], Page.of())
    assert [row.number for row in found.rows] == [4]
    assert found.answer("rows", lambda row: row["name"]) == {"rows": ["n1"], "next_page_token": "", "total_size": 1}
