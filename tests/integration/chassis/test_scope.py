"""What a caller may see is the same in memory and in SQL."""

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.caller import Caller
from tests.plugin import open_db

# Chosen so that prefixes, wildcards of LIKE and neighbours without a dot in between all occur.
REGIONS = ("52.02", "52.02.01", "52.02.01.05", "52.02.010", "52.020", "52", "5%", "52_02", "52\\.02")
HALLS = (None, "h0001", "h0002", "h%", "")
SCOPES = (
    "*",
    *(f"region:{region}" for region in REGIONS),
    *(f"hall:{hall}" for hall in HALLS if hall),
    "region",
    "hall",
    "elsewhere:52.02",
)
ROWS = [(region, hall) for region in REGIONS for hall in HALLS]
TABLE = sa.values(sa.column("region", sa.Text), sa.column("hall_id", sa.Text), name="rows").data(ROWS)

scopes = st.lists(st.sampled_from(SCOPES), max_size=4).map(tuple)


def test_sql_and_memory_agree_on_every_row(module_database_url):
    db = open_db(module_database_url, "probe")
    try:

        @settings(max_examples=150, deadline=None)
        @given(scopes)
        def agree(found):
            caller = Caller("a", None, found)
            query = sa.select(TABLE).where(caller.where(TABLE.c.region, TABLE.c.hall_id))
            with db.read() as tx:
                listed = {tuple(row) for row in tx.execute(query)}
            assert listed == {row for row in ROWS if caller.allows(*row)}

        agree()
    finally:
        db.close()
