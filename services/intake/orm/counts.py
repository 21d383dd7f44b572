"""How many cases there are, kept exact by triggers: a list's total must not read a million rows."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.orm.base import METADATA

_KEY = ("region", "hall_id", "unit_id", "item_id", "state")

case_counts = sa.Table(
    "case_counts",
    METADATA,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("hall_id", "unit_id", "item_id", "state", "region")),
    sa.Column("n", sa.BigInteger, nullable=False),
)

# What the counts lack: every command only adds a row here, so that no two of them wait for each other's count. Folded in every few seconds.
case_count_changes = sa.Table(
    "case_count_changes",
    METADATA,
    *(sa.Column(name, sa.Text, nullable=False) for name in _KEY),
    sa.Column("n", sa.BigInteger, nullable=False),
)
